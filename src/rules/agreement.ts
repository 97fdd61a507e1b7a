// The customer's agreement: asked by an agent before the work, with price and date, or after it; given by a signed choice or in the
// first line of an answer.

import { plainAgreement } from '../desks/agreement.ts'
import type { Desk } from '../desks/desk.ts'
import { dayOf, type Signed } from '../mail/token.ts'
import type { DraftValue } from '../outbound/draft.ts'
import { formatMoney } from '../outbound/format.ts'
import type { Participant, Ticket } from '../tickets/ticket.ts'
import { type CommandRun, done, failed, moveStatus } from './command-run.ts'
import type { Command } from './commands/command.ts'
import type { ParsedCommands } from './commands/grammar.ts'
import type { Context } from './context.ts'
import { systemEntry } from './entry.ts'
import { change, languageFor, mail, recipientOf, setField, type TicketSheet } from './judgement.ts'

export type AgreementCommand = Extract<Command, { name: 'agreement' }>

const firstOf = (desk: Desk, kind: string): string | undefined =>
  Object.entries(desk.statuses).find(([, status]) => status.kind === kind)?.[0]

function statusesOf(desk: Desk, stage: AgreementCommand['stage']) {
  const policy = desk.agreement ?? plainAgreement
  const open = desk['on-reply'].status ?? desk.start.status
  return stage === 'before'
    ? {
        asked: policy.before.status ?? firstOf(desk, 'waiting'),
        agreed: policy.before.agreed ?? open,
        refused: policy.before.refused ?? open,
      }
    : {
        asked: policy.after.status ?? firstOf(desk, 'solved') ?? firstOf(desk, 'waiting'),
        agreed: policy.after.agreed ?? desk['on-confirm'].status,
        refused: policy.after.refused ?? desk['on-refute'].status ?? open,
      }
}

/** The agreement that an agent's mail asks for; the answer itself then asks it of the requester. */
export function askedAgreement(parsed: ParsedCommands): AgreementCommand | null {
  for (const { command } of parsed.commands) if (command.name === 'agreement') return command
  return null
}

const priceOf = (command: AgreementCommand): string | null =>
  command.amount === null ? null : `${command.amount}${command.currency === null ? '' : ` ${command.currency}`}`

/** Price and date that the customer agrees to: those of the command, else those that stand on the ticket already. */
function offerOf(desk: Desk, ticket: Ticket, command: AgreementCommand) {
  const policy = desk.agreement ?? plainAgreement
  const known = (name: string): string | null => {
    const value = command.stage === 'before' ? (ticket.fields[name] ?? null) : null
    return value === null || value === '' ? null : String(value)
  }
  return { price: priceOf(command) ?? known(policy.price), date: command.date ?? known(policy.date) }
}

/** What the mail to the requester says of it. */
export function agreementData(
  context: Context,
  ticket: Ticket,
  command: AgreementCommand,
  language: string,
  text: string,
): Readonly<Record<string, DraftValue>> {
  const { price, date } = offerOf(context.desk, ticket, command)
  const at = date === null ? Number.NaN : Date.parse(`${date}T00:00:00Z`)
  const day = Number.isNaN(at) ? null : Math.floor(at / 86_400_000)
  return {
    text,
    after: command.stage === 'after',
    price: price === null ? '' : formatMoney(price, { language }),
    when: day === null ? null : new Date(context.calendar().atWall(day, 12 * 3_600_000)),
  }
}

/** `#agreement`: the ticket waits for the customer, who is asked unless the answer of the same mail has done so. */
export function askAgreement(run: CommandRun, sheet: TicketSheet, command: AgreementCommand, line: string): void {
  const { context, decision } = run.judgement
  const { desk } = context
  const { ticket } = sheet
  const { asked } = statusesOf(desk, command.stage)
  const requester = ticket.participants.find((p) => p.role === 'requester')
  if (!asked || !requester) {
    failed(run, line, 'not-here')
    return
  }
  if (!moveStatus(run, sheet, line, asked)) return
  const policy = desk.agreement ?? plainAgreement
  const { price, date } = offerOf(desk, ticket, command)
  if (price !== null) setField(sheet, policy.price, price, run.agent.address)
  if (date !== null) setField(sheet, policy.date, date, run.agent.address)
  setField(sheet, 'awaiting', 'approval', run.agent.address)
  setField(sheet, 'agreement', command.stage, run.agent.address)
  if (command.stage === 'before') setField(sheet, 'approval', null, run.agent.address)
  ticket.fields = { ...ticket.fields, 'agreement-day': dayOf(context.now) }
  sheet.entries.push(systemEntry('', { agreement: command.stage, price, date, by: run.agent.address }))
  sheet.told = true
  sheet.moments.push('agent-question')
  done(run, 'agreement-asked', { what: requester.address })
  if (decision.mails.some((m) => m.template === 'approval-wanted' && m.ticket === ticket)) return
  const language = languageFor(desk, requester.language, ticket.language)
  mail(run.judgement, {
    template: 'approval-wanted',
    role: 'customer',
    to: recipientOf(requester),
    language,
    ticket,
    // An agent asks: the requester must get to see it.
    budget: null,
    author: run.agent.address,
    choices: ['ok', 'no', 'm'],
    inReplyTo: context.thread.get(ticket.number)?.[0] ?? null,
    references: context.thread.get(ticket.number) ?? [],
    data: agreementData(context, ticket, command, language, ''),
  })
}

/** What follows from the customer's yes or no; true when it was about work that is done. */
export function recordAgreement(context: Context, sheet: TicketSheet, who: Participant, agreed: boolean): boolean {
  const { desk } = context
  const { ticket } = sheet
  const after = ticket.fields.agreement === 'after'
  const asked = ticket.fields.awaiting === 'approval'
  const closed = desk.statuses[ticket.status]?.kind === 'closed'
  setField(sheet, after ? 'confirmed' : 'approval', after ? agreed : agreed ? 'approved' : 'refused', who.address)
  if (!after) setField(sheet, 'approved-by', agreed ? who.address : null, who.address)
  setField(sheet, 'awaiting', null, who.address)
  if (!asked || closed) return after
  const { agreed: yes, refused: no } = statusesOf(desk, after ? 'after' : 'before')
  if (after && !agreed) {
    ticket.solvedAt = null
    ticket.reopens += 1
    sheet.moments.push('reopened')
  }
  const to = agreed ? yes : no
  if (to !== undefined) change(sheet, 'status', to, agreed ? 'agreed' : 'refused')
  sheet.told = true
  return after
}

/** A signed yes or no of an earlier day than the latest question: it was given to another price, date or stage. */
export function isStale(ticket: Ticket, { purpose, day }: Signed): boolean {
  const asked = ticket.fields['agreement-day']
  const waits = ticket.fields.awaiting === 'approval'
  return waits && (purpose === 'ok' || purpose === 'no') && typeof asked === 'number' && day < asked
}

/** Whether somebody's plain words may agree to work and price: the requester, by a signed address or a proved mail. */
export function mayAgree({ carried, authentication }: Context, ticket: Ticket, who: Participant): boolean {
  if (who.role !== 'requester') return false
  return (
    authentication.result === 'pass' ||
    carried.some(({ signed }) => signed.id === ticket.number && signed.person === who.person)
  )
}
