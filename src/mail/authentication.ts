// Who a mail's From address was shown to be, and by what.

/** Outcome of sender authentication, aligned with the From address. `undecided`: DNS did not answer. */
export interface Authentication {
  /** `fail` only for an explicit failure; absent is `none`, which is no failure. */
  readonly result: 'pass' | 'fail' | 'none' | 'undecided'
  /** How it was established. */
  readonly by: 'smtp-auth' | 'authentication-results' | 'dmarc' | 'dkim' | 'arc' | 'portal' | 'nobody'
  /** One line for people, e.g. `dmarc=pass (guichet.test)`. */
  readonly detail: string
  /** The trusted server by whose way the mail came, whatever it found; absent: none. Its other fields, as of its spam filter, count too. */
  readonly service?: string
}
