// What has been wrong for too long. Each look at the gateway gives signs; a sign that stays bad for `afterMs` raises an alarm, once,
// and its first good look ends it. What gets worse by waiting raises it at once.

export const watchedKinds = ['mailbox', 'relay', 'database', 'disk', 'automatic-mail'] as const
export type WatchedKind = (typeof watchedKinds)[number]

/** One thing as it is now. */
export interface Sign {
  readonly kind: WatchedKind
  /** Which of its kind: the mailbox's name, the desk's key; empty when there is one alone. */
  readonly name: string
  /** The desk whose supervisors it concerns; null: everybody's. */
  readonly desk: string | null
  /** What is wrong; null: nothing. */
  readonly detail: string | null
  /** Since when, where that is known better than by looking. */
  readonly since: Date | null
  /** It gets worse by waiting. */
  readonly atOnce?: boolean
}

export interface Alarm {
  readonly kind: WatchedKind
  readonly name: string
  readonly desk: string | null
  readonly since: Date
  readonly detail: string
}

export interface Watch {
  readonly look: (
    signs: readonly Sign[],
    at: Date,
  ) => { readonly raised: readonly Alarm[]; readonly ended: readonly Alarm[] }
}

interface Bad {
  readonly alarm: Alarm
  readonly told: boolean
}

export function createWatch(afterMs: number): Watch {
  const bad = new Map<string, Bad>()
  return {
    look: (signs, at) => {
      const raised: Alarm[] = []
      const ended: Alarm[] = []
      for (const { kind, name, desk, detail, since, atOnce = false } of signs) {
        const key = `${kind} ${name}`
        const known = bad.get(key)
        if (detail === null) {
          if (known?.told) ended.push(known.alarm)
          bad.delete(key)
          continue
        }
        const from = known?.alarm.since ?? (since !== null && since < at ? since : at)
        const alarm: Alarm = { kind, name, desk, since: from, detail }
        const late = atOnce || at.getTime() - from.getTime() >= afterMs
        if (late && !known?.told) raised.push(alarm)
        bad.set(key, { alarm, told: late || known?.told === true })
      }
      return { raised, ended }
    },
  }
}
