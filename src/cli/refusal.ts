// A command that cannot be done, for a reason its user can mend: printed as a sentence, without a stack.

export class Refusal extends Error {
  /** 2: wrong use or configuration; 1: it failed. */
  readonly status: 1 | 2

  constructor(message: string, status: 1 | 2 = 2) {
    super(message)
    this.name = 'Refusal'
    this.status = status
  }
}
