// Contacts from a table into a desk. What is known is read first and compared, so that importing the same table again writes nothing.

import type { Queryable, Sql } from '../db/pool.ts'
import { transaction } from '../db/transaction.ts'
import { takeNumbers } from '../tickets/store.ts'
import { type ContactRow, formatContactsCsv, parseContactsCsv } from './contacts-csv.ts'
import type { CsvFault } from './csv.ts'
import type { Organisation } from './person.ts'
import {
  type ContactInput,
  joinContacts,
  type KnownContact,
  loadContacts,
  loadOrganisations,
  saveContacts,
  saveOrganisations,
} from './store.ts'

export interface ContactsImported {
  readonly created: number
  readonly changed: number
  readonly unchanged: number
  /** Rows that were left out, and why. */
  readonly faults: readonly CsvFault[]
}

/**
 * Imports a table of contacts into the desk `desk`. Rows with faults are left out and named; the others are taken in one transaction.
 * A row is the contact with its key, else the contact that has one of its addresses; addresses that a contact has no longer are
 * taken from it, and their people are strangers from then on.
 */
export async function importContacts(sql: Sql, desk: string, text: string, now: Date): Promise<ContactsImported> {
  const { contacts: rows, organisations, faults } = parseContactsCsv(text)
  if (rows.length === 0) return { created: 0, changed: 0, unchanged: 0, faults }
  const [known, knownOrganisations] = await Promise.all([loadContacts(sql, desk), loadOrganisations(sql, desk)])
  const byKey = new Map(known.map((contact) => [contact.key, contact]))
  const byAddress = new Map(known.flatMap((contact) => contact.addresses.map((address) => [address, contact] as const)))
  const taken = new Set(rows.flatMap((row) => row.key ?? []))
  let created = 0
  const writes: { readonly row: ContactRow; readonly next: Omit<ContactInput, 'addresses' | 'desk'> }[] = []
  for (const row of rows) {
    const before = matching(row, byKey, byAddress, taken)
    const next = merged(row, before, taken)
    taken.add(next.key)
    if (before && same(before, next, row.addresses)) continue
    if (!before) created += 1
    writes.push({ row, next })
  }
  const organisationWrites = organisations.flatMap((one): (Organisation & { desk: string })[] => {
    const before = knownOrganisations.get(one.key)
    const next = {
      desk,
      key: one.key,
      name: one.name,
      attributes: laidOver(before?.attributes, one.attributes),
      domains: one.domains ?? before?.domains ?? [],
    }
    return before &&
      before.name === next.name &&
      equal(before.attributes, next.attributes) &&
      before.domains.join() === next.domains.join()
      ? []
      : [next]
  })
  if (writes.length > 0 || organisationWrites.length > 0) {
    const wanted = writes.reduce((sum, { row }) => sum + row.addresses.length, 0)
    const first =
      wanted === 0
        ? 0
        : ((await takeNumbers(sql, new Map([[desk, { tickets: 0, persons: wanted, outbound: 0, holds: 0 }]]))).get(desk)
            ?.person ?? 0)
    let id = first
    const inputs = writes.map(
      ({ row, next }): ContactInput => ({
        ...next,
        desk,
        addresses: row.addresses.map((address) => ({ address, id: id++ })),
      }),
    )
    await transaction(sql, async (tx) => {
      await saveOrganisations(tx, organisationWrites)
      await saveContacts(tx, inputs, now, { untie: true })
    })
  }
  return { created, changed: writes.length - created, unchanged: rows.length - writes.length, faults }
}

/** Makes one contact of several: the addresses of `others` come to `into`, which keeps its name; what it does not say, they say. */
export async function mergeContacts(
  sql: Sql,
  desk: string,
  into: string,
  others: readonly string[],
): Promise<
  { readonly ok: true; readonly addresses: number } | { readonly ok: false; readonly unknown: readonly string[] }
> {
  const known = await loadContacts(sql, desk)
  const find = (name: string): KnownContact | undefined =>
    known.find((contact) => contact.key === name) ??
    known.find((contact) => contact.addresses.includes(name.toLowerCase()))
  const target = find(into)
  const merged = others.map((name) => ({ name, contact: find(name) }))
  const unknown = [...(target ? [] : [into]), ...merged.filter(({ contact }) => !contact).map(({ name }) => name)]
  if (!target || unknown.length > 0) return { ok: false, unknown }
  const gone = merged.flatMap(({ contact }) => (contact && contact.key !== target.key ? [contact] : []))
  const all = [target, ...gone]
  const first = <T>(pick: (contact: KnownContact) => T | null): T | null =>
    all.map(pick).find((value) => value !== null) ?? null
  const contact = {
    desk,
    key: target.key,
    name: target.name,
    language: first((one) => one.language),
    phone: first((one) => one.phone),
    organisation: first((one) => one.organisation),
    attributes: Object.assign({}, ...[...all].reverse().map((one) => one.attributes)) as Record<string, string>,
    active: all.some((one) => one.active),
  }
  const addresses = await transaction(sql, (tx) =>
    joinContacts(
      tx,
      contact,
      gone.map((one) => one.key),
    ),
  )
  return { ok: true, addresses }
}

/** All contacts of a desk as a table that `importContacts` takes. */
export async function exportContacts(sql: Queryable, desk: string): Promise<string> {
  const [known, organisations] = await Promise.all([loadContacts(sql, desk), loadOrganisations(sql, desk)])
  return formatContactsCsv(
    known.map((contact) => ({
      ...contact,
      organisation:
        contact.organisation === null
          ? null
          : (organisations.get(contact.organisation) ?? { name: contact.organisation, attributes: {}, domains: [] }),
    })),
  )
}

function matching(
  row: ContactRow,
  byKey: ReadonlyMap<string, KnownContact>,
  byAddress: ReadonlyMap<string, KnownContact>,
  taken: ReadonlySet<string>,
): KnownContact | undefined {
  if (row.key !== null) return byKey.get(row.key)
  for (const address of row.addresses) {
    const contact = byAddress.get(address)
    if (contact && !taken.has(contact.key)) return contact
  }
  const [first = ''] = row.addresses
  return taken.has(first) ? undefined : byKey.get(first)
}

/** Attributes of the table over those known; an empty one takes it away. */
function laidOver(
  before: Readonly<Record<string, string>> | undefined,
  now: ReadonlyMap<string, string>,
): Record<string, string> {
  const all = new Map([...Object.entries(before ?? {}), ...now])
  return Object.fromEntries([...all].filter(([, value]) => value !== '').sort(([a], [b]) => (a < b ? -1 : 1)))
}

function merged(
  row: ContactRow,
  before: KnownContact | undefined,
  taken: ReadonlySet<string>,
): Omit<ContactInput, 'addresses' | 'desk'> {
  const [first = ''] = row.addresses
  return {
    key:
      row.key ?? before?.key ?? row.addresses.find((address) => !taken.has(address)) ?? `${first} (line ${row.line})`,
    name: row.name || before?.name || first,
    language: row.language === undefined ? (before?.language ?? null) : row.language,
    phone: row.phone === undefined ? (before?.phone ?? null) : row.phone,
    organisation: row.organisation === undefined ? (before?.organisation ?? null) : row.organisation,
    active: row.active ?? before?.active ?? true,
    attributes: laidOver(before?.attributes, row.attributes),
  }
}

const equal = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean => {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && a[name] === b[name])
}

const same = (
  before: KnownContact,
  next: Omit<ContactInput, 'addresses' | 'desk'>,
  addresses: readonly string[],
): boolean =>
  before.name === next.name &&
  before.language === next.language &&
  before.phone === next.phone &&
  before.organisation === next.organisation &&
  before.active === next.active &&
  equal(before.attributes, next.attributes) &&
  before.addresses.length === addresses.length &&
  addresses.every((address) => before.addresses.includes(address))
