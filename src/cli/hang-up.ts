// SIGHUP, from the first moment on: who asks for the configuration to be read again does not know how far the gateway is.

export interface HangUps {
  /** What is done from now on; at once, when one has come already. */
  readonly answer: (by: () => void) => void
}

export function hearHangUps(): HangUps {
  let come = false
  let heard = (): void => {
    come = true
  }
  process.on('SIGHUP', () => heard())
  return {
    answer: (by) => {
      heard = by
      if (come) by()
    },
  }
}
