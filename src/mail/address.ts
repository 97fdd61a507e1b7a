// Mailbox addresses. The strict grammar of RFC 5322 addr-spec, compared in lower case on A-labels.

/** One mailbox: `address` is lower case with the domain as A-labels, `name` is decoded display text ('' when absent). */
export interface Address {
  readonly address: string
  readonly name: string
}
