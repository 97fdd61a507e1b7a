// message/delivery-status (RFC 3464): groups of fields, the first about the message, the others each about one recipient.
// Read leniently: missing empty lines between groups, fields of the text above repeated, `Status: 5.1.1 (why)`.

import { decodeBytes } from '../mail/charset.ts'
import type { Bounce } from './message.ts'
import type { MimePart } from './mime.ts'
import { decodeTransfer } from './transfer.ts'

/** One recipient's group, values as written. */
export interface RecipientReport {
  readonly finalRecipient: string | null
  readonly originalRecipient: string | null
  readonly action: Bounce['action']
  readonly status: string | null
  readonly diagnostic: string | null
  readonly remoteMta: string | null
}

const MAX_REPORT = 512 * 1024
const MAX_RECIPIENTS = 500

/** The recipients of every delivery-status part in the tree, nested messages excluded. */
export function readDeliveryReports(root: MimePart): RecipientReport[] {
  const reports: RecipientReport[] = []
  const visit = (part: MimePart): void => {
    if (/^message\/(?:global-)?delivery-status$/.test(part.type)) {
      const content = decodeTransfer(part.body, part.encoding)
      reports.push(
        ...parseDeliveryStatus(decodeBytes(content.subarray(0, MAX_REPORT), part.parameters.get('charset') ?? null)),
      )
    }
    for (const child of part.children) visit(child)
  }
  visit(root)
  return reports.slice(0, MAX_RECIPIENTS)
}

/** What the report says happened, one entry a recipient that has an Action field. */
export function reportedActions(root: MimePart): readonly NonNullable<Bounce['action']>[] {
  return readDeliveryReports(root).flatMap((report) => (report.action === null ? [] : [report.action]))
}

/** Parses the text of a delivery-status part, or of a mail that quotes one. */
export function parseDeliveryStatus(text: string): RecipientReport[] {
  const reports: RecipientReport[] = []
  let group = new Map<string, string>()
  let last = ''
  const finish = () => {
    if (group.has('final-recipient') || group.has('original-recipient') || (group.has('action') && group.has('status')))
      reports.push(toReport(group))
    group = new Map()
    last = ''
  }
  for (const raw of text.split(/\r?\n/)) {
    if (raw.trim() === '') {
      finish()
      continue
    }
    if (/^[ \t]/.test(raw) && last !== '') {
      group.set(last, `${group.get(last) ?? ''} ${raw.trim()}`.slice(0, 4000))
      continue
    }
    const field = /^([A-Za-z][A-Za-z0-9-]{1,60})\s?:\s*(.*)$/.exec(raw)
    if (field === null) {
      // Seen in practice: a diagnostic text whose further lines are not folded.
      if (last === 'diagnostic-code') group.set(last, `${group.get(last) ?? ''} ${raw.trim()}`.slice(0, 4000))
      continue
    }
    const key = (field[1] ?? '').toLowerCase()
    if (key === 'final-recipient' && group.has('final-recipient')) finish()
    last = key
    if (!group.has(key)) group.set(key, (field[2] ?? '').trim())
  }
  finish()
  return reports
}

function toReport(group: ReadonlyMap<string, string>): RecipientReport {
  const status = /(\d)\.(\d{1,3})\.(\d{1,3})/.exec(group.get('status') ?? '')
  return {
    finalRecipient: typedAddress(group.get('final-recipient')),
    originalRecipient: typedAddress(group.get('original-recipient') ?? group.get('x-actual-recipient')),
    action: actionOf(group.get('action')),
    status: status === null ? null : status[0],
    diagnostic: group.get('diagnostic-code')?.replace(/^[a-z0-9-]{1,20}\s*;\s*/i, '') ?? null,
    remoteMta: group.get('remote-mta') ?? null,
  }
}

/** `rfc822; user@example.org`, with brackets, quotes or without the type. */
function typedAddress(value: string | undefined): string | null {
  if (value === undefined) return null
  const bare = value
    .replace(/^[a-z0-9-]{1,20}\s*;\s*/i, '')
    .replace(/\([^)]*\)$/, '')
    .trim()
  const address = /[^\s<>"']*[^\s<>"';,]@[^\s<>"';,]+/.exec(bare)?.[0]
  return address ?? (bare === '' ? null : bare)
}

function actionOf(value: string | undefined): Bounce['action'] {
  const word = /^[\s"']*([a-z]+)/i.exec(value ?? '')?.[1]?.toLowerCase()
  switch (word) {
    case 'failed':
    case 'delayed':
    case 'delivered':
    case 'relayed':
    case 'expanded':
      return word
    case 'deliverable':
      return 'delivered'
    case 'failure':
    case 'failedq':
    case 'permanent':
      return 'failed'
    case 'delay':
    case 'expired':
      return word === 'delay' ? 'delayed' : 'failed'
    default:
      return null
  }
}
