// Whose turn it is: of the people of a team who are there, the one whose latest ticket is the oldest.

import type { Ticket } from '../tickets/ticket.ts'
import type { Context } from './context.ts'
import { isAway, teamOf } from './notify.ts'

/** The next present member of the queue's team; null when nobody is there. `mail` decides where nothing is known of earlier turns. */
export function nextInTurn(context: Context, ticket: Ticket, mail: number): string | null {
  const team = teamOf(context, context.desk.queues[ticket.queue]?.team ?? '', context.now).filter(
    (staff) => !isAway(staff, context.now),
  )
  if (team.length === 0) return null
  const { turns } = context
  if (!turns) return team[mail % team.length]?.address ?? null
  const waiting = team
    .map((staff, place) => ({ address: staff.address, place, latest: turns.latest.get(staff.address) ?? 0 }))
    .sort((a, b) => a.latest - b.latest || a.place - b.place)
  return waiting[turns.place % waiting.length]?.address ?? null
}
