// The composition root: builds a gateway of its parts, starts it, runs single turns, stops it. Nothing else builds anything.

import { hostname } from 'node:os'
import type { Sql } from './db/pool.ts'
import type { Desk } from './desks/desk.ts'
import { createDice } from './dice.ts'
import type { AlarmDeps } from './gateway/alarm.ts'
import { announceOnce } from './gateway/announce.ts'
import { type CallerDeps, callOnce } from './gateway/caller.ts'
import { createLookout, type LookoutDeps, type SourceHealth } from './gateway/lookout.ts'
import type { ProcessDeps } from './gateway/process-deps.ts'
import { noteRenamed } from './gateway/renamed.ts'
import type { RunningInstance } from './gateway/running-desk.ts'
import { goRound } from './gateway/staff-round.ts'
import { sweepOnce } from './gateway/sweep.ts'
import { tellTroubles } from './gateway/trouble.ts'
import { within } from './gateway/within.ts'
import { createWorker, processOnce } from './gateway/worker.ts'
import { octetsOf, type RawMail } from './inbound/message.ts'
import { createParsePool, type ParsePool } from './inbound/parse-pool.ts'
import { receive } from './inbound/receive.ts'
import { acceptsRecipient, routeMail } from './inbound/route.ts'
import { createSmtpReception, type SmtpReception, type SmtpReceptionOptions } from './inbound/sources/smtp.ts'
import type { Log } from './log.ts'
import { createLoop, type Loop } from './loop.ts'
import { mintReplyAddress } from './mail/message-id.ts'
import { dayOf } from './mail/token.ts'
import { createCollector } from './memory.ts'
import type { ComposeSettings } from './outbound/compose.ts'
import { createOutbox, type Outbox } from './outbound/deliver.ts'
import type { Transport } from './outbound/transport.ts'
import { createWeb } from './web/app.ts'
import { listenWeb, type WebListener } from './web/listen.ts'
import { createMetrics, type Metrics } from './web/metrics.ts'

export const roles = ['inbound', 'worker', 'outbound', 'web'] as const
export type Role = (typeof roles)[number]

/** An address to listen on; null: not at all. */
export type Listen = { readonly host: string; readonly port: number } | null

export interface AppOptions {
  readonly sql: Sql
  readonly log: Log
  readonly instance: RunningInstance
  readonly settings: Omit<ComposeSettings, 'keys' | 'replyDomain'>
  readonly transport: Transport
  readonly authenticate: ProcessDeps['authenticate']
  /** AUTH of portals and agents; null refuses. */
  readonly login: NonNullable<SmtpReceptionOptions['authenticate']>
  readonly roles: readonly Role[]
  readonly smtp: Listen
  readonly lmtp: Listen
  readonly web: Listen
  readonly smtpOptions: Partial<SmtpReceptionOptions>
  readonly supervisorToken: string
  /** What links begin with; null: http:// and the address of the pages. */
  readonly publicUrl: string | null
  /** Instead of the database's clock: tests, demo. */
  readonly clock?: () => Date
  /** Reads `env:NAME` or `file:PATH`, for providers that are called; absent: there are no secrets. */
  readonly secret?: CallerDeps['secret']
  /** Instead of the dice: tests. */
  readonly dice?: () => string
  readonly parseThreads?: number
  readonly sources?: (deps: SourceDeps) => readonly Source[]
  /** When something counts as wrong for too long, and who is told beside the supervisors; absent: nobody watches. */
  readonly alarms?: { readonly afterMs: number } & Pick<AlarmDeps, 'mail' | 'webhook'> &
    Partial<Pick<AlarmDeps, 'direct'> & Pick<LookoutDeps, 'disks'>>
}

/** What a mail source is given. */
export interface SourceDeps {
  readonly save: (mails: readonly RawMail[]) => ReturnType<typeof receive>
  readonly now: () => Promise<Date>
  readonly metrics: Metrics
}

/** A watched mailbox or folder. */
export interface Source {
  readonly name: string
  readonly start: () => void
  readonly runOnce: () => Promise<unknown>
  readonly stop: () => Promise<void>
  readonly health?: (at: Date) => SourceHealth
}

export interface Addresses {
  readonly smtp: string | null
  readonly lmtp: string | null
  readonly web: string | null
}

export interface App {
  /** Listens and starts the loops; gives the addresses really used. */
  readonly start: () => Promise<Addresses>
  /** Listens without starting loops: tests run turns themselves. */
  readonly listen: () => Promise<Addresses>
  /** Runs turns until nothing is left to do: mails, due clocks, outgoing mail. */
  readonly settle: () => Promise<void>
  /** Looks at mailboxes, relay, database and disks, and tells what has been wrong for too long. */
  readonly lookAround: (at: Date) => Promise<void>
  /** Replaces desks, rules and templates by new ones; mails in work end with the old. */
  readonly reload: (next: { readonly instance: RunningInstance; readonly settings: AppOptions['settings'] }) => void
  readonly stop: (options?: { readonly drainMs?: number }) => Promise<void>
  readonly save: SourceDeps['save']
  readonly metrics: Metrics
  readonly deps: ProcessDeps
  readonly instance: () => RunningInstance
}

export function createApp(options: AppOptions): App {
  const { sql, log } = options
  let { instance } = options
  let settings: ComposeSettings = { ...options.settings, keys: instance.keys, replyDomain: instance.replyDomain }
  const metrics = createMetrics()
  const dice = options.dice ?? createDice()
  const clock = options.clock
  const now = async (): Promise<Date> => {
    if (clock) return clock()
    const [row] = await sql<{ now: Date }[]>`select clock_timestamp() as now`
    return row?.now ?? new Date()
  }
  let pool: ParsePool | undefined
  const parser = (): ParsePool => {
    pool ??= createParsePool({ threads: options.parseThreads ?? 1 })
    return pool
  }
  let wakeWorker = (): void => undefined
  let wakeOutbox = (): void => undefined
  const passed = createCollector()
  const save = async (mails: readonly RawMail[]): ReturnType<typeof receive> => {
    const receipts = await receive(
      {
        sql,
        now,
        route: (envelope, recipients) => routeMail(instance.addressBook, envelope, recipients),
        wake: () => wakeWorker(),
      },
      mails,
    )
    passed(mails.reduce((sum, mail) => sum + octetsOf(mail), 0))
    return receipts
  }
  const deps: ProcessDeps = {
    sql,
    instance: () => instance,
    get settings() {
      return settings
    },
    parse: (mails) => parser().parseBatch(mails),
    readAttachments: (bytes, indexes) => parser().readAttachments(bytes, indexes),
    authenticate: options.authenticate,
    now,
    mark: () => `⟦${dice().slice(0, 12)}⟧`,
    seed: () => dice().slice(0, 20),
    maxAttachmentBytes: 20 * 1024 * 1024,
    log,
    counters: metrics.counters,
    wakeOutbox: () => wakeOutbox(),
    breaker: (desk, why) => {
      metrics.counters.failed('breaker')
      log.warn({ desk, why }, 'automatic mail of the desk is kept back')
      if (options.alarms) lookout.keptBack(desk, why).catch(failed('watch'))
    },
  }
  const outbox: Outbox = createOutbox({
    sql,
    transport: options.transport,
    now,
    log,
    counters: metrics.counters,
    onTrouble: () => teller.wake(),
    onRenamed: (renamed) => {
      noteRenamed(deps, renamed).catch((error: unknown) =>
        log.error({ err: error, desk: renamed.desk, mail: renamed.id }, 'the id a relay gave was not noted'),
      )
    },
  })
  const failed = (room: string) => (error: unknown) => {
    metrics.counters.failed(room)
    log.error({ err: error, room }, 'a turn failed')
  }
  const batches = createWorker(deps)
  const worker: Loop = createLoop({ turn: batches.turn, pauseMs: 2_000, failed: failed('worker') })
  const sweeper: Loop = createLoop({
    turn: async () => (await sweepOnce(deps)) + (await goRound(deps)) + (await announceOnce(deps)),
    pauseMs: 5_000,
    failed: failed('sweep'),
  })
  const callerDeps: CallerDeps = {
    sql,
    instance: () => instance,
    now,
    secret: options.secret ?? (async () => ({ ok: false, message: 'there are no secrets' })),
    log,
    counters: metrics.counters,
  }
  const caller: Loop = createLoop({ turn: () => callOnce(callerDeps), pauseMs: 3_000, failed: failed('call') })
  const teller: Loop = createLoop({ turn: () => tellTroubles(deps), pauseMs: 5_000, failed: failed('trouble') })
  const lookout = createLookout({
    sql,
    now,
    afterMs: options.alarms?.afterMs ?? Number.POSITIVE_INFINITY,
    alarms: {
      process: deps,
      mail: options.alarms?.mail ?? [],
      webhook: options.alarms?.webhook ?? null,
      direct: options.alarms?.direct ?? null,
    },
    sources: () => sources,
    relay: outbox.health,
    disks: options.alarms?.disks ?? null,
    onChange: metrics.alarm,
  })
  const watcher: Loop = createLoop({
    turn: async () => {
      await lookout.look(clock ? clock() : new Date())
      return 0
    },
    pauseMs: Math.max(1_000, Math.min(15_000, (options.alarms?.afterMs ?? 60_000) / 4)),
    failed: failed('watch'),
  })
  let stopping = false
  const has = (role: Role): boolean => options.roles.includes(role)
  const receptions: SmtpReception[] = []
  let listener: WebListener | undefined
  let sources: readonly Source[] = []
  const unlisten: (() => Promise<void>)[] = []

  const reception = async (protocol: 'smtp' | 'lmtp', at: Listen): Promise<string | null> => {
    if (at === null) return null
    const made = createSmtpReception({
      hostname: hostname(),
      ...options.smtpOptions,
      protocol,
      host: at.host,
      port: at.port,
      accepts: (address) => acceptsRecipient(instance.addressBook, address),
      save: async (mails) => {
        metrics.counters.received(protocol, mails.length)
        return save(mails)
      },
      authenticate: options.login,
      ...(clock ? { clock } : {}),
    })
    receptions.push(made)
    const { host, port } = await made.listen()
    return `${host}:${port}`
  }

  const listen = async (): Promise<Addresses> => {
    const smtp = has('inbound') ? await reception('smtp', options.smtp) : null
    const lmtp = has('inbound') ? await reception('lmtp', options.lmtp) : null
    sources = has('inbound') ? (options.sources?.({ save, now, metrics }) ?? []) : []
    let web: string | null = null
    if (has('web') && options.web) {
      let url = options.publicUrl ?? ''
      const app = createWeb({
        sql,
        desks: () => new Map<string, Desk>([...instance.desks].map(([key, running]) => [key, running.desk])),
        keys: instance.keys,
        supervisorToken: options.supervisorToken,
        publicUrl: () => url,
        now,
        health: () => ({ checks: stopping ? [{ name: 'process', ok: false, reason: 'it is stopping' }] : [] }),
        metrics,
        address: ({ desk, purpose, ticket, person, now: at }) =>
          mintReplyAddress(
            instance.keys,
            { desk: desk.desk, purpose, id: ticket, person, day: dayOf(at) },
            desk['reply-domain'] ?? instance.replyDomain,
          ),
      })
      listener = await listenWeb(app, options.web)
      web = `${listener.host}:${listener.port}`
      url = options.publicUrl ?? `http://${web}`
      settings = { ...settings, publicUrl: url }
      instance = { ...instance, publicUrl: url }
    }
    return { smtp, lmtp, web }
  }

  const hear = async (channel: string, wake: () => void): Promise<void> => {
    const { unlisten: end } = await sql.listen(channel, wake)
    unlisten.push(end)
  }

  return {
    listen,
    start: async () => {
      const addresses = await listen()
      if (has('worker')) {
        wakeWorker = worker.wake
        worker.start()
        sweeper.start()
        teller.start()
        await hear('guichet_inbound', worker.wake)
      }
      if (has('outbound')) {
        caller.start()
        wakeOutbox = outbox.wake
        outbox.start()
        await hear('guichet_outbound', outbox.wake)
      }
      if (has('inbound')) {
        for (const source of sources) source.start()
      }
      if (options.alarms) watcher.start()
      return addresses
    },
    settle: async () => {
      for (;;) {
        const mails = await processOnce(deps)
        const clocks = (await sweepOnce(deps)) + (await goRound(deps)) + (await announceOnce(deps))
        const run = await outbox.runOnce()
        const calls = await callOnce(callerDeps)
        const told = await tellTroubles(deps)
        if (mails + clocks + told + calls + run.sent + run.bounced + run.dead + run.uncertain === 0) return
      }
    },
    reload: (next) => {
      instance = { ...next.instance, publicUrl: instance.publicUrl }
      settings = {
        ...next.settings,
        publicUrl: settings.publicUrl,
        keys: instance.keys,
        replyDomain: instance.replyDomain,
      }
    },
    lookAround: lookout.look,
    stop: async ({ drainMs = 30_000 } = {}) => {
      stopping = true
      const deadline = performance.now() + drainMs
      const left = (): number => Math.max(1_000, deadline - performance.now())
      // The doors first, all at once. What is in work then ends, or is left to its lease: another turn takes it up.
      const sending = outbox.stop({ drainMs: left() })
      await Promise.all([
        within(left(), watcher.stop()),
        ...receptions.map((r) => r.close({ drainMs: left() })),
        ...sources.map((source) => within(left(), source.stop())),
        ...unlisten.map((end) => within(left(), end())),
      ])
      await Promise.all([worker, sweeper, teller, caller].map((loop) => within(left(), loop.stop())))
      await within(left(), batches.close())
      await sending
      await listener?.close()
      await pool?.close()
    },
    save,
    metrics,
    deps,
    instance: () => instance,
  }
}
