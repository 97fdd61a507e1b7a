import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ContactOut, formatContactsCsv, organisationKey, parseContactsCsv } from '../../src/desks/contacts-csv.ts'

describe('a table of contacts', () => {
  test('names people, their organisation and attributes of both', () => {
    const { contacts, organisations, faults } = parseContactsCsv(
      [
        'Address,Name,Organisation,organisation-country,Organisation Domains,Category,Language,Phone,SMS consent,Active',
        'Mia@Farm.test; mia@home.test,Mia Farmer,Farm & Co,FR,farm.test,grower,FR,+33 1 23 45 67 89,yes,',
        'leo@farm.test,Leo,Farm & Co,,,picker,,,,no',
      ].join('\r\n'),
    )
    expect(faults).toEqual([])
    expect(contacts[0]).toMatchObject({
      line: 2,
      key: null,
      addresses: ['mia@farm.test', 'mia@home.test'],
      name: 'Mia Farmer',
      organisation: 'farm-co',
      language: 'fr',
      phone: '+33 1 23 45 67 89',
      active: true,
      attributes: new Map([
        ['category', 'grower'],
        ['sms-consent', 'yes'],
      ]),
    })
    expect(contacts[1]).toMatchObject({ language: null, phone: null, active: false })
    expect(organisations).toMatchObject([
      { key: 'farm-co', name: 'Farm & Co', domains: ['farm.test'], attributes: new Map([['country', 'FR']]) },
    ])
  })

  test.each([
    ['semicolons', 'address;name\nmia@farm.test leo@farm.test;"Mia; Leo"\n'],
    ['tabs', 'address\tname\nmia@farm.test,leo@farm.test\tMia; Leo\n'],
    ['a byte order mark', '\ufeffaddress,name\n"mia@farm.test,leo@farm.test",Mia; Leo\n'],
  ])('may be written with %s', (_title, text) => {
    const { contacts, faults } = parseContactsCsv(text)
    expect(faults).toEqual([])
    expect(contacts).toMatchObject([{ addresses: ['mia@farm.test', 'leo@farm.test'], name: 'Mia; Leo' }])
  })

  test('a column that is absent says nothing', () => {
    expect(parseContactsCsv('address\nmia@farm.test\n').contacts[0]).toMatchObject({
      name: undefined,
      language: undefined,
      phone: undefined,
      organisation: undefined,
      active: undefined,
    })
  })

  test.each([
    ['an empty file', '', 1, 1, 'the table is empty'],
    ['no address column', 'name,phone\nMia,1\n', 1, 1, 'no column "address"'],
    ['a column twice', 'address,name,Name\n', 1, 3, 'Name is there twice'],
    ['a column without a name', 'address,,name\n', 1, 2, 'has no name'],
    ['no address', 'address,name\na@b.test,A\n,Mia\n', 3, 1, 'no mail address'],
    ['a wrong address', 'name,address\nMia,mia at farm\n', 2, 2, '"mia" is no mail address'],
    ['an address twice', 'address\na@b.test\nc@b.test A@B.test\n', 3, 1, 'a@b.test stands on line 2 already'],
    ['a key twice', 'address,key\na@b.test,1\nc@b.test,1\n', 3, 2, 'the key "1" stands on line 2 already'],
    ['a wrong language', 'address,language\na@b.test,french\n', 2, 2, '"french" is no language'],
    ['a wrong telephone', 'address,phone\na@b.test,call me\n', 2, 2, '"call me" is no telephone number'],
    ['a wrong yes or no', 'address,active\na@b.test,maybe\n', 2, 2, 'neither yes nor no'],
    ['too many cells', 'address,name\na@b.test,A,B\n', 2, 3, '3 cells'],
    ['an open quote', 'address,name\na@b.test,"A\n', 2, 1, 'this is no table'],
    ['a long cell', `address,name\na@b.test,${'x'.repeat(501)}\n`, 2, 2, 'more than 500 characters'],
    [
      'organisations that disagree',
      'address,organisation,organisation-country\na@b.test,B,FR\nc@b.test,B,DE\n',
      3,
      3,
      'B has country "FR" on line 2 and "DE" here',
    ],
    ['an attribute of nobody', 'address,organisation,organisation-country\na@b.test,,FR\n', 2, 3, 'no organisation'],
    [
      'a wrong domain',
      'address,organisation,organisation-domains\na@b.test,B,nowhere\n',
      2,
      3,
      '"nowhere" is no domain',
    ],
  ])('%s is named with its line and column', (_title, text, line, column, message) => {
    const { faults } = parseContactsCsv(text)
    expect(faults[0]).toMatchObject({ line, column })
    expect(faults[0]?.message).toContain(message)
  })

  test('a row with a fault is left out, the others are taken', () => {
    const { contacts, faults } = parseContactsCsv('address,language\na@b.test,fr\nc@b.test,?\nd@b.test,en\n')
    expect(contacts.map((row) => row.line)).toEqual([2, 4])
    expect(faults).toHaveLength(1)
  })

  test('a row that spans lines is named by its first', () => {
    const { faults } = parseContactsCsv('address,name,language\na@b.test,"A\nB\nC",?\n')
    expect(faults).toMatchObject([{ line: 2, column: 3 }])
  })

  test('organisations in other scripts keep their names as keys', () => {
    expect(organisationKey('Société Générale')).toBe('societe-generale')
    expect(organisationKey('شركة')).toBe('شركة')
  })
})

const word = fc.stringMatching(/^[a-z]{1,8}$/)
const cell = fc
  .string({ unit: 'grapheme', maxLength: 40 })
  .map((text) => text.replaceAll('\0', '').replaceAll('\r', '').trim())
  .filter((text) => !/^'[=+\-@\t\r]/.test(text))
const contact = fc.record({
  name: cell,
  language: fc.option(fc.constantFrom('fr', 'en', 'es'), { nil: null }),
  phone: fc.option(fc.constantFrom('+33 1 23 45 67 89', '01 23 45 67'), { nil: null }),
  active: fc.boolean(),
  attributes: fc.dictionary(fc.constantFrom('category', 'trained', 'sms-consent'), cell, { noNullPrototype: true }),
})

test('what is written is read again, and no cell is a formula (T44)', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(word, { minLength: 1, maxLength: 5 }),
      fc.array(contact, { minLength: 5, maxLength: 5 }),
      (keys, rest) => {
        const contacts = keys.map((key, i): ContactOut => {
          const { attributes, ...one } = rest[i] ?? {
            name: '',
            language: null,
            phone: null,
            active: true,
            attributes: {},
          }
          return {
            ...one,
            key,
            addresses: [`${key}@b.test`, `${key}@c.test`],
            attributes: Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== '')),
            organisation: { name: 'B', attributes: { country: '=1+1' }, domains: ['b.test'] },
          }
        })
        const text = formatContactsCsv(contacts)
        const read = parseContactsCsv(text)
        expect(read.faults).toEqual([])
        expect(
          read.contacts.map((row) => ({
            ...contacts.find(({ key }) => key === row.key),
            name: row.name,
            language: row.language,
            phone: row.phone,
            active: row.active,
            addresses: row.addresses,
            attributes: Object.fromEntries([...row.attributes].filter(([, value]) => value !== '')),
          })),
        ).toEqual(contacts)
        expect(read.organisations[0]?.attributes.get('country')).toBe('=1+1')
        expect((parse(text) as string[][]).flat().filter((one) => /^[=+\-@]/.test(one))).toEqual([])
      },
    ),
    { numRuns: 200 },
  )
})
