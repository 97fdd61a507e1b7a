// What a mailer's diagnostic means: SMTP reply code, enhanced status (RFC 3463), for good or for now, and whether the address
// is dead. Words decide where codes are vague (5.0.0, 5.1.0) or wrong; lists gathered from what mailers say.

import {
  AFTER_DATA,
  BLOCKED,
  CARRIER,
  DELAY,
  FILTERED,
  FULL,
  MOVED,
  NO_SERVICE,
  SENDER,
  SUSPENDED,
  TOO_BIG,
  UNKNOWN_HOST,
  UNKNOWN_USER,
} from './bounce-words.ts'

export interface Diagnosis {
  /** Enhanced status of the report, or null. */
  readonly status: string | null
  /** Diagnostic text, or what a notice says of this recipient. */
  readonly words: string
  /** More of the notice: at which SMTP command the other server refused. */
  readonly context: string
  readonly action: string | null
}

export interface Verdict {
  readonly status: string | null
  readonly replyCode: string | null
  readonly permanent: boolean
  readonly addressDead: boolean
}

/** Judges one failure. `status` is the report's, or the one in the words when that says more; x.0.0 where no code was given. */
export function judgeFailure(diagnosis: Diagnosis): Verdict {
  const { words, context } = diagnosis
  const good = diagnosis.action === 'delivered' || diagnosis.action === 'relayed' || diagnosis.action === 'expanded'
  const replyCode = findReplyCode(words) ?? findReplyCode(context)
  const delayed =
    !good && (diagnosis.action === 'delayed' || (diagnosis.action !== 'failed' && DELAY.test(`${words} ${context}`)))
  const status = findStatus(diagnosis, replyCode, good, delayed)
  const temporary =
    delayed || (diagnosis.action !== 'failed' && status.startsWith('4') && !GIVEN_UP.test(`${words} ${context}`))
  const dead = !good && diagnosis.action !== 'delayed' && isDead(diagnosis, status, replyCode)
  return { status, replyCode, permanent: !good && !temporary, addressDead: dead }
}

const GIVEN_UP =
  /giv(?:ing|en) up|permanent error|failed permanently|returned to sender|retry timeout exceeded|too long|expired/i

function isDead({ words, context }: Diagnosis, status: string, replyCode: string | null): boolean {
  if (SENDER.test(words)) return false
  if (NO_SERVICE.test(words) || MOVED.test(words) || UNKNOWN_HOST.test(words) || status === '5.1.6') return true
  if (FULL.test(words) || TOO_BIG.test(words)) return false
  if (SUSPENDED.test(words) || FILTERED.test(words)) return false
  const unknown = UNKNOWN_USER.test(words)
  if (replyCode?.startsWith('4') && !(unknown && status.endsWith('.1.1'))) return false
  // A policy code contradicts the words: a mailbox that exists and does not want this mail.
  if (/^[45]\.7\.\d+$/.test(status) && !/address rejected: access denied/i.test(words)) return false
  // Pipelining lets sendmail's transcript show refusals of a recipient below `>>> DATA`: an explicit x.1.1 stands.
  const explicit = /^[45]\.(?:1\.1|5\.0)$/.test(status)
  if (!explicit && (AFTER_DATA.test(`${words} ${context}`) || CARRIER.test(words))) return false
  if (unknown) return true
  return /^5\.1\.(?:1|2|3|6|10)$/.test(status) && !BLOCKED.test(words)
}

/** A reply code of SMTP in a diagnostic: 550 in "550 5.1.1 …", "(550)", "said: 550". Only failures; 2xx stands in transcripts. */
export function findReplyCode(text: string): string | null {
  const found = /(?:^|[\s:;([<#"'])([45][0-5]\d)(?=[\s:;\-)\]>"',.#]|$)/.exec(text.slice(0, 4000))
  return found?.[1] ?? null
}

function findStatus(diagnosis: Diagnosis, replyCode: string | null, good: boolean, delayed: boolean): string {
  const given = diagnosis.status
  const inWords = statusIn(diagnosis.words)
  if (given !== null && inWords !== null) return moreTelling(given, inWords)
  if (given !== null || inWords !== null) return given ?? inWords ?? ''
  if (good) return '2.0.0'
  const inContext = statusIn(diagnosis.context)
  if (inContext !== null) return inContext
  if (replyCode !== null) return `${replyCode[0] ?? '5'}.0.0`
  return delayed ||
    /(?<!delivery )retry time(?:out)? (?:exceeded|not reached)|all hosts have been failing/i.test(
      `${diagnosis.words} ${diagnosis.context}`,
    )
    ? '4.0.0'
    : '5.0.0'
}

/** The report's status gives way to the other server's unless that says less: x.0.0 says nothing, x.y.0 little. */
function moreTelling(given: string, inWords: string): string {
  if (inWords.endsWith('.0.0')) return given
  if (given.endsWith('.0.0')) return inWords
  return inWords.endsWith('.0') ? given : inWords
}

/** The last enhanced status code within words that says more than x.0.0: "550 5.1.1 …", "#5.1.1", "(5.1.1)"; no IP address. */
export function statusIn(text: string): string | null {
  let last: string | null = null
  for (const found of text
    .slice(0, 4000)
    .matchAll(/(?:^|[\s([#:<"'-])([245]\.\d{1,2}\.\d{1,3})(?=[\s)\]:;,>"'#-]|\.\s|\.?$)/g)) {
    const code = found[1] ?? null
    if (code !== null && (last === null || !code.endsWith('.0.0'))) last = code
  }
  return last
}
