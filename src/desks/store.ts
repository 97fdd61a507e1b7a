// SQL of people: person, contact, organisation. A person is an address a desk has met; a contact is somebody it has registered.

import type { Queryable, Sql } from '../db/pool.ts'
import type { Tx } from '../db/transaction.ts'
import type { Contact, Organisation, Person } from './person.ts'

export interface PersonKey {
  readonly desk: string
  readonly address: string
}

export const personKey = ({ desk, address }: PersonKey): string => `${desk} ${address}`

interface PersonRow {
  desk: string
  id: number
  address: string
  name: string
  language: string | null
  blocked_until: Date | null
  contact: { id: number; key: string; name: string; language: string | null; phone: string | null; attributes: Record<string, string>; active: boolean } | null
  organisation: { key: string; name: string; attributes: Record<string, string>; domains: string[] } | null
}

function toPerson(row: PersonRow): Person {
  const organisation: Organisation | null = row.organisation
  const contact: Contact | null = row.contact === null ? null : { ...row.contact, organisation }
  return { id: row.id, address: row.address, name: row.name, language: row.language, contact, blockedUntil: row.blocked_until }
}

/** The people behind addresses, with contact and organisation; addresses a desk has not met are absent. */
export async function loadPeople(sql: Queryable, keys: readonly PersonKey[]): Promise<Map<string, Person>> {
  const found = new Map<string, Person>()
  if (keys.length === 0) return found
  const rows = await sql<PersonRow[]>`
    select p.desk, p.id, p.address, p.name, p.language, p.blocked_until,
      case when c.id is not null then json_build_object('id', c.id, 'key', c.key, 'name', c.name, 'language', c.language, 'phone', c.phone, 'attributes', c.attributes, 'active', c.active) end as contact,
      case when o.key is not null then json_build_object('key', o.key, 'name', o.name, 'attributes', o.attributes, 'domains', o.domains) end as organisation
    from unnest(${keys.map((k) => k.desk)}::text[], ${keys.map((k) => k.address)}::text[]) as q (desk, address)
    join person p on p.desk = q.desk and p.address = q.address
    left join contact c on c.desk = p.desk and c.id = p.contact
    left join organisation o on o.desk = c.desk and o.key = c.organisation`
  for (const row of rows) found.set(personKey(row), toPerson(row))
  return found
}

export interface NewPerson extends PersonKey {
  /** Id to take if the address is new. */
  readonly id: number
  readonly name: string
  readonly language: string | null
}

/** Makes people of addresses; an address another worker made meanwhile keeps its id. The ids, by key. */
export async function ensurePeople(sql: Sql, people: readonly NewPerson[], now: Date): Promise<Map<string, number>> {
  const ids = new Map<string, number>()
  if (people.length === 0) return ids
  const sorted = [...people].sort((a, b) => (personKey(a) < personKey(b) ? -1 : 1))
  const made = await sql<{ desk: string; address: string; id: number }[]>`
    insert into person (desk, id, address, name, language, created_at)
    select desk, id, address, name, language, ${now}
    from unnest(${sorted.map((p) => p.desk)}::text[], ${sorted.map((p) => p.id)}::bigint[], ${sorted.map((p) => p.address)}::text[],
      ${sorted.map((p) => p.name.slice(0, 200).replaceAll('\0', ''))}::text[], ${sorted.map((p) => p.language)}::text[]) as n (desk, id, address, name, language)
    on conflict (desk, address) do nothing
    returning desk, address, id`
  for (const row of made) ids.set(personKey(row), row.id)
  const missing = sorted.filter((p) => !ids.has(personKey(p)))
  for (const [key, person] of await loadPeople(sql, missing)) ids.set(key, person.id)
  return ids
}

/** No automatic mail goes to these addresses before `until`. */
export async function blockPeople(tx: Tx, blocks: readonly { readonly desk: string; readonly address: string; readonly until: Date }[]): Promise<void> {
  if (blocks.length === 0) return
  await tx`
    update person set blocked_until = b.until
    from unnest(${blocks.map((b) => b.desk)}::text[], ${blocks.map((b) => b.address)}::text[], ${blocks.map((b) => b.until.toISOString())}::timestamptz[]) as b (desk, address, until)
    where person.desk = b.desk and person.address = b.address`
}

export interface ContactInput {
  readonly desk: string
  /** Stable name of the contact at its source; the first address when the source has none. */
  readonly key: string
  readonly name: string
  readonly language: string | null
  readonly phone: string | null
  readonly organisation: string | null
  readonly attributes: Readonly<Record<string, string>>
  readonly active: boolean
  readonly addresses: readonly { readonly address: string; readonly id: number }[]
}

/** Inserts or updates contacts and ties their addresses to them; doing it twice changes nothing. */
export async function saveContacts(tx: Tx, contacts: readonly ContactInput[], now: Date): Promise<{ readonly created: number; readonly changed: number }> {
  let created = 0
  let changed = 0
  for (const c of contacts) {
    const [row] = await tx<{ id: number; fresh: boolean }[]>`
      insert into contact (desk, key, name, language, phone, attributes, organisation, active)
      values (${c.desk}, ${c.key}, ${c.name}, ${c.language}, ${c.phone}, ${JSON.stringify(c.attributes)}::text::jsonb, ${c.organisation}, ${c.active})
      on conflict (desk, key) do update set name = excluded.name, language = excluded.language, phone = excluded.phone, attributes = excluded.attributes, organisation = excluded.organisation, active = excluded.active
      where (contact.name, contact.language, contact.phone, contact.attributes, contact.organisation, contact.active)
        is distinct from (excluded.name, excluded.language, excluded.phone, excluded.attributes, excluded.organisation, excluded.active)
      returning id, xmax = 0 as fresh`
    if (row?.fresh) created += 1
    else if (row) changed += 1
    const [known] = row ? [row] : await tx<{ id: number }[]>`select id from contact where desk = ${c.desk} and key = ${c.key}`
    for (const { address, id } of c.addresses) {
      await tx`
        insert into person (desk, id, address, name, language, contact, created_at) values (${c.desk}, ${id}, ${address}, ${c.name}, ${c.language}, ${known?.id ?? null}, ${now})
        on conflict (desk, address) do update set contact = excluded.contact where person.contact is distinct from excluded.contact`
    }
  }
  return { created, changed }
}

export async function saveOrganisations(tx: Tx, organisations: readonly (Organisation & { readonly desk: string })[]): Promise<void> {
  for (const o of organisations) {
    await tx`
      insert into organisation (desk, key, name, attributes, domains) values (${o.desk}, ${o.key}, ${o.name}, ${JSON.stringify(o.attributes)}::text::jsonb, ${o.domains as string[]})
      on conflict (desk, key) do update set name = excluded.name, attributes = excluded.attributes, domains = excluded.domains`
  }
}
