// What staff are told at a time and not because of an event: the daily list of those who asked for it, once the desk is open, and a
// reminder of an answer of theirs that has waited a day for their confirmation. Each is told once; the key of it is a row.

import { transaction } from '../db/transaction.ts'
import { loadStaffSettings, withStaffSettings } from '../desks/staff-store.ts'
import { findingSentence } from '../rules/finding.ts'
import { holdSentence } from '../rules/hold-reason.ts'
import { openNow, todayOf } from '../rules/hours.ts'
import { emptyDecision, languageFor, mail, type Sheet, staffByAddress } from '../rules/judgement.ts'
import { isAway, toStaff } from '../rules/notify.ts'
import { listTickets } from '../tickets/list-store.ts'
import { findTold, tellOnce } from './budget-store.ts'
import { findUnconfirmed } from './hold-store.ts'
import { sendIncidentDigests } from './incident-digest.ts'
import type { ProcessDeps } from './process-deps.ts'
import type { RunningDesk } from './running-desk.ts'
import { sendSheet } from './send-sheet.ts'
import { ticketContexts } from './sweep.ts'
import { sendWeeklyReport } from './weekly-report.ts'

const dayMs = 86_400_000
/** A held answer is reminded of after a day; after three it stays what it is, a draft among the holds. */
const remindAfterDays = 1
const remindBeforeDays = 3

/** How many mails were queued. */
export async function goRound(deps: ProcessDeps): Promise<number> {
  const now = await deps.now()
  const desks = [...deps.instance().desks.values()]
  const settings = await loadStaffSettings(
    deps.sql,
    desks.map(({ desk }) => desk.desk),
  )
  let sent = await remindOfHolds(deps, now)
  for (const running of desks)
    sent += await sendDigests(deps, { ...running, desk: withStaffSettings(running.desk, settings) }, now)
  for (const running of desks) sent += await sendIncidentDigests(deps, running, now)
  for (const running of desks) sent += await sendWeeklyReport(deps, running, now)
  return sent
}

async function sendDigests(deps: ProcessDeps, running: RunningDesk, now: Date): Promise<number> {
  const { desk, calendar } = running
  const hours = { calendar, now }
  const wishes = desk.staff.filter((staff) => staff.active && staff.digest === 'daily' && !isAway(staff, now))
  if (wishes.length === 0 || !openNow(hours)) return 0
  const today = todayOf(hours)
  const keyOf = (address: string): string => `digest:${address}:${today}`
  const told = await findTold(
    deps.sql,
    wishes.map(({ address }) => ({ desk: desk.desk, key: keyOf(address) })),
  )
  const due = wishes.filter(({ address }) => !told.has(`${desk.desk} ${keyOf(address)}`))
  if (due.length === 0) return 0
  const [context] = await ticketContexts(deps, deps.instance(), running, [null], now)
  if (!context) return 0
  const sheet: Sheet = { context, decision: emptyDecision() }
  for (const staff of due) {
    const question = { kind: 'mine', key: '', agent: staff.address } as const
    const [first] = await listTickets(deps.sql, desk.desk, question, now, 1)
    const key = keyOf(staff.address)
    // An empty list is no news, and is not looked for again today.
    if (!first) await transaction(deps.sql, (tx) => tellOnce(tx, [{ desk: desk.desk, key }], now))
    else
      mail(sheet, {
        ...toStaff(context, staff),
        template: 'list',
        fill: { what: 'list', ...question },
        data: { title: 'mine' },
        once: key,
      })
  }
  return sendSheet(deps, running, sheet, now)
}

async function remindOfHolds(deps: ProcessDeps, now: Date): Promise<number> {
  const waiting = await findUnconfirmed(deps.sql, {
    after: new Date(now.getTime() - remindBeforeDays * dayMs),
    before: new Date(now.getTime() - remindAfterDays * dayMs),
    limit: 50,
  })
  let sent = 0
  for (const hold of waiting) {
    const running = deps.instance().desks.get(hold.desk)
    const staff = running && hold.author !== null ? staffByAddress(running.desk, hold.author) : undefined
    const [context] = running ? await ticketContexts(deps, deps.instance(), running, [null], now) : []
    if (!running || !staff || !context) continue
    const sheet: Sheet = { context, decision: emptyDecision() }
    const language = languageFor(running.desk, staff.language)
    mail(sheet, {
      ...toStaff(context, staff),
      template: 'held-yours',
      subjectId: hold.id,
      choices: ['r', 'd'],
      replyPurpose: 'r',
      once: `hold-reminder:${hold.id}`,
      data: {
        reason: holdSentence(hold.reason, language),
        why: hold.finding ? findingSentence(hold.finding, language) : hold.why,
        text: hold.subject ?? '',
        recipients: [],
      },
    })
    sent += await sendSheet(deps, running, sheet, now)
  }
  return sent
}
