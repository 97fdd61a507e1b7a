// People as a desk knows them. A person is an address that wrote or was written to; a contact is somebody the desk has registered.

export interface Organisation {
  readonly key: string
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  /** Mail domains that belong to it. */
  readonly domains: readonly string[]
}

export interface Contact {
  readonly id: number
  readonly key: string
  readonly name: string
  readonly language: string | null
  readonly phone: string | null
  readonly attributes: Readonly<Record<string, string>>
  readonly active: boolean
  readonly organisation: Organisation | null
}

export interface Person {
  /** Id within the desk; 0 when the desk has not met the address yet. */
  readonly id: number
  readonly address: string
  readonly name: string
  readonly language: string | null
  /** null: not registered. */
  readonly contact: Contact | null
  /** No automatic mail goes there before this instant (dead address). */
  readonly blockedUntil: Date | null
}
