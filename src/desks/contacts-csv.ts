// Contacts as a table (see csv.ts). Reading gives the rows that are
// right and a fault for each thing that is wrong; writing gives what reading takes.
//
// Columns, in any order and case: address (several between blanks, commas or semicolons), name, organisation, language, phone,
// active, key; `organisation-NAME` is an attribute of the organisation, organisation-domains its mail domains; every other column
// is an attribute of the contact. A column that is absent leaves what is known; an empty cell takes it away.

import { strictAddrSpec } from '../mail/address.ts'
import { type CsvFault, readCsv, writeCsv } from './csv.ts'

const MAX_CELL = 500

export interface ContactRow {
  readonly line: number
  /** Stable name at the source; null when the file has none for it. */
  readonly key: string | null
  /** At least one, lower case. */
  readonly addresses: readonly string[]
  /** undefined: the file has no such column. */
  readonly name: string | undefined
  readonly language: string | null | undefined
  readonly phone: string | null | undefined
  readonly organisation: string | null | undefined
  readonly active: boolean | undefined
  /** By column; '' takes the attribute away. */
  readonly attributes: ReadonlyMap<string, string>
}

export interface OrganisationRow {
  readonly key: string
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly domains: readonly string[] | undefined
}

export interface ContactsCsv {
  readonly contacts: readonly ContactRow[]
  readonly organisations: readonly OrganisationRow[]
  readonly faults: readonly CsvFault[]
}

const knownColumns: Readonly<Record<string, string>> = {
  address: 'address',
  addresses: 'address',
  email: 'address',
  'e-mail': 'address',
  mail: 'address',
  name: 'name',
  organisation: 'organisation',
  organization: 'organisation',
  language: 'language',
  phone: 'phone',
  active: 'active',
  key: 'key',
}

const yes = /^(yes|y|true|1|oui|o|si|sí|s|x)$/i
const no = /^(no|n|false|0|non|)$/i

/** `SMS consent` and `sms_consent` are the attribute `sms-consent`. */
const attributeName = (header: string): string =>
  header
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')

/** The key of an organisation: its name in small letters and hyphens; of a name in another script, the name itself. */
export const organisationKey = (name: string): string => attributeName(name) || name.trim().toLowerCase()

interface Column {
  readonly kind:
    | 'address'
    | 'name'
    | 'organisation'
    | 'language'
    | 'phone'
    | 'active'
    | 'key'
    | 'domains'
    | 'ours'
    | 'theirs'
  /** Attribute, for `ours` (the contact's) and `theirs` (the organisation's). */
  readonly name: string
}

function columnOf(header: string): Column {
  const name = attributeName(header)
  const known = Object.hasOwn(knownColumns, name) ? knownColumns[name] : undefined
  if (known !== undefined) return { kind: known as Column['kind'], name }
  if (name === 'organisation-domains' || name === 'organization-domains') return { kind: 'domains', name }
  const theirs = /^organi[sz]ation-(.+)$/.exec(name)?.[1]
  return theirs === undefined ? { kind: 'ours', name } : { kind: 'theirs', name: theirs }
}

/** Reads a table of contacts. Rows with faults are left out of `contacts`; an address that stands twice is the first row's. */
export function parseContactsCsv(text: string): ContactsCsv {
  const faults: CsvFault[] = []
  const [head, ...rows] = readCsv(text, faults)
  if (!head) {
    if (faults.length === 0)
      faults.push({ line: 1, column: 1, message: 'the table is empty: its first line names the columns' })
    return { contacts: [], organisations: [], faults }
  }
  const columns = head.cells.map(columnOf)
  checkColumns(head, columns, faults)
  if (faults.length > 0) return { contacts: [], organisations: [], faults }
  const contacts: ContactRow[] = []
  const organisations = new Map<string, OrganisationDraft>()
  const seen = new Map<string, number>()
  const keys = new Map<string, number>()
  for (const { line, cells } of rows) {
    if (cells.every((cell) => cell === '')) continue
    const before = faults.length
    const fault = (column: number, message: string): void => void faults.push({ line, column: column + 1, message })
    const row = readRow(line, cells, columns, fault)
    readOrganisation(row, cells, columns, organisations, fault)
    for (const address of row.addresses) {
      const first = seen.get(address)
      if (first !== undefined)
        fault(
          columns.findIndex((column) => column.kind === 'address'),
          `${address} stands on line ${first} already`,
        )
      else seen.set(address, line)
    }
    if (row.key !== null) {
      const first = keys.get(row.key)
      if (first === undefined) keys.set(row.key, line)
      else
        fault(
          columns.findIndex((column) => column.kind === 'key'),
          `the key "${row.key}" stands on line ${first} already`,
        )
    }
    if (faults.length === before) contacts.push(row)
  }
  const named = new Set(contacts.map((row) => row.organisation))
  return { contacts, organisations: [...organisations.values()].filter((one) => named.has(one.key)), faults }
}

function checkColumns(
  head: { readonly line: number; readonly cells: readonly string[] },
  columns: readonly Column[],
  faults: CsvFault[],
): void {
  const seen = new Map<string, number>()
  const fault = (column: number, message: string): void =>
    void faults.push({ line: head.line, column: column + 1, message })
  columns.forEach((column, i) => {
    if (column.name === '') {
      fault(i, 'this column has no name')
      return
    }
    const key = `${column.kind} ${column.kind === 'ours' || column.kind === 'theirs' ? column.name : ''}`
    const other = seen.get(key)
    if (other !== undefined && column.kind !== 'address') fault(i, `the column ${head.cells[i]} is there twice`)
    seen.set(key, i)
  })
  if (!columns.some((column) => column.kind === 'address'))
    fault(
      0,
      'there is no column "address": the first line names the columns, such as address,name,organisation,category,language',
    )
}

type Faulting = (column: number, message: string) => void

function readRow(line: number, cells: readonly string[], columns: readonly Column[], fault: Faulting): ContactRow {
  if (cells.length > columns.length)
    fault(columns.length, `the row has ${cells.length} cells, the first line names ${columns.length} columns`)
  const addresses: string[] = []
  const attributes = new Map<string, string>()
  const row: { -readonly [K in 'key' | 'name' | 'language' | 'phone' | 'organisation' | 'active']: ContactRow[K] } = {
    key: null,
    name: undefined,
    language: undefined,
    phone: undefined,
    organisation: undefined,
    active: undefined,
  }
  columns.forEach(({ kind, name }, i) => {
    const cell = cells[i] ?? ''
    if (cell.length > MAX_CELL) fault(i, `the cell has more than ${MAX_CELL} characters`)
    switch (kind) {
      case 'address':
        for (const written of cell.split(/[\s;,]+/).filter((part) => part !== '')) {
          const address = strictAddrSpec(written)
          if (address === undefined) fault(i, `"${written}" is no mail address`)
          else if (!addresses.includes(address)) addresses.push(address)
        }
        break
      case 'key':
        row.key = cell === '' ? null : cell
        break
      case 'name':
        row.name = cell
        break
      case 'organisation':
        row.organisation = cell === '' ? null : organisationKey(cell)
        break
      case 'language':
        if (cell !== '' && !/^[a-z]{2}$/i.test(cell))
          fault(i, `"${cell}" is no language: write two letters, such as fr`)
        row.language = cell === '' ? null : cell.toLowerCase()
        break
      case 'phone':
        if (cell !== '' && (!/^\+?[\d ()./-]{6,40}$/.test(cell) || cell.replace(/\D/g, '').length < 6))
          fault(i, `"${cell}" is no telephone number: write it such as +33 1 23 45 67 89`)
        row.phone = cell === '' ? null : cell
        break
      case 'active':
        if (!yes.test(cell) && !no.test(cell)) fault(i, `"${cell}" is neither yes nor no`)
        row.active = cell === '' ? true : yes.test(cell)
        break
      case 'ours':
        attributes.set(name, cell)
        break
      case 'domains':
      case 'theirs':
        break
      default:
        kind satisfies never
    }
  })
  if (columns.every(({ kind }, i) => kind !== 'address' || (cells[i] ?? '') === ''))
    fault(
      columns.findIndex((column) => column.kind === 'address'),
      'the row has no mail address',
    )
  return { line, addresses, attributes, ...row }
}

interface OrganisationDraft {
  readonly key: string
  readonly name: string
  readonly attributes: Map<string, string>
  domains: readonly string[] | undefined
  /** Where each attribute was said first. */
  readonly lines: Map<string, number>
}

/** Attributes of an organisation may stand on each of its rows; they have to agree, and an empty cell says nothing against another. */
function readOrganisation(
  row: ContactRow,
  cells: readonly string[],
  columns: readonly Column[],
  all: Map<string, OrganisationDraft>,
  fault: Faulting,
): void {
  const at = columns.findIndex((column) => column.kind === 'organisation')
  const theirs = columns.flatMap((column, i) =>
    column.kind === 'theirs' || column.kind === 'domains' ? [{ ...column, i, cell: cells[i] ?? '' }] : [],
  )
  const { organisation } = row
  if (organisation === undefined || organisation === null) {
    for (const { i, cell } of theirs)
      if (cell !== '') fault(i, 'the row names no organisation that this could belong to')
    return
  }
  const known = all.get(organisation)
  const draft: OrganisationDraft = known ?? {
    key: organisation,
    name: cells[at] ?? '',
    attributes: new Map(),
    domains: undefined,
    lines: new Map(),
  }
  all.set(organisation, draft)
  for (const { kind, name, i, cell } of theirs) {
    if (kind === 'domains') {
      const domains = cell
        .toLowerCase()
        .split(/[\s;,]+/)
        .filter((domain) => domain !== '')
      for (const domain of domains)
        if (!/^[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+$/u.test(domain)) fault(i, `"${domain}" is no domain`)
      draft.domains = [...new Set([...(draft.domains ?? []), ...domains])]
      continue
    }
    const before = draft.attributes.get(name)
    if (before !== undefined && before !== '' && cell !== '' && before !== cell)
      fault(i, `${draft.name} has ${name} "${before}" on line ${draft.lines.get(name) ?? 1} and "${cell}" here`)
    else if (before === undefined || cell !== '') {
      draft.attributes.set(name, cell)
      if (!draft.lines.has(name)) draft.lines.set(name, row.line)
    }
  }
}

export interface ContactOut {
  readonly key: string
  readonly addresses: readonly string[]
  readonly name: string
  readonly language: string | null
  readonly phone: string | null
  readonly active: boolean
  readonly attributes: Readonly<Record<string, string>>
  readonly organisation: {
    readonly name: string
    readonly attributes: Readonly<Record<string, string>>
    readonly domains: readonly string[]
  } | null
}

/** Writes contacts as a table that `parseContactsCsv` reads; no cell is one that a spreadsheet computes. Lines end in CR LF (RFC 4180). */
export function formatContactsCsv(contacts: readonly ContactOut[]): string {
  const names = (records: readonly Readonly<Record<string, string>>[]): string[] =>
    [...new Set(records.flatMap(Object.keys))].sort()
  const ours = names(contacts.map((contact) => contact.attributes))
  const theirs = names(contacts.map((contact) => contact.organisation?.attributes ?? {}))
  const own = (record: Readonly<Record<string, string>> | undefined, name: string): string =>
    record && Object.hasOwn(record, name) ? (record[name] ?? '') : ''
  const head = [
    'key',
    'address',
    'name',
    'organisation',
    'organisation-domains',
    ...theirs.map((name) => `organisation-${name}`),
    ...ours,
    'language',
    'phone',
    'active',
  ]
  const rows = contacts.map((contact) => [
    contact.key,
    contact.addresses.join(' '),
    contact.name,
    contact.organisation?.name ?? '',
    contact.organisation?.domains.join(' ') ?? '',
    ...theirs.map((name) => own(contact.organisation?.attributes, name)),
    ...ours.map((name) => own(contact.attributes, name)),
    contact.language ?? '',
    contact.phone ?? '',
    contact.active ? 'yes' : 'no',
  ])
  return writeCsv([head, ...rows])
}
