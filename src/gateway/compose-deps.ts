// What composing a batch needs.

import type { Sql } from '../db/pool.ts'
import type { ComposeSettings } from '../outbound/compose.ts'

export interface ComposeDeps {
  readonly sql: Sql
  readonly settings: ComposeSettings
  /** Decoded attachments of a mail by index. */
  readonly readAttachments: (
    bytes: Buffer,
    indexes: readonly number[],
  ) => Promise<
    readonly {
      readonly index: number
      readonly filename: string | null
      readonly contentType: string
      readonly content: Buffer
    }[]
  >
  /** Random letters and digits for boundaries. */
  readonly seed: () => string
  /** Attachments beyond this many bytes stay behind. */
  readonly maxAttachmentBytes: number
}
