// Conditions on what the mail says. Events without a mail have its ticket's subject, and no other text.

import { z } from 'zod'
import type { InboundAttachment, InboundMessage } from '../../inbound/message.ts'
import { normaliseSubject } from '../../mail/subject.ts'
import type { Work } from '../context.ts'
import { foldText, joinViews, MAX_INPUT, type WordView, wordLine } from '../words.ts'
import { type Condition, checkName, entry, type Frame, leaf } from './condition.ts'
import { type Readable, readable, readTextMatch, type TextMatch, textCaptures, textMatch } from './text-match.ts'
import { inRange, range, rangeWords } from './value-match.ts'

interface MailTexts {
  readonly subject: Readable
  readonly body: Readable
  readonly text: Readable
  /** Views that together have every word of the others. */
  readonly views: () => readonly WordView[]
}

const texts = new WeakMap<InboundMessage, MailTexts>()
const nothing = readable('')

/** The texts of a mail as rules read them; made once a mail. */
export function textsOf(message: InboundMessage): MailTexts {
  const known = texts.get(message)
  if (known) return known
  const subject = readable(message.subject)
  const reply = message.replyText || message.text
  const body = readable(reply)
  const fits = message.subject.length + message.text.length < MAX_INPUT
  // Most mails quote nothing: subject and reply are all there is.
  const plain = fits && message.text === reply
  const at = fits ? message.text.indexOf(reply) : -1
  const whole = at === 0 || (at > 0 && message.text[at - 1] === '\n')
  const text = readable(
    `${message.subject}\n${message.text}`,
    plain ? () => joinViews(subject.view(), body.view()) : undefined,
  )
  const made: MailTexts = {
    subject,
    body,
    text,
    // Bounded texts are cut in different places, and a reply may have been put together: then it has words of its own.
    views: () =>
      plain ? [subject.view(), body.view()] : whole ? [text.view()] : [subject.view(), body.view(), text.view()],
  }
  texts.set(message, made)
  return made
}

export const messageOf = (work: Work): InboundMessage | null => (work.event.type === 'mail' ? work.event.message : null)

const subjectOf = (work: Work): Readable => {
  const message = messageOf(work)
  return message ? textsOf(message).subject : readable(work.ticket.subject)
}

const ask = (
  what: string,
  spec: TextMatch,
  frame: Frame,
  textOf: (work: Work) => Readable,
  indexed: boolean,
): Condition => {
  const test = readTextMatch(what, spec, frame)
  return {
    sentence: test.sentence,
    needs: indexed ? test.needs : null,
    children: [],
    holds: (work, found) => {
      const why = test.why(textOf(work), found)
      if (why === null) return false
      found.reasons.push(why)
      return true
    },
  }
}

const some = z.union([z.string(), z.array(z.string()).min(1)])
const listed = (value: string | readonly string[]): readonly string[] => (typeof value === 'string' ? [value] : value)

/** `*.pdf`, `image/*`: a star stands for anything, case does not count. */
export function glob(pattern: string): (text: string) => boolean {
  const pieces = foldText(pattern).split('*')
  return (text) => {
    const folded = foldText(text)
    let at = 0
    for (const [i, piece] of pieces.entries()) {
      if (i === 0) {
        if (!folded.startsWith(piece)) return false
        at = piece.length
      } else if (i === pieces.length - 1) return folded.length - piece.length >= at && folded.endsWith(piece)
      else {
        const found = folded.indexOf(piece, at)
        if (found < 0) return false
        at = found + piece.length
      }
    }
    return at === folded.length
  }
}

const attachmentMatch = z.strictObject({
  count: range.optional().describe('how many'),
  names: some.optional().describe('one is named like one of these: *.pdf'),
  types: some.optional().describe('one has one of these media types: image/*'),
  size: range.optional().describe('octets of all together'),
  inline: z.boolean().default(false).describe('count pictures that stand in the text too'),
})

function readAttachments(spec: z.output<typeof attachmentMatch>): (all: readonly InboundAttachment[]) => boolean {
  const names = spec.names === undefined ? null : listed(spec.names).map(glob)
  const types = spec.types === undefined ? null : listed(spec.types).map(glob)
  return (all) => {
    const list = spec.inline ? all : all.filter((attachment) => !attachment.inline)
    const { count, size } = spec
    if (count !== undefined && !inRange(count, list.length)) return false
    if (names && !list.some((attachment) => names.some((like) => like(attachment.filename ?? '')))) return false
    if (types && !list.some((attachment) => types.some((like) => like(attachment.contentType)))) return false
    const total = list.reduce((sum, attachment) => sum + attachment.size, 0)
    return size === undefined || inRange(size, total)
  }
}

const attachmentWords = (spec: z.output<typeof attachmentMatch>): string =>
  [
    spec.count === undefined ? '' : `number ${rangeWords(spec.count)}`,
    spec.names === undefined ? '' : `one named ${listed(spec.names).join(' or ')}`,
    spec.types === undefined ? '' : `one of type ${listed(spec.types).join(' or ')}`,
    spec.size === undefined ? '' : `size ${rangeWords(spec.size)}`,
  ]
    .filter(Boolean)
    .join(', ')

/** The part of a subject before its first comma, colon, semicolon or dash between spaces, and the rest. */
export function splitSubject(subject: string): { readonly head: string; readonly rest: string } {
  const bounded = subject.slice(0, 500)
  const match = /[,;:]|\s[-–—]\s/.exec(bounded)
  return match
    ? { head: bounded.slice(0, match.index).trim(), rest: bounded.slice(match.index + match[0].length).trim() }
    : { head: bounded.trim(), rest: '' }
}

/** Without reply prefixes and the tokens of any ticket system. */
const bareSubject = (subject: string): string =>
  normaliseSubject(normaliseSubject(subject.slice(0, 500)).replace(/^(?:\[[^\]]{1,40}\]\s*){1,5}/, ''))

export const mailConditions = {
  subject: entry({
    sentence: 'asks the subject',
    example: 'subject: [imprimante, scanner]',
    schema: textMatch,
    captures: textCaptures,
    read: (spec, frame) => ask('subject', spec, frame, subjectOf, true),
  }),
  body: entry({
    sentence: 'asks what the sender wrote now, without quoted text and signature',
    example: 'body: { matches: "facture (?<invoice>F\\\\d+)" }',
    schema: textMatch,
    captures: textCaptures,
    read: (spec, frame) => ask('body', spec, frame, (work) => bodyOf(work), true),
  }),
  text: entry({
    sentence: 'asks the subject and the whole text, quoted text included',
    example: 'text: { list: urgent-words, lacks: [merci, "sin urgencia"] }',
    schema: textMatch,
    captures: textCaptures,
    read: (spec, frame) => ask('text', spec, frame, (work) => textOf(work), true),
  }),
  module: entry({
    sentence: 'asks the first part of the subject, before a comma, colon or dash; captures module and case',
    example: 'module: [BANCOS, NOMINA]      # or: module: { list: modules, case: required }',
    schema: z
      .union([
        z.string(),
        z.array(z.string()).min(1),
        z.strictObject({
          list: z.string().optional(),
          of: some.optional(),
          case: z.enum(['required', 'any']).default('any').describe('required: something must stand after it'),
          in: z
            .enum(['subject', 'body', 'both'])
            .default('subject')
            .describe('body: one of the first lines of what was written, as when a better subject was asked for'),
        }),
      ])
      .describe('names, or the list of the desk that holds them'),
    captures: () => ['module', 'case'],
    read: (spec, frame) => {
      const full =
        typeof spec === 'string' || Array.isArray(spec)
          ? { of: spec, case: 'any' as const, in: 'subject' as const }
          : spec
      const names = [...(full.of === undefined ? [] : listed(full.of))]
      if ('list' in full && full.list !== undefined) {
        checkName(frame, 'list', full.list, Object.keys(frame.desk.lists), ['list'])
        names.push(...(frame.desk.lists[full.list] ?? []))
      }
      if (names.length === 0) frame.fault(frame.path, 'this names no module', 'write names, or { list: NAME }')
      const lines = new Map(names.map((name) => [wordLine(name), name]))
      return leaf(
        `${full.in === 'subject' ? 'the subject' : full.in === 'body' ? 'a line' : 'the subject or a line'} begins with a module: ${names.slice(0, 8).join(', ')}${names.length > 8 ? ', …' : ''}`,
        (work, found) => {
          for (const text of subjectLines(work, full.in)) {
            const { head, rest } = splitSubject(bareSubject(text))
            const name = lines.get(wordLine(head))
            if (name === undefined || (full.case === 'required' && wordLine(rest).trim() === '')) continue
            found.captures.set('module', name)
            if (rest !== '') found.captures.set('case', rest)
            return true
          }
          return false
        },
      )
    },
  }),
  header: entry({
    sentence: 'asks header fields by name; a field that is absent is an empty text',
    example: 'header: { X-Priority: { starts: "1" } }',
    schema: z.record(
      z.string().regex(/^[!-9;-~]{1,80}$/, 'a header field has a name of printable characters without a colon'),
      textMatch,
    ),
    captures: (spec) => Object.values(spec).flatMap(textCaptures),
    read: (spec, frame) => {
      const tests = Object.entries(spec).map(([name, match]) => ({
        name: name.toLowerCase(),
        test: readTextMatch(`header ${name}`, match, { ...frame, path: [...frame.path, name] }),
      }))
      return leaf(tests.map(({ test }) => test.sentence).join(' and '), (work, found) => {
        const headers = messageOf(work)?.headers ?? []
        return tests.every(({ name, test }) => {
          const values = headers.filter(([field]) => field.toLowerCase() === name)
          if (values.length === 0) return test.why(nothing, found) !== null
          return values.some(([, value]) => test.why(readable(value), found) !== null)
        })
      })
    },
  }),
  attachments: entry({
    sentence: 'asks the attachments',
    example: 'attachments: { types: [image/*, application/pdf] }      # or: attachments: false',
    schema: z.union([z.boolean(), attachmentMatch], {
      error: 'write true, false, or a mapping with count, names, types, size',
    }),
    read: (spec) => {
      if (typeof spec === 'boolean')
        return leaf(
          spec ? 'there are attachments' : 'there are no attachments',
          (work) => (messageOf(work)?.attachments ?? []).some((attachment) => !attachment.inline) === spec,
        )
      const test = readAttachments(spec)
      return leaf(`attachments: ${attachmentWords(spec)}`, (work) => test(messageOf(work)?.attachments ?? []))
    },
  }),
  language: entry({
    sentence: 'asks the language of the mail, as read from its text, else that of the ticket; or is "unknown"',
    example: 'language: [fr, en]',
    schema: some,
    read: (spec) => {
      const wanted = listed(spec)
      return leaf(`language is ${wanted.join(' or ')}`, (work) => {
        const message = messageOf(work)
        return wanted.includes(message ? (message.language ?? 'unknown') : work.ticket.language)
      })
    },
  }),
  origin: entry({
    sentence: 'asks what kind of mail it is, as far as the mail itself tells',
    example: 'origin: [auto-reply, generated]',
    schema: some.refine(
      (value) => listed(value).every((kind) => kinds.includes(kind)),
      'an origin is human, auto-reply, generated, list, bounce, dsn-success, read-receipt, feedback or spam',
    ),
    read: (spec) =>
      leaf(`origin is ${listed(spec).join(' or ')}`, (work) =>
        listed(spec).includes(messageOf(work)?.origin.kind ?? ''),
      ),
  }),
  'mailing-list': entry({
    sentence: 'asks whether the mail bears the marks of a mailing list',
    example: 'mailing-list: true',
    schema: z.boolean(),
    read: (spec) =>
      leaf(
        spec ? 'it came through a mailing list' : 'it came through no mailing list',
        (work) => (messageOf(work)?.origin.list ?? false) === spec,
      ),
  }),
}

/** Texts that may be a subject: the mail's own, and the first lines of what was written, with or without the word for subject. */
function subjectLines(work: Work, where: 'subject' | 'body' | 'both'): readonly string[] {
  const message = messageOf(work)
  const subject = where === 'body' ? [] : [message?.subject ?? work.ticket.subject]
  if (where === 'subject' || !message) return subject
  const lines = bodyOf(work)
    .text.slice(0, 5_000)
    .split('\n')
    .map((line) =>
      line
        .slice(0, 300)
        .replace(/^[\s"'«“]*(?:(?:subject|objet|asunto|assunto|betreff)\s*:)?[\s"'«“]*/i, '')
        .replace(/[\s"'»”.]+$/, ''),
    )
    .filter((line) => line !== '')
  return [...subject, ...lines.slice(0, 8)]
}

const kinds: readonly string[] = [
  'human',
  'auto-reply',
  'generated',
  'list',
  'bounce',
  'dsn-success',
  'read-receipt',
  'feedback',
  'spam',
]

function bodyOf(work: Work): Readable {
  const message = messageOf(work)
  return message ? textsOf(message).body : nothing
}

function textOf(work: Work): Readable {
  const message = messageOf(work)
  return message ? textsOf(message).text : nothing
}
