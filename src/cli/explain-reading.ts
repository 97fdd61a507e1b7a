// `guichet explain --parse-only`: what is understood of message files, without a database and without a configuration. The
// JSON of contract.md, one object a line.

import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { InboundMessage, OriginKind } from '../inbound/message.ts'
import { createParsePool } from '../inbound/parse-pool.ts'
import { showAddress } from '../mail/address.ts'

/** The contract's word for what a mail is: generated mail counts as auto-reply there, human mail as message. */
export function contractKind(kind: OriginKind): string {
  switch (kind) {
    case 'human':
      return 'message'
    case 'generated':
      return 'auto-reply'
    case 'bounce':
    case 'dsn-success':
    case 'read-receipt':
    case 'feedback':
    case 'auto-reply':
    case 'list':
    case 'spam':
      return kind
    default:
      return kind satisfies never
  }
}

/** A From that names several is shown as nobody; the first of two fields, a name alone or a malformed address is shown with its problem. */
const AMBIGUOUS = /only some programs|several addresses|group|second address|control characters|unclosed|text after/

/** The reading part of the contract's object, keys in its order. `from` shows whom a mail claims; `fromProblem` says why that is no identity. */
export function describeReading(file: string, message: InboundMessage): Record<string, unknown> {
  return {
    file,
    ok: true,
    kind: contractKind(message.origin.kind),
    evidence: message.origin.evidence,
    from: message.from ?? (AMBIGUOUS.test(message.fromProblem ?? '') ? null : message.claimedFrom),
    to: message.to,
    cc: message.cc,
    replyTo: message.replyTo,
    subject: message.subject,
    messageId: message.messageId,
    inReplyTo: message.inReplyTo,
    references: message.references,
    date: message.date?.toISOString() ?? null,
    language: message.language,
    text: message.text,
    replyText: message.replyText,
    quotedText: message.quotedText,
    signature: message.signature,
    attachments: message.attachments.map(({ filename, contentType, size, sha256, inline, contentId }) => ({
      filename,
      contentType,
      size,
      sha256,
      inline,
      contentId,
    })),
    bounces: message.bounces,
    recipientTokens: message.recipientTokens,
    problem: message.problem,
    fromProblem: message.fromProblem,
    vacation: message.origin.vacation,
    doubts: message.doubts ?? [],
    spamEvidence: message.origin.spamEvidence ?? [],
  }
}

/** One object on one line for every reader: some take U+0085 and U+2028 for line ends, which JSON leaves as they are. */
function jsonLine(object: Record<string, unknown>): string {
  return JSON.stringify(object).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

const BATCH_BYTES = 16 * 1024 * 1024
const BATCH_FILES = 200

/** Reads files in worker threads and yields a line for each, in order: JSON, or a few lines for people. */
export async function* explainReading(
  files: readonly string[],
  options: { readonly json: boolean },
): AsyncGenerator<string> {
  const pool = createParsePool({ threads: 1 })
  try {
    let at = 0
    while (at < files.length) {
      const batch: { file: string; bytes: Buffer | null; error: string }[] = []
      let size = 0
      while (at < files.length && batch.length < BATCH_FILES && size < BATCH_BYTES) {
        const file = files[at++] ?? ''
        try {
          const bytes = await readFile(file)
          size += bytes.length
          batch.push({ file, bytes, error: '' })
        } catch (error) {
          batch.push({ file, bytes: null, error: error instanceof Error ? error.message : 'cannot be opened' })
        }
      }
      const results = await pool.parseBatch(
        batch.flatMap(({ bytes }, n) => (bytes === null ? [] : [{ id: String(n), bytes }])),
      )
      for (const [n, { file, error }] of batch.entries()) {
        const result = results.get(String(n))
        if (result === undefined) yield options.json ? jsonLine({ file, ok: false, error }) : `${file}: ${error}`
        else
          yield options.json ? jsonLine(describeReading(file, result.message)) : describeForPeople(file, result.message)
      }
    }
  } finally {
    await pool.close()
  }
}

function describeForPeople(file: string, message: InboundMessage): string {
  const sender =
    message.from === null ? `none that can be trusted: ${message.fromProblem ?? ''}` : showAddress(message.from)
  const lines = [
    `${basename(file)}: ${contractKind(message.origin.kind)}${message.origin.evidence.length > 0 ? ` (${message.origin.evidence.join('; ')})` : ''}`,
    `  from     ${sender}`,
    `  subject  ${message.subject}`,
    ...(message.language === null ? [] : [`  language ${message.language}`]),
    ...message.bounces.map(
      (bounce) =>
        `  bounce   ${bounce.recipient ?? '?'} ${bounce.status ?? ''} ${bounce.permanent ? 'for good' : 'for now'}${bounce.addressDead ? ', address dead' : ''}`,
    ),
    ...message.attachments.map(
      (attachment) =>
        `  file     ${attachment.filename ?? '(no name)'} ${attachment.contentType} ${attachment.size} octets${attachment.inline ? ' inline' : ''}`,
    ),
    ...(message.problem === null ? [] : [`  problem  ${message.problem}`]),
    ...(message.doubts ?? []).map((doubt) => `  doubt    ${doubt}`),
    ...(message.origin.spamEvidence ?? []).map((evidence) => `  spam     ${evidence}`),
    ...message.replyText.split('\n').map((line) => `  | ${line}`),
  ]
  return lines.join('\n')
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for await (const line of explainReading(process.argv.slice(2), { json: true })) process.stdout.write(`${line}\n`)
}
