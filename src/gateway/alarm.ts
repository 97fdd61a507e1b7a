// An alarm is told: to the log, to the web address that is configured, and by mail to the supervisors it concerns.

import type { MailDraft } from '../outbound/draft.ts'
import { draftMail, emptyDecision, languageFor } from '../rules/judgement.ts'
import { applyDecisions } from './apply.ts'
import type { ProcessDeps } from './process-deps.ts'
import type { RunningDesk } from './running-desk.ts'
import { ticketContexts } from './sweep.ts'
import type { Alarm, WatchedKind } from './watch.ts'

type Words = Readonly<Record<'en' | 'fr' | 'es', (name: string) => string>>

const what: Readonly<Record<WatchedKind, Words>> = {
  mailbox: {
    en: (name) => `The mailbox “${name}” cannot be read`,
    fr: (name) => `La boîte aux lettres « ${name} » ne peut pas être lue`,
    es: (name) => `No se puede leer el buzón «${name}»`,
  },
  relay: {
    en: () => 'Outgoing mail does not leave',
    fr: () => 'Le courrier sortant ne part pas',
    es: () => 'El correo saliente no sale',
  },
  database: {
    en: () => 'The database does not answer',
    fr: () => 'La base de données ne répond pas',
    es: () => 'La base de datos no responde',
  },
  disk: {
    en: (name) => `The disk of “${name}” is nearly full`,
    fr: (name) => `Le disque de « ${name} » est presque plein`,
    es: (name) => `El disco de «${name}» está casi lleno`,
  },
  'automatic-mail': {
    en: (name) => `Automatic mail of the desk ${name} is kept back`,
    fr: (name) => `Les messages automatiques du service ${name} sont retenus`,
    es: (name) => `Los mensajes automáticos del servicio ${name} están retenidos`,
  },
}

/** `The mailbox “support” cannot be read`, in French, Spanish or else English. */
export const alarmWords = ({ kind, name }: Pick<Alarm, 'kind' | 'name'>, language: string): string =>
  what[kind][language === 'fr' || language === 'es' ? language : 'en'](name)

export interface AlarmDeps {
  readonly process: ProcessDeps
  /** Addresses told beside the desks' supervisors. */
  readonly mail: readonly string[]
  /** Posts JSON to the configured address; null: there is none. */
  readonly webhook: ((body: AlarmReport) => Promise<void>) | null
  /** Another way out for the mails of alarms; null: they go the way of all mail. */
  readonly direct: ((mail: AlarmMail) => Promise<void>) | null
}

/** A plain mail that passes by the outbox. */
export interface AlarmMail {
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly text: string
}

/** What the webhook is given. */
export interface AlarmReport {
  readonly state: 'raised' | 'ended'
  readonly kind: WatchedKind
  readonly name: string
  readonly text: string
  readonly detail: string
  readonly since: string
}

/** Tells everybody; a way that fails is logged and does not stop the others. */
export async function tellAlarm(deps: AlarmDeps, alarm: Alarm, state: 'raised' | 'ended'): Promise<void> {
  const { log, counters } = deps.process
  const { kind, name, detail, since } = alarm
  const facts = { kind, name, since: since.toISOString(), detail }
  if (state === 'raised') log.error(facts, 'alarm')
  else log.info(facts, 'alarm ended')
  const report: AlarmReport = { state, ...facts, text: alarmWords(alarm, 'en') }
  const failed = (way: string) => (error: unknown) => {
    counters.failed('alarm')
    log.error({ err: error, kind, name }, `alarm could not be told by ${way}`)
  }
  await Promise.all([
    deps.webhook?.(report).catch(failed('webhook')),
    ...mailsOf(deps, alarm, state).map((told) => told.catch(failed('mail'))),
  ])
}

/** Directly where there is another way out; else by the outbox, where a database that comes back takes what it missed. */
function mailsOf(deps: AlarmDeps, alarm: Alarm, state: 'raised' | 'ended'): Promise<unknown>[] {
  if (deps.direct) return state === 'raised' ? mailDirectly(deps, deps.direct, alarm) : []
  return state === 'raised' || alarm.kind === 'database' ? [mailAlarm(deps, alarm)] : []
}

function mailDirectly(
  { process, mail }: AlarmDeps,
  direct: NonNullable<AlarmDeps['direct']>,
  alarm: Alarm,
): Promise<void>[] {
  const told = new Set<string>()
  return [...process.instance().desks.values()]
    .filter(({ desk }) => alarm.desk === null || desk.desk === alarm.desk)
    .flatMap(({ desk }, n) =>
      [...desk.supervisors, ...(n === 0 ? mail : [])].map((to) => ({ to: to.toLowerCase(), desk })),
    )
    .filter(({ to }) => !told.has(to) && told.add(to))
    .map(({ to, desk }) => {
      const words = alarmWords(alarm, languageFor(desk, desk.staff.find((member) => member.address === to)?.language))
      const text = `${words}\n\n${alarm.since.toISOString()}\n${alarm.detail}\n`
      return direct({ from: desk.address, to, subject: words, text })
    })
}

async function mailAlarm({ process, mail }: AlarmDeps, alarm: Alarm): Promise<void> {
  const instance = process.instance()
  const now = await process.now()
  const desks = [...instance.desks.values()].filter(({ desk }) => alarm.desk === null || desk.desk === alarm.desk)
  const told = new Set<string>()
  const judged = []
  for (const [n, running] of desks.entries()) {
    const addresses = [...running.desk.supervisors, ...(n === 0 ? mail : [])]
    const people = addresses.filter((address) => !told.has(address.toLowerCase()))
    for (const address of people) told.add(address.toLowerCase())
    const [context] = people.length > 0 ? await ticketContexts(process, instance, running, [null], now) : []
    if (!context) continue
    const mails = people.map((address) => draftFor(running, context.people.get(address)?.id ?? 0, address, alarm))
    const trail = [{ at: 'alarm', code: `alarm:${alarm.kind}`, why: alarmWords(alarm, 'en') }]
    judged.push({
      running,
      context,
      decision: { ...emptyDecision(), outcome: 'changed' as const, trail, mails },
      mail: null,
    })
  }
  if (judged.length === 0) return
  const applied = await applyDecisions(process, judged, now)
  if (applied.queued > 0) process.wakeOutbox()
}

const advice: Partial<Record<WatchedKind, Readonly<Record<'en' | 'fr' | 'es', string>>>> = {
  disk: {
    en: 'Make room on it, or have it made: once it is full, mail can no longer be taken, and waits with those who send it.',
    fr: 'Faites-y de la place, ou demandez-le : une fois plein, plus de courrier ne peut être reçu, et il attend chez ceux qui l’envoient.',
    es: 'Libere espacio en él, o pida que se haga: una vez lleno, ya no se puede recibir correo, que espera en quienes lo envían.',
  },
  'automatic-mail': {
    en: 'Look at what answers it; then write #unblock to the desk, and it goes on before the hour is over.',
    fr: 'Voyez ce qui y répond ; écrivez ensuite #débloquer au service, et ils repartent avant la fin de l’heure.',
    es: 'Mire qué los contesta; escriba después #desbloquear a la mesa, y vuelven a salir antes de que acabe la hora.',
  },
}

/** What was observed, and what a supervisor can do about it. */
const detailFor = ({ kind, detail }: Alarm, language: string): string => {
  const words = advice[kind]?.[language === 'fr' || language === 'es' ? language : 'en']
  return words === undefined ? detail : `${detail}. ${words}`
}

function draftFor({ desk }: RunningDesk, person: number, address: string, alarm: Alarm): MailDraft {
  const staff = desk.staff.find((member) => member.address === address)
  const language = languageFor(desk, staff?.language)
  return draftMail(desk.desk, {
    template: 'alarm',
    to: { address, name: staff?.name ?? '', person },
    role: 'supervisor',
    language,
    data: { what: alarmWords(alarm, language), since: alarm.since, detail: detailFor(alarm, language) },
    budget: 'staff',
    once: `alarm:${alarm.kind}:${alarm.name}:${alarm.since.toISOString()}:${address}`,
  })
}
