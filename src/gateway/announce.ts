// Announcements on their way: single mails, so many a minute, each recipient once, going on after an interruption where it was; and a
// summary to whoever ordered it when the last mail has left.

import { type Tx, transaction } from '../db/transaction.ts'
import { staffAt } from '../desks/staff.ts'
import { loadPeople, personKey } from '../desks/store.ts'
import { emptyDecision, languageFor, mail, recipientOf, type Sheet } from '../rules/judgement.ts'
import { toStaff } from '../rules/notify.ts'
import {
  type Announcement,
  findUnfinished,
  loadProgress,
  lockAnnouncements,
  markFinished,
  markQueued,
  markTold,
  nextRecipients,
} from './announcement-store.ts'
import type { ProcessDeps } from './process-deps.ts'
import type { RunningDesk } from './running-desk.ts'
import { sendSheet } from './send-sheet.ts'
import { ticketContexts } from './sweep.ts'

/** Mails that have not left by then are no reason to wait with the summary. */
const SUMMARY_AFTER_MS = 3_600_000

/** One step for each desk that has something to announce; how many mails were made. */
export async function announceOnce(deps: ProcessDeps): Promise<number> {
  const now = await deps.now()
  let made = 0
  for (const announcement of await findUnfinished(deps.sql)) {
    const running = deps.instance().desks.get(announcement.desk)
    if (!running) continue
    made += await transaction(deps.sql, async (tx) =>
      (await lockAnnouncements(tx, announcement.desk)) ? step(deps, tx, running, announcement, now) : 0,
    )
  }
  return made
}

async function step(
  deps: ProcessDeps,
  tx: Tx,
  running: RunningDesk,
  announcement: Announcement,
  now: Date,
): Promise<number> {
  if (announcement.state === 'sending') {
    const perMinute = running.desk.announcements['per-minute']
    const next = await nextRecipients(deps.sql, announcement, { perMinute, now })
    if (next.length > 0) {
      await send(deps, running, announcement, next, now)
      // After the mails: should this process end in between, they are known as told before, and none is made twice.
      await markQueued(
        tx,
        announcement,
        next.map(({ person }) => person),
        now,
      )
      return next.length
    }
    const [progress] = await loadProgress(tx, { desk: announcement.desk, id: announcement.id, limit: 1 })
    if (!progress || progress.waiting > 0) return 0
    await markFinished(tx, announcement, now)
  }
  return summarise(deps, tx, running, announcement, now)
}

async function send(
  deps: ProcessDeps,
  running: RunningDesk,
  announcement: Announcement,
  next: readonly { readonly address: string }[],
  now: Date,
): Promise<void> {
  const { desk } = running
  const [context] = await ticketContexts(deps, deps.instance(), running, [null], now)
  if (!context) return
  const people = await loadPeople(
    deps.sql,
    next.map(({ address }) => ({ desk: desk.desk, address })),
  )
  const known = next.flatMap(({ address }) => people.get(personKey({ desk: desk.desk, address })) ?? [])
  const sheet: Sheet = {
    context: { ...context, people: new Map([...context.people, ...known.map((p) => [p.address, p] as const)]) },
    decision: emptyDecision(),
  }
  for (const person of known)
    mail(sheet, {
      template: 'announcement',
      role: 'customer',
      to: recipientOf(person),
      language: languageFor(desk, person.contact?.language, person.language),
      automatic: 'auto-generated',
      budget: null,
      once: `announcement:${announcement.id}:${person.id}`,
      data: { title: announcement.title, text: announcement.text },
    })
  await sendSheet(deps, running, sheet, now)
}

/** Told when every mail has left or was refused; those that wait for a slow server are counted as on their way after an hour. */
async function summarise(
  deps: ProcessDeps,
  tx: Tx,
  running: RunningDesk,
  announcement: Announcement,
  now: Date,
): Promise<number> {
  const [progress] = await loadProgress(tx, { desk: announcement.desk, id: announcement.id, limit: 1 })
  if (!progress) return 0
  const finishedAt = progress.finishedAt ?? now
  if (progress.queued > 0 && now.getTime() - finishedAt.getTime() < SUMMARY_AFTER_MS) return 0
  const staff = staffAt(running.desk, announcement.orderedBy)
  const [context] = await ticketContexts(deps, deps.instance(), running, [null], now)
  let queued = 0
  if (staff && context) {
    const sheet: Sheet = { context, decision: emptyDecision() }
    const { recipients, sent, bounced, failed, suppressed, waiting } = progress
    mail(sheet, {
      ...toStaff(context, staff),
      template: 'announcement-done',
      once: `announcement-done:${announcement.id}`,
      data: {
        title: announcement.title,
        recipients,
        sent,
        bounced,
        failed,
        suppressed,
        waiting: waiting + progress.queued,
        stopped: progress.state === 'stopped',
      },
    })
    queued = await sendSheet(deps, running, sheet, now)
  }
  await markTold(tx, announcement, now)
  return queued
}
