// `guichet show`: a ticket with its history, for staff: internal entries are marked.

import { textIn } from '../desks/text.ts'
import { findTrails } from '../inbound/replay-store.ts'
import { loadRecent } from '../tickets/history-store.ts'
import { keyOf, loadTickets } from '../tickets/store.ts'
import { withConfiguration } from './configuration.ts'
import { plain, plainLines, prefixArgument, ticketArgument } from './print.ts'
import { Refusal } from './refusal.ts'

export async function show(name: string, options: { readonly json?: true }): Promise<void> {
  const { prefix, number } = ticketArgument(name)
  await withConfiguration(async ({ sql, configuration }) => {
    const desk = prefixArgument(configuration, prefix)
    const key = { desk: desk.desk, number }
    const ticket = (await loadTickets(sql, [key])).get(keyOf(key))
    if (!ticket) throw new Refusal(`There is no ticket ${prefix}-${number}.`, 1)
    const entries = (await loadRecent(sql, [key], 500)).get(keyOf(key)) ?? []
    const trails = await findTrails(sql, desk.desk, number)
    if (options.json) {
      process.stdout.write(`${JSON.stringify({ ticket, entries, trails })}\n`)
      return
    }
    const say = (text: Parameters<typeof textIn>[0]): string => textIn(text, desk.language, desk.language)
    const status = desk.statuses[ticket.status]
    const lines = [
      `${prefix}-${number}  ${plain(ticket.subject)}`,
      `status     ${say(status?.name) || ticket.status}${status?.acts ? ` (next: ${say(status.acts)})` : ''}`,
      `priority   ${say(desk.priorities[ticket.priority]?.name) || ticket.priority}   type ${say(desk.types[ticket.type]?.name) || ticket.type}   queue ${say(desk.queues[ticket.queue]?.name) || ticket.queue}`,
      `assignee   ${ticket.assignee ?? 'nobody'}`,
      `people     ${ticket.participants.map((p) => `${p.name ? `${plain(p.name)} ` : ''}<${p.address}>${p.role === 'requester' ? ' (requester)' : ''}${p.muted ? ' (muted)' : ''}`).join(', ')}`,
      `opened     ${ticket.createdAt.toISOString()}   changed ${ticket.updatedAt.toISOString()}`,
      ...ticket.clocks.map(
        (c) => `clock      ${c.name}: ${c.state}, ${c.stage}${c.dueAt ? `, due ${c.dueAt.toISOString()}` : ''}`,
      ),
      ...Object.entries(ticket.fields)
        .filter(([, value]) => value !== null)
        .map(([field, value]) => `field      ${field} = ${plain(String(value))}`),
      ...(ticket.tags.length > 0 ? [`tags       ${ticket.tags.join(', ')}`] : []),
      '',
      ...entries.flatMap((e) => [
        `${e.at.toISOString().slice(0, 16).replace('T', ' ')}  ${e.kind}${e.public ? '' : ' (internal)'}  ${e.author}`,
        ...plainLines(e.text || wordsOf(e.data))
          .split('\n')
          .map((line) => `    ${line}`),
        '',
      ]),
      'why',
      ...trails.flatMap((t) => [
        `  mail ${t.raw}: ${t.outcome ?? 'waiting'}`,
        ...(t.trail ?? []).map((line) => `    ${line.at}: ${line.why}`),
      ]),
    ]
    process.stdout.write(`${lines.join('\n')}\n`)
  })
}

interface ChangeOf {
  readonly field: string
  readonly from: unknown
  readonly to: unknown
  readonly by?: string
}

const isChange = (item: unknown): item is ChangeOf => typeof item === 'object' && item !== null && 'field' in item

const value = (given: unknown): string => (given === null || given === undefined ? 'nothing' : String(given))

/** What an entry without a text records: changes as `status: open → closed (rule x)`, the rest as it is stored. */
function wordsOf(data: Readonly<Record<string, unknown>>): string {
  const { changes, ...rest } = data
  const lines = Array.isArray(changes)
    ? changes.filter(isChange).map((c) => `${c.field}: ${value(c.from)} → ${value(c.to)}${c.by ? ` (${c.by})` : ''}`)
    : []
  for (const [name, given] of Object.entries(rest))
    lines.push(`${name}: ${typeof given === 'string' ? given : JSON.stringify(given)}`)
  return lines.join('\n')
}
