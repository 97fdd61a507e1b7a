import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Command } from '../../../src/rules/commands/command.ts'
import { parseCommands } from '../../../src/rules/commands/grammar.ts'
import { fold } from '../../../src/rules/commands/names.ts'
import { commandCalled, commandNames, entryOf, vocabulary } from '../../../src/rules/commands/vocabulary.ts'
import { names } from './names.ts'

const commandsOf = (text: string, change = {}): readonly Command[] =>
  parseCommands(text, names(change)).commands.map(({ command }) => command)
const closed: Command = { name: 'status', status: 'closed' }

describe('commands are read from the head of a mail', () => {
  test.each([
    ['one', '#status closed', [closed]],
    ['several lines', '#status closed\n#priority high\n\nHello', [closed, { name: 'priority', priority: 'high' }]],
    ['several on one line', '#status closed #priority high', [closed, { name: 'priority', priority: 'high' }]],
    ['blank lines before and between', '\n \n#status closed\n\n#take\n\nHello', [closed, { name: 'take' }]],
    ['capitals of autocorrect', '#Status Closed', [closed]],
    ['all capitals', '#STATUS CLOSED', [closed]],
    ['a full-width number sign', '＃status closed', [closed]],
    ['a small number sign', '﹟status closed', [closed]],
    ['a blank after the sign', '# status closed', [closed]],
    ['non-breaking blanks', '#status\u00a0closed', [closed]],
    ['narrow and wide blanks', '#status\u202f\u3000closed', [closed]],
    ['zero-width characters', '\u200b#sta\u200btus clo\u00adsed\ufeff', [closed]],
    ['a colon', '#status: closed', [closed]],
    ['a colon with a French blank', '#status : closed', [closed]],
    ['an equals sign', '#status=closed', [closed]],
    ['smart quotes', '#status “closed”', [closed]],
    ['guillemets', '#status « closed »', [closed]],
    ['a full stop', '#status closed.', [closed]],
    ['punctuation after a command without arguments', '#take!', [{ name: 'take' }]],
    ['an escaped sign', '\\#take', [{ name: 'take' }]],
    ['trailing blanks and CR', '#take  \r', [{ name: 'take' }]],
    ['indentation', '   #take', [{ name: 'take' }]],
    [
      'French words',
      '#statut fermé\n#priorité haute\n#prendre',
      [closed, { name: 'priority', priority: 'high' }, { name: 'take' }],
    ],
    ['French words without accents', '#priorite haute', [{ name: 'priority', priority: 'high' }]],
    [
      'Spanish words',
      '#estado cerrado\n#prioridad alta\n#tomar',
      [closed, { name: 'priority', priority: 'high' }, { name: 'take' }],
    ],
    ['decomposed accents', '#priorite\u0301 haute', [{ name: 'priority', priority: 'high' }]],
    ['the beginning of a name', '#status clo', [closed]],
    ['the beginning of a later word', '#status R&D', [{ name: 'status', status: 'waiting-rd' }]],
    ['the name in another language', '#status en attente client', [{ name: 'status', status: 'waiting-customer' }]],
    ['the key', '#status waiting-customer', [{ name: 'status', status: 'waiting-customer' }]],
    ['the key with a typographic hyphen', '#status waiting–customer', [{ name: 'status', status: 'waiting-customer' }]],
  ] as const)('%s', (_title, text, wanted) => {
    const parsed = parseCommands(text, names())
    expect(parsed.commands.map(({ command }) => command)).toEqual(wanted)
    expect(parsed.faults).toEqual([])
  })

  test.each([
    ['after a greeting', 'Hello\n#close'],
    ['in a quotation', '> #close\n> #take'],
    ['in the middle of a line', 'Please #close this'],
    ['a number', '#12 is done'],
    ['a sign alone', '#\nHello'],
    ['a heading', '# Hello everybody'],
    ['a colour', '#1 of them'],
    ['another sign', '@close\n/close\n!close'],
    ['a field like a header', 'Status: closed'],
  ])('%s is text', (_title, text) => {
    const parsed = parseCommands(text, names())
    expect(parsed.commands).toEqual([])
    expect(parsed.faults).toEqual([])
    expect(parsed.rest).toBe(text)
  })

  test('the text below is what is left, without the blank lines around it', () => {
    const parsed = parseCommands('#take\n#status closed\n\n\n  Dear Bob,\n\nit works.\n\n', names())
    expect(parsed.rest).toBe('  Dear Bob,\n\nit works.')
    expect(parsed.restIs).toBe('reply')
  })

  test('a mail of commands alone leaves nothing', () => {
    expect(parseCommands('#take\n#status closed\n', names())).toMatchObject({ rest: '', restIs: 'reply', late: [] })
  })

  test('each command knows its line', () => {
    expect(parseCommands('\n#take\n\n#status closed', names()).commands.map(({ line }) => line)).toEqual([2, 4])
  })

  test('a known command after the text began is reported, not obeyed', () => {
    const parsed = parseCommands('Dear Bob,\n#note he is difficult\nBye', names())
    expect(parsed.commands).toEqual([])
    expect(parsed.late).toEqual([{ line: 2, text: '#note he is difficult' }])
    expect(parsed.restIs).toBe('note')
    expect(parseCommands('Dear Bob,\n#close', names()).restIs).toBe('reply')
  })

  test('a misspelt command is taken out and answered with the nearest one', () => {
    const parsed = parseCommands('#pritority high\n\nHello', names())
    expect(parsed.rest).toBe('Hello')
    expect(parsed.faults).toMatchObject([
      { line: 1, text: '#pritority high', refusal: { code: 'unknown-command', near: ['#priority'] } },
    ])
    expect(parsed.faults[0]?.why).toBe('there is no command “#pritority”; perhaps #priority')
  })

  test.each([
    ['fr', 'la commande « #pritority » n’existe pas ; peut-être #priority'],
    ['es', 'el comando «#pritority» no existe; quizá #priority'],
    ['de', 'there is no command “#pritority”; perhaps #priority'],
  ])('faults are said in the language of the agent (%s)', (language, why) => {
    expect(parseCommands('#pritority high', names({ language })).faults[0]?.why).toBe(why)
  })

  test('fifty commands are read, the rest are refused', () => {
    const parsed = parseCommands('#take\n'.repeat(60), names())
    expect(parsed.commands).toHaveLength(50)
    expect(parsed.faults).toHaveLength(10)
    expect(parsed.restIs).toBe('note')
  })
})

describe('what the text below is for', () => {
  test.each([
    ['#note', 'note'],
    ['#note called him', 'note'],
    ['#nota', 'note'],
    ['#report', 'report'],
    ['#consult vendor@out.test', 'consult'],
    ['#split Another case', 'split'],
    ['#incident answer', 'incident'],
    ['#announce all', 'announcement'],
    ['#resolution', 'resolution'],
    ['#resolution restarted it', 'reply'],
    ['#close', 'reply'],
    ['#incident', 'reply'],
  ])('%s: %s', (line, wanted) => {
    expect(parseCommands(`${line}\n\nThe text.`, names())).toMatchObject({
      restIs: wanted,
      rest: 'The text.',
      faults: [],
    })
  })

  test.each([
    '#consult nobody',
    '#announce',
    '#report unknown-list',
    '#note\n#consult vendor@out.test',
    '#consult vendor@out.test\n#report',
  ])('text meant for somebody else stays inside when the command has a fault (%s)', (lines) => {
    const parsed = parseCommands(`${lines}\n\nThe text.`, names())
    expect(parsed.restIs).toBe('note')
    expect(parsed.faults.length).toBeGreaterThan(0)
  })
})

describe('arguments', () => {
  test.each([
    ['#assign me', { name: 'assign', agent: 'ann.lee@staff.test' }],
    ['#assigner moi', { name: 'assign', agent: 'ann.lee@staff.test' }],
    ['#assign nobody', { name: 'assign', agent: null }],
    ['#asignar nadie', { name: 'assign', agent: null }],
    ['#assign Jose Nunez', { name: 'assign', agent: 'jose@staff.test' }],
    ['#assign josé', { name: 'assign', agent: 'jose@staff.test' }],
    ['#assign joan@staff.test', { name: 'assign', agent: 'joan@staff.test' }],
    ['#assign Joan <joan@staff.test>', { name: 'assign', agent: 'joan@staff.test' }],
    ['#assign joan@staff.test<mailto:joan@staff.test>', { name: 'assign', agent: 'joan@staff.test' }],
    ['#queue second', { name: 'queue', queue: 'second' }],
    ['#file deuxieme niveau', { name: 'queue', queue: 'second' }],
    ['#escalate', { name: 'escalate', queue: null }],
    ['#escalate second line', { name: 'escalate', queue: 'second' }],
    ['#subject Printer #2 broken', { name: 'subject', subject: 'Printer #2 broken' }],
    ['#langue français', { name: 'language', language: 'fr' }],
    ['#channel téléphone', { name: 'channel', channel: 'phone' }],
    ['#tag VIP, “paper jam” invoice', { name: 'tag', tags: ['vip', 'paper-jam', 'invoice'] }],
    ['#tag #vip #invoice', { name: 'tag', tags: ['vip', 'invoice'] }],
    ['#untag vip', { name: 'untag', tags: ['vip'] }],
    ['#field amount = 1 234,50 €', { name: 'field', field: 'amount', value: '1234.50 EUR' }],
    ['#field montant: 1,234.50 USD', { name: 'field', field: 'amount', value: '1234.50 USD' }],
    ['#field copies 12', { name: 'field', field: 'copies', value: 12 }],
    ['#field date of the run 2026-12-24', { name: 'field', field: 'run-date', value: '2026-12-24' }],
    ['#field paid yes', { name: 'field', field: 'paid', value: true }],
    ['#field cause = by use', { name: 'field', field: 'cause', value: 'by use' }],
    ['#field remark see https://x.test/?a=b', { name: 'field', field: 'remark', value: 'see https://x.test/?a=b' }],
    ['#field amount -', { name: 'field', field: 'amount', value: null }],
    ['#due 2026-12-01', { name: 'due', when: { date: '2026-12-01', time: null } }],
    ['#due friday 14h30', { name: 'due', when: { date: '2026-11-27', time: '14:30' } }],
    ['#due tomorrow', { name: 'due', when: { date: '2026-11-22', time: null } }],
    ['#due 5bd', { name: 'due', when: { span: { amount: 5, unit: 'day', time: 'business' } } }],
    ['#due in 3 days', { name: 'due', when: { span: { amount: 4320, unit: 'minute', time: 'elapsed' } } }],
    ['#due none', { name: 'due', when: null }],
    ['#reference BUG-4711.', { name: 'reference', reference: 'BUG-4711' }],
    [
      '#cc bob@x.test, Eve <eve@x.test>;carl@x.test.',
      { name: 'cc', addresses: ['bob@x.test', 'eve@x.test', 'carl@x.test'] },
    ],
    ['#uncc bob@x.test', { name: 'uncc', addresses: ['bob@x.test'] }],
    ['#requester Ann Lee <ann@x.test>', { name: 'requester', address: 'ann@x.test', personName: 'Ann Lee' }],
    ['#for ann@x.test', { name: 'requester', address: 'ann@x.test', personName: '' }],
    ['#merge 12', { name: 'merge', into: 12 }],
    ['#merge into ABC-12', { name: 'merge', into: 12 }],
    ['#merge [ABC‑12]', { name: 'merge', into: 12 }],
    ['#merge #12', { name: 'merge', into: 12 }],
    ['#split suggestion: A bigger button', { name: 'split', type: 'suggestion', subject: 'A bigger button' }],
    ['#split Re: invoice', { name: 'split', type: null, subject: 'Re: invoice' }],
    ['#link abc-7', { name: 'link', to: 7 }],
    ['#incident 7', { name: 'incident', act: 'join', to: 7 }],
    ['#incident', { name: 'incident', act: 'declare', title: '' }],
    ['#incident fin', { name: 'incident', act: 'end' }],
    ['#ban', { name: 'ban', what: null }],
    ['#ban subject: Win a prize', { name: 'ban', what: { subject: 'Win a prize' } }],
    ['#ban bad@x.test', { name: 'ban', what: { address: 'bad@x.test' } }],
    ['#note call #12 back #close', { name: 'note', text: 'call #12 back #close' }],
    ['#time 30', { name: 'time', minutes: 30 }],
    ['#time 1h30', { name: 'time', minutes: 90 }],
    ['#temps 1,5 h', { name: 'time', minutes: 90 }],
    ['#time -15 min', { name: 'time', minutes: -15 }],
    ['#reply password', { name: 'reply', template: 'password' }],
    ['#report directors', { name: 'report', list: 'directors' }],
    [
      '#visit 2026-12-01 14:00 2h Main office',
      { name: 'visit', act: 'propose', date: '2026-12-01', time: '14:00', minutes: 120, place: 'Main office' },
    ],
    [
      '#visit monday at 9:30',
      { name: 'visit', act: 'propose', date: '2026-11-23', time: '09:30', minutes: 60, place: '' },
    ],
    [
      '#visite 1 décembre 14h 90min Siège',
      { name: 'visit', act: 'propose', date: '2026-12-01', time: '14:00', minutes: 90, place: 'Siège' },
    ],
    ['#visit cancel', { name: 'visit', act: 'cancel' }],
    [
      '#agreement before 120,50 EUR 2026-12-01',
      { name: 'agreement', stage: 'before', amount: '120.50', currency: 'EUR', date: '2026-12-01' },
    ],
    ['#accord après', { name: 'agreement', stage: 'after', amount: null, currency: null, date: null }],
    ['#agreement 120 USD', { name: 'agreement', stage: 'before', amount: '120', currency: 'USD', date: null }],
    ['#approved by Ann Lee', { name: 'approve', by: 'Ann Lee' }],
    ['#refuse no protocol', { name: 'refuse', why: 'no protocol' }],
    ['#tested', { name: 'tested', by: '' }],
    ['#show', { name: 'show', ticket: null }],
    ['#show ABC-3', { name: 'show', ticket: 3 }],
    ['#list', { name: 'list', wish: { kind: 'mine' } }],
    ['#list unassigned', { name: 'list', wish: { kind: 'unassigned' } }],
    ['#list queue second', { name: 'list', wish: { kind: 'queue', key: 'second' } }],
    ['#list waiting for customer', { name: 'list', wish: { kind: 'status', key: 'waiting-customer' } }],
    ['#search toner "big one"', { name: 'search', words: 'toner "big one"' }],
    ['#away until 2026-12-24', { name: 'away', from: '2026-11-21', until: '2026-12-24' }],
    ['#away from 2026-12-01 until 2026-12-24', { name: 'away', from: '2026-12-01', until: '2026-12-24' }],
    ['#away friday', { name: 'away', from: '2026-11-21', until: '2026-11-27' }],
    ['#absent du 1 décembre au 24 décembre', { name: 'away', from: '2026-12-01', until: '2026-12-24' }],
    ['#absent jusqu’au 24 décembre', { name: 'away', from: '2026-11-21', until: '2026-12-24' }],
    ['#ausente hasta el 24 de diciembre', { name: 'away', from: '2026-11-21', until: '2026-12-24' }],
    ['#digest daily', { name: 'digest', digest: 'daily' }],
    ['#page', { name: 'page' }],
    [
      '#announce category=bank country="Two Rivers"',
      {
        name: 'announce',
        filter: [
          { attribute: 'category', value: 'bank' },
          { attribute: 'country', value: 'Two Rivers' },
        ],
      },
    ],
    ['#help me', { name: 'help' }],
  ] as const)('%s', (text, wanted) => {
    const parsed = parseCommands(text, names())
    expect(parsed.faults).toEqual([])
    expect(parsed.commands.map(({ command }) => command)).toEqual([wanted])
  })

  test('a person is registered with attributes', () => {
    const [command] = commandsOf('#register ann@x.test Ann Lee; category=importer; country = "Two Rivers"')
    expect(command).toEqual({
      name: 'register',
      address: 'ann@x.test',
      personName: 'Ann Lee',
      attributes: new Map([
        ['category', 'importer'],
        ['country', 'Two Rivers'],
      ]),
    })
  })

  test.each([
    ['#status', 'missing'],
    ['#status banana', 'unknown-name'],
    ['#status waiting', 'ambiguous-name'],
    ['#assign Lee', 'ambiguous-name'],
    ['#close Thank you, all done', 'surplus'],
    ['#cc bob', 'no-address'],
    ['#cc bob@-bad-.test', 'no-address'],
    ['#requester a@x.test b@x.test', 'surplus'],
    ['#due someday', 'no-date'],
    ['#due 2026-02-30', 'no-date'],
    ['#due 2020-01-01', 'past-date'],
    ['#due 03/04/2027', 'no-date'],
    ['#merge twelve', 'no-ticket'],
    ['#merge XYZ-12', 'other-desk'],
    ['#merge 0', 'no-ticket'],
    ['#time lots', 'no-minutes'],
    ['#visit 2026-12-01', 'no-time'],
    ['#visit later 14:00', 'no-date'],
    ['#field copies many', 'no-number'],
    ['#field nothing = 3', 'unknown-name'],
    ['#announce everybody who pays', 'unknown-name'],
    ['#announce category=bank big', 'unknown-name'],
    ['#away until yesterday', 'no-date'],
    ['#reply banana', 'unknown-name'],
  ])('%s is refused as %s', (text, code) => {
    const parsed = parseCommands(text, names())
    expect(parsed.commands).toEqual([])
    expect(parsed.faults.map(({ refusal }) => refusal.code)).toEqual([code])
  })

  test('in French a day stands before its month', () => {
    expect(commandsOf('#échéance 03/04/2027', { language: 'fr' })).toEqual([
      { name: 'due', when: { date: '2027-04-03', time: null } },
    ])
  })
})

describe('the vocabulary', () => {
  test('no word means two commands', () => {
    const seen = new Map<string, string>()
    for (const name of commandNames) {
      const { words } = vocabulary[name]
      for (const word of new Set([...words.en, ...words.fr, ...words.es].map(fold))) {
        expect(seen.get(word), word).toBeUndefined()
        seen.set(word, name)
        expect(commandCalled(word)).toBe(name)
      }
    }
  })

  test.each(
    commandNames.flatMap((name) =>
      (['en', 'fr', 'es'] as const).map((language) => [name, language, entryOf(name).example[language]] as const),
    ),
  )('the example of %s in %s is a command', (name, language, example) => {
    const parsed = parseCommands(example, names({ language }))
    const [fault] = parsed.faults
    // Names of the example that this small desk does not have may be unknown; the command itself must be read.
    expect(fault === undefined || fault.refusal.code === 'unknown-name', fault?.why).toBe(true)
    if (fault === undefined) expect(parsed.commands.map(({ command }) => command.name)).toEqual([name])
  })
})

describe('whatever the text', () => {
  const hostile = fc.oneof(
    fc.string({ maxLength: 300 }),
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc
      .array(
        fc.constantFrom(
          '#status',
          'closed',
          '#note',
          ' ',
          '\n',
          '\u00a0',
          '＃',
          '"',
          '#cc',
          'a@b.test',
          '#',
          '2026-12-01',
          ':',
          '=',
          '#due',
          '#visit',
          '#field',
          'amount',
          '1,2',
        ),
        { maxLength: 60 },
      )
      .map((parts) => parts.join('')),
  )

  test('nothing of the rest is invented, and no command line is left in it', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const parsed = parseCommands(text, names())
        expect(text).toContain(parsed.rest)
        if (parsed.rest !== '') expect(parseCommands(parsed.rest, names()).commands).toEqual([])
      }),
      { numRuns: 3000 },
    )
  })

  test('a prefix of ">" on every line yields no command', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(parseCommands(text.replace(/^/gm, '> '), names()).commands).toEqual([])
      }),
    )
  })

  test.each([
    ['a megabyte of number signs', '#'.repeat(1_000_000)],
    ['a long command line', `#note ${'#status '.repeat(200_000)}`],
    ['many blank lines', '\n'.repeat(1_000_000)],
    ['many unknown commands', '#zzzzzzzz q\n'.repeat(50_000)],
    ['a long word', `#${'a'.repeat(1_000_000)}`],
    ['hyphens in a word', `#${'a-'.repeat(500_000)}`],
    ['many quotes', `#tag ${'"'.repeat(500_000)}`],
    ['blanks before and after', `#assign ${' '.repeat(500_000)}x${'. '.repeat(1000)}y`],
    ['addresses', `#cc ${'a@b.test,'.repeat(100_000)}`],
    ['digits', `#field amount ${'1.'.repeat(500_000)}`],
  ])(
    '%s is read in reasonable time',
    (_title, text) => {
      const parsed = parseCommands(text, names())
      expect(parsed.commands.length).toBeLessThanOrEqual(50)
    },
    5_000,
  )
})
