// Looks at mailboxes, relay, database and disks now and then, and tells what has been wrong for too long.

import type { Sql } from '../db/pool.ts'
import { type AlarmDeps, tellAlarm } from './alarm.ts'
import { createDiskWatch, type DiskWatchDeps } from './disk.ts'
import { createWatch, type Sign } from './watch.ts'
import { within } from './within.ts'

/** A mail source as it is: `detail` null when all is well. `desk`: the one its mail belongs to. */
export interface SourceHealth {
  readonly detail: string | null
  readonly since: Date | null
  readonly desk: string | null
}

export interface LookoutDeps {
  readonly sql: Sql
  readonly now: () => Promise<Date>
  readonly afterMs: number
  readonly alarms: AlarmDeps
  readonly sources: () => readonly { readonly name: string; readonly health?: (at: Date) => SourceHealth }[]
  readonly relay: () => { readonly failingSince: Date | null; readonly lastError: string | null }
  /** Null: no disk is looked at. */
  readonly disks: DiskWatchDeps | null
  /** An alarm is raised, or has ended. */
  readonly onChange: (kind: string, name: string, raised: boolean) => void
}

export interface Lookout {
  readonly look: (at: Date) => Promise<void>
  /** A desk has used up its automatic mail: one alarm an hour. */
  readonly keptBack: (desk: string, why: string) => Promise<void>
}

export function createLookout({ sql, now, afterMs, alarms, sources, relay, disks, onChange }: LookoutDeps): Lookout {
  const watch = createWatch(afterMs)
  const diskSigns = disks === null ? null : createDiskWatch(disks)
  const keptBackAt = new Map<string, number>()
  const signsOf = async (at: Date): Promise<Sign[]> => {
    const { failingSince, lastError } = relay()
    return [
      ...sources().flatMap((source): Sign[] => {
        const health = source.health?.(at)
        return health ? [{ kind: 'mailbox', name: source.name, ...health }] : []
      }),
      {
        kind: 'relay',
        name: '',
        desk: null,
        detail: failingSince === null ? null : (lastError ?? 'no answer'),
        since: failingSince,
      },
      { kind: 'database', name: '', desk: null, detail: await silenceOf(sql), since: null },
      ...((await diskSigns?.()) ?? []),
    ]
  }
  return {
    look: async (at) => {
      const { raised, ended } = watch.look(await signsOf(at), at)
      for (const [state, list] of [
        ['raised', raised],
        ['ended', ended],
      ] as const)
        for (const alarm of list) {
          onChange(alarm.kind, alarm.name, state === 'raised')
          await tellAlarm(alarms, alarm, state)
        }
    },
    keptBack: async (desk, detail) => {
      const hour = Math.floor((await now()).getTime() / 3_600_000) * 3_600_000
      if (keptBackAt.get(desk) === hour) return
      keptBackAt.set(desk, hour)
      await tellAlarm(alarms, { kind: 'automatic-mail', name: desk, desk, since: new Date(hour), detail }, 'raised')
    },
  }
}

const DATABASE_PATIENCE_MS = 5_000

/** What is wrong with the database now; null when it answers. */
async function silenceOf(sql: Sql): Promise<string | null> {
  let answer: string | null = 'no answer'
  const asked = sql`select 1`.then(
    () => {
      answer = null
    },
    (error: unknown) => {
      answer = error instanceof Error && 'code' in error ? String(error.code) : 'it refuses'
    },
  )
  await within(DATABASE_PATIENCE_MS, asked)
  return answer
}
