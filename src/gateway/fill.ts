// What agents asked to see by mail: a ticket as text, a list, the results of a search, the link to the desk’s page.

import type { Queryable } from '../db/pool.ts'
import { textIn } from '../desks/text.ts'
import { supervisorLink, supervisorToken } from '../mail/status-link.ts'
import { lifetimeDays } from '../mail/token.ts'
import type { ComposeSettings } from '../outbound/compose.ts'
import type { DraftValue, MailDraft } from '../outbound/draft.ts'
import { shownHistory } from '../rules/shown-history.ts'
import { loadRecent } from '../tickets/history-store.ts'
import { listTickets, searchTickets, type TicketLine } from '../tickets/list-store.ts'
import { keyOf } from '../tickets/store.ts'
import type { RunningDesk } from './running-desk.ts'

const most = 50

export async function fillDraft(
  sql: Queryable,
  draft: MailDraft,
  running: RunningDesk,
  settings: ComposeSettings,
  now: Date,
): Promise<MailDraft> {
  const { fill } = draft
  if (fill === null) return draft
  return { ...draft, data: { ...draft.data, ...(await filling(sql, fill, draft, running, settings, now)) } }
}

async function filling(
  sql: Queryable,
  fill: NonNullable<MailDraft['fill']>,
  draft: MailDraft,
  running: RunningDesk,
  settings: ComposeSettings,
  now: Date,
): Promise<Record<string, DraftValue>> {
  const { desk } = running
  switch (fill.what) {
    case 'show': {
      const key = { desk: desk.desk, number: fill.ticket }
      const entries = (await loadRecent(sql, [key], 100)).get(keyOf(key)) ?? []
      const words = entries.filter((e) => e.text !== '')
      return {
        ...(fill.files ? {} : { text: words.at(-1)?.text ?? '' }),
        history: shownHistory(desk, entries, draft.language, { most: 100, longest: 4000 }),
        clocks: (draft.ticket?.clocks ?? [])
          .filter((c) => c.state === 'running' && c.dueAt !== null)
          .map((c) => ({ name: c.name, dueAt: c.dueAt })),
      }
    }
    case 'list': {
      const found = await listTickets(
        sql,
        desk.desk,
        { kind: fill.kind, key: fill.key, agent: fill.agent },
        now,
        most + 1,
      )
      return {
        tickets: found.slice(0, most).map((t) => line(t, draft, running)),
        more: Math.max(0, found.length - most),
      }
    }
    case 'search': {
      const found = await searchTickets(sql, desk.desk, fill.words, most + 1)
      return {
        tickets: found.slice(0, most).map((t) => line(t, draft, running)),
        more: Math.max(0, found.length - most),
      }
    }
    case 'page': {
      const token = supervisorToken(settings.keys, { desk: desk.desk, person: draft.to.person, now })
      return {
        url: supervisorLink(settings.publicUrl, desk.desk, token),
        until: new Date(now.getTime() + lifetimeDays.w * 86_400_000),
      }
    }
    default:
      return fill satisfies never
  }
}

function line(ticket: TicketLine, draft: MailDraft, { desk }: RunningDesk): DraftValue {
  const say = (text: Parameters<typeof textIn>[0]): string => textIn(text, draft.language, desk.language)
  return {
    token: `${desk.prefix}-${ticket.number}`,
    subject: ticket.subject,
    status: say(desk.statuses[ticket.status]?.name) || ticket.status,
    priority: say(desk.priorities[ticket.priority]?.name) || ticket.priority,
    assignee:
      ticket.assignee === null ? '' : (desk.staff.find((s) => s.address === ticket.assignee)?.name ?? ticket.assignee),
    at: ticket.updatedAt,
  }
}
