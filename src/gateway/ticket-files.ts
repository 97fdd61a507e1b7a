// The files of a ticket, of all its mails: what goes along when another team gets the whole of it.

import type { Sql } from '../db/pool.ts'
import { loadRaw } from '../inbound/raw-store.ts'
import type { OutgoingFile } from '../outbound/draft.ts'
import { mostFileBytes } from '../rules/mail-facts.ts'
import { loadTicketFiles } from '../tickets/group-store.ts'
import type { ComposeDeps } from './compose-deps.ts'

/** Each file once, the latest first, as many as fit into one mail. Originals that were purged are left out. */
export async function ticketFiles(
  sql: Sql,
  readAttachments: ComposeDeps['readAttachments'],
  ticket: { readonly desk: string; readonly number: number },
): Promise<OutgoingFile[]> {
  const wanted = new Map<number, number[]>()
  let left = mostFileBytes
  for (const { raw, part, size } of await loadTicketFiles(sql, ticket)) {
    if (size > left) continue
    left -= size
    wanted.set(raw, [...(wanted.get(raw) ?? []), part])
  }
  const files: OutgoingFile[] = []
  for (const [raw, parts] of wanted) {
    const bytes = await loadRaw(sql, raw)
    if (bytes === null) continue
    for (const file of await readAttachments(bytes, parts))
      files.push({ filename: file.filename, contentType: file.contentType, content: file.content })
  }
  return files
}
