// Drafts of a batch to finished mails: looks up what agents asked to see, reads the attachments that go along, composes.

import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Desk } from '../desks/desk.ts'
import { type ComposeSettings, composeMail } from '../outbound/compose.ts'
import { type MailDraft, type OutboundMail, type OutgoingFile, wholeMail } from '../outbound/draft.ts'
import type { ComposeDeps } from './compose-deps.ts'
import { fillDraft } from './fill.ts'
import type { RunningDesk } from './running-desk.ts'
import { ticketFiles } from './ticket-files.ts'

export interface DraftWork {
  readonly draft: MailDraft
  readonly running: RunningDesk
  readonly id: number
  readonly person: number
  readonly subjectId: number | null
  /** The mail being processed, for attachments; null for due clocks. */
  readonly source: { readonly key: string; readonly bytes: Buffer } | null
}

/** Whether its mail needs the database or the reading thread, and not the processor alone. */
export const readsFirst = ({ draft }: DraftWork): boolean => draft.fill !== null || draft.attachments.length > 0

export async function composeBatch(deps: ComposeDeps, work: readonly DraftWork[], now: Date): Promise<OutboundMail[]> {
  const wanted = new Map<string, { readonly bytes: Buffer; readonly indexes: Set<number> }>()
  for (const { draft, source } of work) {
    if (!source || draft.attachments.length === 0) continue
    const entry = wanted.get(source.key) ?? { bytes: source.bytes, indexes: new Set() }
    for (const index of draft.attachments) entry.indexes.add(index)
    wanted.set(source.key, entry)
  }
  const read = new Map<string, Map<number, OutgoingFile>>()
  for (const [key, { bytes, indexes }] of wanted) {
    let left = deps.maxAttachmentBytes
    const files = new Map<number, OutgoingFile>()
    // The original is handed on as it is, without another look into it.
    if (indexes.delete(wholeMail) && bytes.length <= left) {
      left -= bytes.length
      files.set(wholeMail, { filename: 'original.eml', contentType: 'application/octet-stream', content: bytes })
    }
    const parts = [...indexes].sort((a, b) => a - b)
    for (const file of parts.length === 0 ? [] : await deps.readAttachments(bytes, parts)) {
      if (file.content.length > left) continue
      left -= file.content.length
      files.set(file.index, { filename: file.filename, contentType: file.contentType, content: file.content })
    }
    read.set(key, files)
  }
  const mails: OutboundMail[] = []
  for (const [n, { draft, running, id, person, subjectId, source }] of work.entries()) {
    // Now and then the database is answered in between.
    if (n % 4 === 3) await setImmediate()
    const own = source ? read.get(source.key) : undefined
    const files = [
      ...draft.attachments.flatMap((index) => own?.get(index) ?? []),
      ...(await templateFiles(deps.settings, draft, running.desk)),
      ...(draft.fill?.what === 'show' && draft.fill.files
        ? await ticketFiles(deps.sql, deps.readAttachments, { desk: draft.desk, number: draft.fill.ticket })
        : []),
    ]
    // Links are signed for a person, who may be known since this turn only.
    const addressed = { ...draft, to: { ...draft.to, person } }
    const filled = draft.fill === null ? draft : await fillDraft(deps.sql, addressed, running, deps.settings, now)
    mails.push(
      composeMail(
        { draft: filled, desk: running.desk, id, person, subjectId, now, seed: deps.seed(), files },
        deps.settings,
      ),
    )
  }
  return mails
}

const fileTypes: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
  txt: 'text/plain',
  csv: 'text/csv',
}

async function templateFiles(settings: ComposeSettings, draft: MailDraft, desk: Desk): Promise<OutgoingFile[]> {
  const files: OutgoingFile[] = []
  for (const name of draft.files) {
    const path = settings.templates.file(name, desk)
    if (path === null) continue
    files.push({
      filename: basename(path),
      contentType: fileTypes[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream',
      content: await readFile(path),
    })
  }
  return files
}
