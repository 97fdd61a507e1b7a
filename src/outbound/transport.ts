// How finished bytes leave: what a transport is, and the one that writes files.

import { mkdir, open, rename } from 'node:fs/promises'
import { join } from 'node:path'

export interface Parcel {
  readonly desk: string
  readonly id: number
  readonly envelopeFrom: string
  readonly recipient: string
  readonly bytes: Buffer
}

/**
 * What became of one attempt. `delayed`: refused for now, certainly not taken. `unreachable`: no conversation about this mail at all.
 * `bounced`: refused for good. `uncertain`: the body had begun to leave and no answer came (RFC 1047). `withdrawn`: the row was no longer ours.
 */
export type Delivery =
  /** `renamed`: the Message-ID, without brackets, that the server says it put in place of ours (Amazon SES, Microsoft 365). */
  | { readonly state: 'sent'; readonly response: string; readonly renamed?: string }
  | { readonly state: 'delayed' | 'bounced'; readonly response: string }
  | { readonly state: 'unreachable' | 'uncertain'; readonly reason: string }
  | { readonly state: 'withdrawn' }

export interface Transport {
  /** Deliveries at once. */
  readonly width: number
  /**
   * One mail to one recipient. Before the first byte of the body leaves, `beforeBody` commits that it may; when it says false nothing
   * leaves. Never throws.
   */
  readonly send: (parcel: Parcel, beforeBody: () => Promise<boolean>) => Promise<Delivery>
  /** Lets idle connections go. */
  readonly rest: () => void
  /** Cuts what is still open. */
  readonly close: () => void
}

/**
 * Writes each mail as `DESK-ID.eml`, whole or not at all: a second attempt replaces the file by the same bytes, so nothing is ever uncertain.
 */
export function createFileTransport(folder: string): Transport {
  return {
    width: 8,
    send: async ({ desk, id, bytes }) => {
      const name = `${desk}-${String(id).padStart(6, '0')}.eml`
      const aside = join(folder, `.${name}.part`)
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        const file = await open(aside, 'w', 0o600)
        try {
          await file.writeFile(bytes)
          await file.sync()
        } finally {
          await file.close()
        }
        await rename(aside, join(folder, name))
        return { state: 'sent', response: `written to ${name}` }
      } catch (error) {
        return { state: 'unreachable', reason: error instanceof Error ? error.message : String(error) }
      }
    },
    rest: () => undefined,
    close: () => undefined,
  }
}
