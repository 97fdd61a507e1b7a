// A mail half read: what the judgements about it (origin, bounce, forward) look at.

import type { Address } from '../mail/address.ts'
import type { HeaderField } from '../mail/header.ts'
import type { MimePart } from './mime.ts'

export interface ReadMail {
  readonly fields: readonly HeaderField[]
  readonly root: MimePart
  /** The strict sender, or null. */
  readonly from: Address | null
  /** The From value as written, '' when absent. */
  readonly fromValue: string
  readonly subject: string
  /** Whole visible text. */
  readonly text: string
}
