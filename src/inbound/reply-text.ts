// What a sender wrote now, what he quotes, and his signature: split, never deleted. Every line of the text is in one of the
// three; only a mail that is nothing but quotation has it in two, because a reply is never empty when the mail is not.
//
// 1. Each line is classified once: quoted (`>`, or by the mark-up of the client's HTML), attribution, separator, header block.
// 2. The first separator, header block or attribution that is not followed by `>` cuts: all below it is the old mail.
// 3. Above the cut, a quotation at the end goes. A quotation at the beginning goes with its attribution when the answer
//    stands below it. Quotations between answers stay with the answers, because they are what the answers mean; a quotation
//    at the beginning without attribution stays for the same reason.
// 4. The signature is cut off the end of what is left.
//
// Where the sources of test mails contradict each other: a forwarded message below some words of the sender is old mail (talon
// keeps it in the reply, Discourse does not); a mail that is nothing but a forward has the forwarded text as its reply and the
// header lines as quotation; "Sent from my iPhone" and closing formulas are signature (talon keeps the former, drops the latter).
//
// Linear: five lines are joined at most, patterns see 600 characters of a line, lines beyond `MAX_LINES` are not classified.

import type { LineRole } from './html-marks.ts'
import { attributionAt, headerBlockAt, isRuleAbove, normaliseLine, separatorAt } from './quote-marks.ts'
import { findSignature } from './signature.ts'

export interface ReplySplit {
  readonly reply: string
  readonly quote: string
  readonly signature: string
}

const MAX_LINES = 5000

type Kind = 'text' | 'empty' | 'quoted' | 'indented' | 'attribution' | 'signature' | 'file'

interface Sorted {
  readonly kinds: Kind[]
  /** Lines that the client's mark-up calls quoted: they need no attribution. */
  readonly marked: ReadonlySet<number>
  /** The line where everything below is the old mail, or the number of lines. */
  readonly cut: number
  /** The first line below the marks of the cut: for a mail that is nothing but a forward. */
  readonly cutBody: number
}

/** Splits a visible text. `roles`, when given, says what HTML mark-up tells of each line. `reply` is '' only when `text` is blank. */
export function splitReply(text: string, roles: readonly LineRole[] | null): ReplySplit {
  const { split, lines, sorted } = splitOnce(text, roles)
  if (split.reply !== '' || text.trim() === '') return split
  // Mark-up that leaves nothing, as of a bare forward: the words tell more.
  if (roles !== null) return splitReply(text, null)
  return withoutEmptyReply(lines, sorted, split)
}

function splitOnce(
  text: string,
  roles: readonly LineRole[] | null,
): { split: ReplySplit; lines: string[]; sorted: Sorted } {
  const lines = text.split('\n')
  const plain = lines.slice(0, MAX_LINES).map(normaliseLine)
  const sorted = sortLines(plain, roles)
  return { split: collect(lines, assign(lines, plain, sorted)), lines, sorted }
}

function sortLines(plain: readonly string[], roles: readonly LineRole[] | null): Sorted {
  const kinds: Kind[] = []
  const marked = new Set<number>()
  const total = plain.length
  for (let i = 0; i < total; i++) {
    const line = plain[i] ?? ''
    const role = roles?.[i] ?? null
    if (line === '') {
      kinds.push(role === 'quote' ? 'quoted' : 'empty')
      continue
    }
    if (role === 'file') {
      kinds.push('file')
      continue
    }
    if (role === 'quote') {
      marked.add(i)
      kinds.push('quoted')
      continue
    }
    if (line.startsWith('>') || line.startsWith('&gt;')) {
      kinds.push('quoted')
      continue
    }
    if (role === 'signature') {
      kinds.push('signature')
      continue
    }
    const separator = separatorAt(plain, i)
    if (separator !== null) {
      const block = headerBlockAt(plain, nextFilled(plain, i + 1))
      const from = nextFilled(plain, i + 1)
      return { kinds, marked, cut: i, cutBody: block === null ? from : from + block.count }
    }
    if (isRuleAbove(line)) {
      const below = nextFilled(plain, i + 1)
      const block = below - i <= 3 ? headerBlockAt(plain, below) : null
      if (block !== null) return { kinds, marked, cut: i, cutBody: below + block.count }
    }
    const block = headerBlockAt(plain, i)
    if (block !== null) return { kinds, marked, cut: i, cutBody: i + block.count }
    const count = attributionAt(plain, i)
    if (count > 0) {
      const below = nextFilled(plain, i + count)
      const quotedBelow =
        (plain[below] ?? '').startsWith('>') || roles?.[below] === 'quote' || roles?.[below] === 'blockquote'
      // Nothing above it and nothing quoted below: the sender's client put the attribution on top of what he wrote.
      const onTop = kinds.every((kind) => kind === 'empty')
      if (!quotedBelow && !onTop) return { kinds, marked, cut: i, cutBody: i + count }
      for (let n = 0; n < count; n++) kinds.push('attribution')
      i += count - 1
      continue
    }
    kinds.push(role === 'blockquote' ? 'indented' : 'text')
  }
  return { kinds, marked, cut: total, cutBody: total }
}

function nextFilled(plain: readonly string[], from: number): number {
  let at = from
  while (at < plain.length && plain[at] === '') at++
  return at
}

type Owner = 'reply' | 'quote' | 'signature'

function assign(lines: readonly string[], plain: readonly string[], sorted: Sorted): Owner[] {
  const { kinds, marked, cut } = sorted
  const dropped = settleIndented(kinds, cut < plain.length)
  joinWrappedQuotes(kinds, plain)
  const owner: Owner[] = lines.map((_line, i) =>
    i >= cut && (cut < plain.length || i >= MAX_LINES) && cut !== plain.length ? 'quote' : 'reply',
  )
  kinds.forEach((kind, i) => {
    if (kind === 'attribution' || kind === 'file') owner[i] = 'quote'
    if (kind === 'signature') owner[i] = 'signature'
  })
  const end = trimSignatureBelow(lines, kinds, owner)
  const answers = kinds.map((kind, i) => (kind === 'text' && i < end ? i : -1)).filter((i) => i >= 0)
  const first = answers[0] ?? -1
  const last = answers.at(-1) ?? -1
  const quotedRuns = runs(kinds, marked, end)
  for (const run of quotedRuns) {
    const trailing = run.from > last
    const leading =
      run.to < first && run.attributed && !quotedRuns.some((other) => other.from > first && other.to < last)
    if (trailing || leading || run.from === dropped)
      for (let i = run.from; i <= run.to; i++) if (kinds[i] === 'quoted' || kinds[i] === 'empty') owner[i] = 'quote'
  }
  for (const i of marked) {
    if (kinds[i] !== 'quoted' || owner[i] !== 'reply' || plain[i]?.startsWith('>')) continue
    const count = attributionAt(plain, i)
    for (let n = i; n < i + count; n++) owner[n] = 'quote'
  }
  markSignature(lines, owner)
  return owner
}

/**
 * HTML blockquotes that no client marked: below an attribution they are quotation; without any other mark of one the last of
 * them is, even with text below it. Gives the first line of that last one, or -1.
 */
function settleIndented(kinds: Kind[], hasCut: boolean): number {
  const other = hasCut || kinds.some((kind) => kind === 'quoted' || kind === 'attribution')
  let last = -1
  let before: Kind = 'empty'
  for (let i = 0; i < kinds.length; i++) {
    const kind = kinds[i] ?? 'empty'
    if (kind === 'indented') {
      if (before === 'attribution' || before === 'quoted') kinds[i] = 'quoted'
      else if (before !== 'indented') last = i
    }
    if (kind !== 'empty') before = kinds[i] ?? 'empty'
  }
  const dropped = other || last < 0 || !kinds.slice(0, last).includes('text') ? -1 : last
  let inside = dropped >= 0
  for (let i = 0; i < kinds.length; i++) {
    if (kinds[i] !== 'indented') {
      if (i > dropped && kinds[i] !== 'empty') inside = false
      continue
    }
    kinds[i] = inside && i >= dropped ? 'quoted' : 'text'
  }
  return dropped
}

interface Run {
  readonly from: number
  readonly to: number
  readonly attributed: boolean
}

/** Runs of quoted lines, with the empty lines between them. */
function runs(kinds: readonly Kind[], marked: ReadonlySet<number>, end: number): Run[] {
  const found: Run[] = []
  let from = -1
  let to = -1
  let attributed = false
  let before: Kind = 'empty'
  for (let i = 0; i < end; i++) {
    const kind = kinds[i] ?? 'empty'
    if (kind === 'quoted') {
      if (from < 0) {
        from = i
        attributed = before === 'attribution' || marked.has(i)
      }
      to = i
    } else if (kind !== 'empty') {
      if (from >= 0) found.push({ from, to, attributed })
      from = -1
    }
    if (kind !== 'empty') before = kind
  }
  if (from >= 0) found.push({ from, to, attributed })
  return found
}

/** A long line that a mailer wrapped inside a quotation lost its `>`: one or two lines directly between quoted ones. */
function joinWrappedQuotes(kinds: Kind[], plain: readonly string[]): void {
  let after = -1
  for (let i = 0; i < kinds.length; i++) {
    if (kinds[i] === 'quoted') {
      const gap = after < 0 ? 0 : i - after - 1
      const attributed = after >= 0 && startsAttributed(kinds, after)
      if (
        gap > 0 &&
        gap <= 2 &&
        attributed &&
        plain.slice(after + 1, i).every((line) => line !== '' && line.length < 90)
      )
        for (let n = after + 1; n < i; n++) kinds[n] = 'quoted'
      after = i
    } else if (kinds[i] === 'empty' || kinds[i] === 'attribution') after = -1
  }
}

function startsAttributed(kinds: readonly Kind[], at: number): boolean {
  let i = at
  const limit = Math.max(0, at - 400)
  while (i > limit && (kinds[i] === 'quoted' || kinds[i] === 'empty')) i--
  return kinds[i] === 'attribution'
}

/** A signature that stands below the quotation; returns where it begins. */
function trimSignatureBelow(lines: readonly string[], kinds: readonly Kind[], owner: Owner[]): number {
  const lastQuoted = kinds.lastIndexOf('quoted')
  if (lastQuoted < 0 || kinds.length < lines.length) return kinds.length
  const below = lines.slice(lastQuoted + 1)
  const firstFilled = below.findIndex((line) => line.trim() !== '')
  if (firstFilled < 0) return kinds.length
  // An empty first line lets a signature begin with the first line below the quotation.
  const start = findSignature(['.', ...below.slice(firstFilled)])
  const at = lastQuoted + 1 + firstFilled + start - 1
  if (start > below.length - firstFilled) return kinds.length
  if (at !== lastQuoted + 1 + firstFilled) return kinds.length
  for (let i = at; i < lines.length; i++) owner[i] = 'signature'
  return at
}

function markSignature(lines: readonly string[], owner: Owner[]): void {
  const own: number[] = []
  owner.forEach((who, i) => {
    if (who === 'reply') own.push(i)
  })
  const written = own.map((i) => lines[i] ?? '')
  const start = findSignature(written)
  for (let n = start; n < own.length; n++) {
    const i = own[n]
    if (i !== undefined) owner[i] = 'signature'
  }
}

function collect(lines: readonly string[], owner: readonly Owner[]): ReplySplit {
  const parts: Record<Owner, string[]> = { reply: [], quote: [], signature: [] }
  lines.forEach((line, i) => {
    parts[owner[i] ?? 'reply'].push(line)
  })
  return { reply: joinTrimmed(parts.reply), quote: joinTrimmed(parts.quote), signature: joinTrimmed(parts.signature) }
}

/** Lines without blank ones at the beginning and the end; the indent of the first line stays. */
function joinTrimmed(lines: readonly string[]): string {
  let from = 0
  let to = lines.length
  while (from < to && (lines[from] ?? '').trim() === '') from++
  while (to > from && (lines[to - 1] ?? '').trim() === '') to--
  return lines.slice(from, to).join('\n').trimEnd()
}

/** A reply is never empty when the mail is not: below the marks of a forward, else the whole text. */
function withoutEmptyReply(lines: readonly string[], sorted: Sorted, split: ReplySplit): ReplySplit {
  if (sorted.cutBody < lines.length && sorted.kinds.every((kind) => kind === 'empty')) {
    const body = lines.slice(sorted.cutBody)
    const inner = splitOnce(body.join('\n'), null)
    if (inner.split.reply !== '') {
      const head = lines.slice(0, sorted.cutBody).join('\n').trim()
      return {
        reply: inner.split.reply,
        quote: [head, inner.split.quote].filter((part) => part !== '').join('\n'),
        signature: inner.split.signature,
      }
    }
  }
  if (split.quote === '') return { reply: split.signature, quote: '', signature: '' }
  // Nothing but quotation: the whole text is read as the reply, and stays marked as quoted.
  return { reply: lines.join('\n').trim(), quote: split.quote, signature: '' }
}
