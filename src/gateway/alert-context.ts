// What a decision about an alert mail may know beside the usual: the problems it names and whom the desk tells of them.

import type { Queryable } from '../db/pool.ts'
import { type AlertSource, alertSourceOf } from '../desks/alert.ts'
import type { Desk } from '../desks/desk.ts'
import type { Person } from '../desks/person.ts'
import { loadRegistered } from '../desks/store.ts'
import type { InboundMessage } from '../inbound/message.ts'
import { alertsIn } from '../rules/alert-reading.ts'
import type { AlertKnown } from '../rules/decision.ts'
import { keyOf } from '../tickets/store.ts'
import type { Ticket } from '../tickets/ticket.ts'
import { type AlertRow, findAlerts } from './alert-store.ts'

interface AlertMail {
  readonly desk: Desk
  readonly message: InboundMessage
}

export interface AlertsLoaded {
  readonly rows: readonly AlertRow[]
  readonly registered: ReadonlyMap<string, readonly Person[]>
}

const sourceOf = ({ desk, message }: AlertMail): AlertSource | undefined =>
  desk.alerts.length === 0 ? undefined : alertSourceOf(desk.alerts, message.from?.address ?? null)

/** For a whole batch; asks nothing when none of the mails is an alert. */
export async function loadAlerts(sql: Queryable, mails: readonly AlertMail[]): Promise<AlertsLoaded> {
  const found = mails.flatMap((mail) => {
    const source = sourceOf(mail)
    return source ? [{ mail, source }] : []
  })
  if (found.length === 0) return { rows: [], registered: new Map() }
  const telling = new Set(found.filter(({ source }) => source.tell.length > 0).map(({ mail }) => mail.desk.desk))
  const [rows, registered] = await Promise.all([
    findAlerts(
      sql,
      found.flatMap(({ mail, source }) =>
        alertsIn(source, mail.message).map(({ key, reference }) => ({
          desk: mail.desk.desk,
          source: source.name,
          key,
          reference,
        })),
      ),
    ),
    Promise.all([...telling].map(async (desk) => [desk, await loadRegistered(sql, desk)] as const)),
  ])
  return { rows, registered: new Map(registered) }
}

/** The part of the loaded that belongs to one mail; nothing when it is no alert. */
export function alertContext(
  loaded: AlertsLoaded,
  mail: AlertMail,
  tickets: ReadonlyMap<string, Ticket>,
): { readonly alerts?: readonly AlertKnown[]; readonly subscribers?: readonly Person[] } {
  const source = sourceOf(mail)
  if (!source) return {}
  const { desk } = mail.desk
  return {
    subscribers: loaded.registered.get(desk) ?? [],
    alerts: loaded.rows
      .filter((row) => row.desk === desk && row.source === source.name)
      .map((row) => ({
        ...row,
        ticket: row.ticket === null ? null : (tickets.get(keyOf({ desk, number: row.ticket })) ?? null),
      })),
  }
}
