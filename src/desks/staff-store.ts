// SQL of what agents said of themselves by mail.

import type { Queryable } from '../db/pool.ts'
import type { Tx } from '../db/transaction.ts'
import type { Desk } from './desk.ts'

export interface StaffSetting {
  readonly desk: string
  readonly address: string
  /** Absences that replace those of the YAML; null: the YAML’s. */
  readonly away: readonly { readonly from: string; readonly until: string }[] | null
  readonly digest: 'none' | 'daily' | null
}

export async function loadStaffSettings(sql: Queryable, desks: readonly string[]): Promise<StaffSetting[]> {
  if (desks.length === 0) return []
  return sql<
    StaffSetting[]
  >`select desk, address, away, digest from staff_setting where desk = any(${desks as string[]}::text[])`
}

/** What is undefined stays as it was. */
export async function saveStaffSettings(
  tx: Tx,
  settings: readonly {
    readonly desk: string
    readonly address: string
    readonly away?: StaffSetting['away']
    readonly digest?: 'none' | 'daily'
  }[],
): Promise<void> {
  for (const { desk, address, away, digest } of settings) {
    await tx`
      insert into staff_setting (desk, address, away, digest)
      values (${desk}, ${address}, ${away ? JSON.stringify(away) : null}::text::jsonb, ${digest ?? null})
      on conflict (desk, address) do update set
        away = case when ${away !== undefined} then excluded.away else staff_setting.away end,
        digest = coalesce(excluded.digest, staff_setting.digest)`
  }
}

/** The desk as its agents say it is now. */
export function withStaffSettings(desk: Desk, settings: readonly StaffSetting[]): Desk {
  const own = settings.filter((setting) => setting.desk === desk.desk)
  if (own.length === 0) return desk
  return {
    ...desk,
    staff: desk.staff.map((staff) => {
      const setting = own.find((one) => one.address === staff.address)
      if (!setting) return staff
      return { ...staff, away: setting.away ? [...setting.away] : staff.away, digest: setting.digest ?? staff.digest }
    }),
  }
}
