// What Prometheus reads at /metrics: what the rooms count as they work, and what the database holds at the moment of asking.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Counters } from '../metrics.ts'
import type { DeskFigures, MailboxRow } from './figures-store.ts'

export interface Held {
  readonly figures: readonly DeskFigures[]
  readonly mailboxes: readonly MailboxRow[]
  readonly now: Date
}

export interface Metrics {
  readonly registry: Registry
  readonly counters: Counters
  /** Sets the gauges from what the database holds; null when it did not answer. */
  readonly observe: (held: Held | null) => void
  /** An alarm is raised, or has ended. */
  readonly alarm: (kind: string, name: string, raised: boolean) => void
}

const buckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800]

/** A registry of its own, so that two gateways in one process (tests) do not share counts. `processMetrics` adds those of Node. */
export function createMetrics(options: { processMetrics?: boolean } = {}): Metrics {
  const registry = new Registry()
  if (options.processMetrics ?? true) collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter<L>({ name: `guichet_${name}`, help, labelNames, registers })
  const gauge = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Gauge<L>({ name: `guichet_${name}`, help, labelNames, registers })

  const received = counter('mails_received_total', 'Mails whose bytes are committed', ['source'])
  const duplicate = counter('mails_duplicate_total', 'Second receipts of a known mail', ['source'])
  const decided = counter('decisions_total', 'Mails and due clocks decided and carried out', ['desk', 'outcome'])
  const parked = counter('mails_parked_total', 'Mails set aside after their last attempt', ['desk'])
  const delivered = counter('deliveries_total', 'Attempts to deliver, by what became of them', ['desk', 'state'])
  const failed = counter('failures_total', 'Failures caught, by the room that caught them', ['room'])
  const stage = new Histogram({
    name: 'guichet_stage_seconds',
    help: 'How long a stage took',
    labelNames: ['stage'] as const,
    buckets,
    registers,
  })

  const database = gauge('database_up', '1 when the database answered this scrape', [])
  const waiting = gauge('inbound_waiting', 'Mails that wait to be decided', ['desk'])
  const oldest = gauge('inbound_oldest_seconds', 'Age of the oldest mail that waits to be decided', ['desk'])
  const aside = gauge('inbound_parked', 'Mails set aside', ['desk'])
  const outbox = gauge('outbox', 'Outgoing mails by state; bounced and dead of 30 days, suppressed of 7', [
    'desk',
    'state',
  ])
  const holds = gauge('holds', 'Held mails', ['desk'])
  const open = gauge('tickets_open', 'Tickets that are not closed', ['desk'])
  const clocks = gauge('clocks', 'Clocks of open tickets in trouble', ['desk', 'stage'])
  const lag = gauge('mailbox_lag_seconds', 'Time since a mailbox was last looked at', ['account', 'folder'])
  const failing = gauge('mailbox_failing', '1 while a mailbox fails', ['account', 'folder'])
  const alarms = gauge('alarm', '1 while something has been wrong for too long', ['kind', 'name'])
  const gauges = [waiting, oldest, aside, outbox, holds, open, clocks, lag, failing]

  const counters: Counters = {
    received: (source, mails = 1) => received.inc({ source }, mails),
    duplicate: (source, mails = 1) => duplicate.inc({ source }, mails),
    decided: (desk, outcome, events = 1) => decided.inc({ desk, outcome }, events),
    parked: (desk) => parked.inc({ desk }),
    delivered: (desk, state, mails = 1) => delivered.inc({ desk, state }, mails),
    failed: (room) => failed.inc({ room }),
    took: (name, seconds) => stage.observe({ stage: name }, seconds),
  }

  const observe = (held: Held | null): void => {
    for (const each of gauges) each.reset()
    database.set(held === null ? 0 : 1)
    if (held === null) return
    const secondsSince = (at: Date | null): number =>
      at === null ? 0 : Math.max(0, (held.now.getTime() - at.getTime()) / 1000)
    for (const figures of held.figures) {
      const { desk, queued, delayed, uncertain, bounced, dead, suppressed, heldBack } = figures
      waiting.set({ desk }, figures.waiting)
      oldest.set({ desk }, secondsSince(figures.oldestWaitingAt))
      aside.set({ desk }, figures.parked)
      for (const [state, count] of Object.entries({
        queued,
        delayed,
        uncertain,
        bounced,
        dead,
        suppressed,
        held: heldBack,
      }))
        outbox.set({ desk, state }, count)
      holds.set({ desk }, figures.holds)
      open.set({ desk }, figures.open)
      clocks.set({ desk, stage: 'warned' }, figures.atRisk)
      clocks.set({ desk, stage: 'breached' }, figures.breached)
    }
    for (const { account, folder, lastSeenAt, failingSince } of held.mailboxes) {
      lag.set({ account, folder }, secondsSince(lastSeenAt))
      failing.set({ account, folder }, failingSince === null ? 0 : 1)
    }
  }
  const alarm = (kind: string, name: string, raised: boolean): void => alarms.set({ kind, name }, raised ? 1 : 0)
  return { registry, counters, observe, alarm }
}
