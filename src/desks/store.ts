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
  contact: {
    id: number
    key: string
    name: string
    language: string | null
    phone: string | null
    attributes: Record<string, string>
    active: boolean
  } | null
  organisation: { key: string; name: string; attributes: Record<string, string>; domains: string[] } | null
}

function toPerson(row: PersonRow): Person {
  const organisation: Organisation | null = row.organisation
  const contact: Contact | null = row.contact === null ? null : { ...row.contact, organisation }
  return {
    id: row.id,
    address: row.address,
    name: row.name,
    language: row.language,
    contact,
    blockedUntil: row.blocked_until,
  }
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

/** Every active contact of a desk with organisation, once for each address that is known, oldest address first. */
export async function loadRegistered(sql: Queryable, desk: string): Promise<Person[]> {
  const rows = await sql<PersonRow[]>`
    select p.desk, p.id, p.address, p.name, p.language, p.blocked_until,
      json_build_object('id', c.id, 'key', c.key, 'name', c.name, 'language', c.language, 'phone', c.phone, 'attributes', c.attributes, 'active', c.active) as contact,
      case when o.key is not null then json_build_object('key', o.key, 'name', o.name, 'attributes', o.attributes, 'domains', o.domains) end as organisation
    from contact c join person p on p.desk = c.desk and p.contact = c.id
    left join organisation o on o.desk = c.desk and o.key = c.organisation
    where c.desk = ${desk} and c.active order by c.id, p.id`
  return rows.map(toPerson)
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
export async function blockPeople(
  tx: Tx,
  blocks: readonly { readonly desk: string; readonly address: string; readonly until: Date }[],
): Promise<void> {
  if (blocks.length === 0) return
  await tx`
    update person set blocked_until = b.until
    from unnest(${blocks.map((b) => b.desk)}::text[], ${blocks.map((b) => b.address)}::text[], ${blocks.map((b) => b.until.toISOString())}::timestamptz[]) as b (desk, address, until)
    where person.desk = b.desk and person.address = b.address`
}

/** What is said of a contact. */
export interface ContactFacts {
  /** Stable name of the contact at its source; the first address when the source has none. */
  readonly key: string
  readonly name: string
  readonly language: string | null
  readonly phone: string | null
  readonly organisation: string | null
  readonly attributes: Readonly<Record<string, string>>
  readonly active: boolean
}

export interface ContactInput extends ContactFacts {
  readonly desk: string
  readonly addresses: readonly { readonly address: string; readonly id: number }[]
}

const CHUNK = 1_000

/**
 * Inserts or updates contacts and ties their addresses to them; doing it twice changes nothing. With `untie`, addresses that a
 * contact has and `contacts` does not name for it are its own no longer.
 */
export async function saveContacts(
  tx: Tx,
  contacts: readonly ContactInput[],
  now: Date,
  options: { readonly untie?: boolean } = {},
): Promise<{ readonly created: number; readonly changed: number }> {
  let created = 0
  let changed = 0
  // One statement may not touch a row twice: of contacts with the same key, and of addresses that are named twice, the last counts.
  const distinct = [...new Map(contacts.map((c) => [`${c.desk} ${c.key}`, c])).values()]
  for (let at = 0; at < distinct.length; at += CHUNK) {
    const chunk = distinct.slice(at, at + CHUNK)
    const rows = await tx<{ fresh: boolean }[]>`
      insert into contact (desk, key, name, language, phone, attributes, organisation, active)
      select desk, key, name, language, phone, attributes, organisation, active
      from json_to_recordset(${JSON.stringify(chunk)}::text::json) as n (desk text, key text, name text, language text, phone text, attributes jsonb, organisation text, active boolean)
      order by desk, key
      on conflict (desk, key) do update set name = excluded.name, language = excluded.language, phone = excluded.phone, attributes = excluded.attributes, organisation = excluded.organisation, active = excluded.active
      where (contact.name, contact.language, contact.phone, contact.attributes, contact.organisation, contact.active)
        is distinct from (excluded.name, excluded.language, excluded.phone, excluded.attributes, excluded.organisation, excluded.active)
      returning xmax = 0 as fresh`
    for (const row of rows) {
      if (row.fresh) created += 1
      else changed += 1
    }
    const people = chunk.flatMap((c) =>
      c.addresses.map(({ address, id }) => ({
        desk: c.desk,
        key: c.key,
        name: c.name,
        language: c.language,
        address,
        id,
      })),
    )
    const addresses = JSON.stringify([...new Map(people.map((p) => [personKey(p), p])).values()])
    if (options.untie)
      await tx`
        update person p set contact = null
        from contact c
        where c.desk = p.desk and c.id = p.contact and (c.desk, c.key) in (select k.desk, k.key from json_to_recordset(${JSON.stringify(chunk)}::text::json) as k (desk text, key text))
          and not exists (select from json_to_recordset(${addresses}::text::json) as a (desk text, key text, address text) where a.desk = p.desk and a.key = c.key and a.address = p.address)`
    await tx`
      insert into person (desk, id, address, name, language, contact, created_at)
      select a.desk, a.id, a.address, a.name, a.language, c.id, ${now}
      from json_to_recordset(${addresses}::text::json) as a (desk text, key text, name text, language text, address text, id bigint)
      join contact c on c.desk = a.desk and c.key = a.key
      order by a.desk, a.address
      on conflict (desk, address) do update set contact = excluded.contact where person.contact is distinct from excluded.contact`
  }
  return { created, changed }
}

/** Writes the contact and gives it the addresses of others, which are then gone. How many addresses moved. */
export async function joinContacts(
  tx: Tx,
  contact: Omit<ContactInput, 'addresses'>,
  gone: readonly string[],
): Promise<number> {
  await tx`
    update contact set language = ${contact.language}, phone = ${contact.phone}, organisation = ${contact.organisation}, attributes = ${JSON.stringify(contact.attributes)}::text::jsonb, active = ${contact.active}
    where desk = ${contact.desk} and key = ${contact.key}`
  const moved = await tx`
    update person p set contact = c.id
    from contact c, contact g
    where c.desk = ${contact.desk} and c.key = ${contact.key} and g.desk = ${contact.desk} and g.key = any(${[...gone]})
      and p.desk = g.desk and p.contact = g.id`
  await tx`delete from contact where desk = ${contact.desk} and key = any(${[...gone]})`
  return moved.count
}

export interface KnownContact extends ContactFacts {
  /** In the order in which the desk met them. */
  readonly addresses: readonly string[]
}

/** All contacts of a desk with their addresses, by key. */
export async function loadContacts(sql: Queryable, desk: string): Promise<KnownContact[]> {
  return await sql<KnownContact[]>`
    select c.key, c.name, c.language, c.phone, c.organisation, c.attributes, c.active, coalesce(array_agg(p.address order by p.id) filter (where p.id is not null), '{}') as addresses
    from contact c left join person p on p.desk = c.desk and p.contact = c.id
    where c.desk = ${desk} group by c.desk, c.id order by c.key`
}

/** The organisations of a desk, by key. */
export async function loadOrganisations(sql: Queryable, desk: string): Promise<Map<string, Organisation>> {
  const rows = await sql<Organisation[]>`select key, name, attributes, domains from organisation where desk = ${desk}`
  return new Map(rows.map((row) => [row.key, row]))
}

export async function saveOrganisations(
  tx: Tx,
  organisations: readonly (Organisation & { readonly desk: string })[],
): Promise<void> {
  for (let at = 0; at < organisations.length; at += CHUNK)
    await tx`
      insert into organisation (desk, key, name, attributes, domains)
      select desk, key, name, attributes, domains
      from json_to_recordset(${JSON.stringify(organisations.slice(at, at + CHUNK))}::text::json) as n (desk text, key text, name text, attributes jsonb, domains text[])
      on conflict (desk, key) do update set name = excluded.name, attributes = excluded.attributes, domains = excluded.domains`
}
