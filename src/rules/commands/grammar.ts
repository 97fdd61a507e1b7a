// Commands stand in the first lines of what an agent wrote: `#word`, then what the command takes. Blank lines before and
// between them do not matter; the first other line ends them, and from there on everything is text. What mail clients make
// of such lines is forgiven: capitals, full-width number signs, non-breaking and zero-width blanks, a blank after the sign,
// a colon after the word, typographic quotes, a full stop at the end.
//
// Give this only the text the sender wrote now: a command in a quotation is somebody else's. Linear in the text.

import type { Command, CommandName, RestUse } from './command.ts'
import type { Names } from './names.ts'
import { type Refusal, refusalText } from './refusal.ts'
import { commandCalled, entryOf, wordLike } from './vocabulary.ts'

export interface GivenCommand {
  /** 1-based line of the text it stood on. */
  readonly line: number
  /** The command as written, cleaned. */
  readonly text: string
  readonly command: Command
}

export interface CommandFault {
  readonly line: number
  readonly text: string
  readonly refusal: Refusal
  /** What is wrong and what to write instead, in the agent's language. */
  readonly why: string
}

export interface ParsedCommands {
  readonly commands: readonly GivenCommand[]
  /** Lines meant as commands that are none, or whose arguments do not fit. They are no part of `rest`. */
  readonly faults: readonly CommandFault[]
  /** Known commands that stand after the text began: they were not read as commands, and probably were meant as such. */
  readonly late: readonly { readonly line: number; readonly text: string }[]
  /** The text below the commands, without blank lines around it. */
  readonly rest: string
  /** What `rest` is for. Only `reply` and `resolution` may reach the customer; it is `note` where a fault or a late command leaves that in doubt. */
  readonly restIs: RestUse
}

const MAX_COMMANDS = 50
const MAX_LINE = 4000
const MAX_LATE = 20

/** A line with plain blanks and a plain number sign, without what is invisible. */
function clean(line: string): string {
  return line
    .slice(0, MAX_LINE)
    .replace(/[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g, '')
    .replace(/[\s\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+/g, ' ')
    .trim()
    .replace(/^\\?[#＃﹟]/, '#')
}

// A number sign alone or before a digit is text: `#12`, `# 1`. A blank after the sign counts only before a known word.
const shape =
  /^#( ?)(\p{L}[\p{L}\p{M}\p{N}]*(?:[-_\u2010-\u2015][\p{L}\p{M}\p{N}]+)*)(?: ?[:=](?!\/\/)|[.,;!…]*(?= |$))(?: (.*)|(.*))$/u

interface Line {
  readonly word: string
  readonly name: CommandName | undefined
  readonly given: string
}

function readLine(text: string): Line | null {
  const match = shape.exec(text)
  if (!match) return null
  const word = match[2] ?? ''
  const name = commandCalled(word)
  if (name === undefined && match[1] !== '') return null
  return { word, name, given: (match[3] ?? match[4] ?? '').trim() }
}

/** Cuts `#status closed #priority high` in two, where the first does not take text. */
function cutLine(text: string): string[] {
  const pieces: string[] = []
  let left = text
  while (pieces.length < MAX_COMMANDS) {
    const line = readLine(left)
    if (line?.name === undefined || entryOf(line.name).takes === 'text') break
    let cut = -1
    for (const match of left.matchAll(/ [#＃﹟] ?(\p{L}[\p{L}\p{M}\p{N}_-]*)/gu)) {
      if (match.index === 0 || commandCalled(match[1] ?? '') === undefined) continue
      cut = match.index
      break
    }
    if (cut < 0) break
    pieces.push(left.slice(0, cut))
    left = clean(left.slice(cut + 1))
  }
  return [...pieces, left]
}

/** Reads the commands at the head of `replyText` against the names of the desk. */
export function parseCommands(replyText: string, names: Names): ParsedCommands {
  const commands: GivenCommand[] = []
  const faults: CommandFault[] = []
  let restIs: RestUse = 'reply'
  const fault = (line: number, text: string, refusal: Refusal) => {
    faults.push({ line, text: text.slice(0, 200), refusal, why: refusalText(refusal, names.language) })
  }
  const read = (line: number, piece: string) => {
    const found = readLine(piece)
    if (found === null) return
    if (faults.length >= MAX_COMMANDS) {
      restIs = 'note'
      return
    }
    if (found.name === undefined) {
      const near = wordLike(found.word)
      // `#notte` was meant to keep the text inside. A word like none known could have meant anything.
      const meant = near === null ? undefined : commandCalled(near.slice(1))
      if (restIs === 'reply' && (meant === undefined || entryOf(meant).rest !== undefined)) restIs = 'note'
      fault(line, piece, {
        code: 'unknown-command',
        given: `#${found.word.slice(0, 60)}`,
        near: near === null ? [] : [near],
      })
      return
    }
    if (commands.length >= MAX_COMMANDS) {
      fault(line, piece, { code: 'too-many' })
      restIs = 'note'
      return
    }
    const entry = entryOf(found.name)
    const result = entry.read(found.given, names)
    if (!result.ok) {
      fault(line, piece, result.refusal)
      // Text that was to stay inside must not go out because the command had a fault.
      if (entry.rest !== undefined && restIs === 'reply') restIs = 'note'
      return
    }
    const use = entry.rest?.(result.value) ?? null
    if (use !== null) {
      if (restIs !== 'reply' && restIs !== use) {
        fault(line, piece, { code: 'text-twice' })
        restIs = 'note'
        return
      }
      restIs = use
    }
    commands.push({ line, text: piece.slice(0, 200), command: result.value })
  }

  let at = 0
  let number = 0
  while (at < replyText.length) {
    const lf = replyText.indexOf('\n', at)
    const end = lf < 0 ? replyText.length : lf
    const text = clean(replyText.slice(at, Math.min(end, at + MAX_LINE)))
    if (text !== '' && readLine(text) === null) break
    number++
    if (text !== '') for (const piece of cutLine(text)) read(number, piece)
    at = end + 1
  }
  const rest = replyText.slice(at)
  const late = findLate(rest, number)
  if (restIs === 'reply' && late.some(({ text }) => keepsInside(text))) restIs = 'note'
  return { commands, faults, late, rest: trimLines(rest), restIs }
}

/** A late `#note` was meant to keep what follows among the staff. */
function keepsInside(text: string): boolean {
  const name = readLine(text)?.name
  return name !== undefined && entryOf(name).rest !== undefined
}

function findLate(rest: string, before: number): { line: number; text: string }[] {
  const late: { line: number; text: string }[] = []
  let number = before
  let at = 0
  while (at < rest.length && late.length < MAX_LATE) {
    const lf = rest.indexOf('\n', at)
    const end = lf < 0 ? rest.length : lf
    number++
    const head = rest.slice(at, Math.min(end, at + 200))
    if (/[#＃﹟]/.test(head.slice(0, 12))) {
      const text = clean(head)
      if (readLine(text)?.name !== undefined) late.push({ line: number, text: text.slice(0, 200) })
    }
    at = end + 1
  }
  return late
}

/** Without blank lines at either end; indentation of the first line stays. */
function trimLines(text: string): string {
  let start = 0
  for (let i = 0; i < text.length && /\s/.test(text[i] ?? ''); i++) if (text[i] === '\n') start = i + 1
  return text.slice(start).trimEnd()
}
