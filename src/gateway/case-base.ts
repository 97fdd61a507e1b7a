// When a ticket is solved its case is remembered; when one is opened those that resemble it are looked for.

import type { Queryable } from '../db/pool.ts'
import type { Tx } from '../db/transaction.ts'
import { type CaseFound, findProblems, findSimilarCases, forgetCases, rememberCases } from '../desks/case-store.ts'
import type { Desk } from '../desks/desk.ts'
import { guessLanguage } from '../inbound/language.ts'
import type { InboundMessage } from '../inbound/message.ts'
import type { Judged } from './judged.ts'

/** A customer’s text and the language its words are in. */
const languageOf = (desk: Desk, text: string, other: string | null): string =>
  guessLanguage(text) ?? other ?? desk.language

/** For each mail the similar solved cases of its desk; asks nothing for mails that open no ticket, or where no desk keeps cases. */
export async function loadSimilar(
  sql: Queryable,
  mails: readonly { readonly desk: Desk; readonly message: InboundMessage; readonly opens: boolean }[],
): Promise<readonly (readonly CaseFound[])[]> {
  const wanted = mails.flatMap(({ desk, message, opens }, n) => {
    const words = message.replyText || message.text
    const forwarded = message.forwarded ? `\n${message.forwarded.text}` : ''
    const text = `${message.subject}\n${words}${forwarded}`
    if (!opens || !desk.cases) return []
    // The reader of mail has looked at the reply already.
    const language =
      words === message.replyText && message.language !== null
        ? message.language
        : languageOf(desk, words, message.language)
    return [{ n, desk: desk.desk, language, text, most: desk.cases.show }]
  })
  const found = await findSimilarCases(sql, wanted)
  const byMail = new Map(wanted.map(({ n }, at) => [n, found[at] ?? []]))
  return mails.map((_, n) => byMail.get(n) ?? [])
}

/** Brings the case base to what a batch of decisions made of its tickets. */
export async function keepCases(tx: Tx, judged: readonly Judged[], now: Date): Promise<void> {
  const kept: { desk: Desk; ticket: number; subject: string; language: string; resolution: string }[] = []
  const gone: { desk: string; ticket: number }[] = []
  for (const { decision, running } of judged) {
    const { desk } = running
    if (!desk.cases) continue
    for (const { ticket, changes } of decision.tickets) {
      const touched = changes.some(({ field }) => field === 'status' || field === 'fields.resolution')
      if (!touched || ticket.number === 0) continue
      const kind = desk.statuses[ticket.status]?.kind
      const resolution = ticket.fields.resolution
      const over = kind === 'solved' || kind === 'closed'
      if (over && typeof resolution === 'string' && resolution.trim() !== '')
        kept.push({ desk, ticket: ticket.number, subject: ticket.subject, language: ticket.language, resolution })
      else gone.push({ desk: desk.desk, ticket: ticket.number })
    }
  }
  if (kept.length === 0 && gone.length === 0) return
  await forgetCases(tx, gone)
  const problems = await findProblems(
    tx,
    kept.map(({ desk, ticket }) => ({ desk: desk.desk, ticket })),
  )
  await rememberCases(
    tx,
    kept.map(({ desk, ticket, subject, language, resolution }) => {
      const problem = problems.get(`${desk.desk} ${ticket}`) ?? ''
      return {
        desk: desk.desk,
        ticket,
        subject,
        problem,
        resolution,
        language: languageOf(desk, problem, language),
      }
    }),
    now,
  )
}
