import { describe, expect, test } from 'vitest'
import type { Decision } from '../../src/rules/decision.ts'
import { exampleDesk } from '../support/example-desk.ts'

const desks = {
  rca: exampleDesk('kpolygone-rca'),
  rdc: exampleDesk('kpolygone-rdc'),
  spt: exampleDesk('spt'),
  gestion: exampleDesk('gestion'),
  onyx: exampleDesk('onyx'),
}

const ticketOf = (decision: Decision) => decision.tickets[0]?.ticket
const mailTo = (decision: Decision, role = 'customer') => decision.mails.find((mail) => mail.role === role)
const notesOf = (decision: Decision): string => JSON.stringify(mailTo(decision)?.data.notes ?? [])

describe('the customs help desks', () => {
  const importer = 'contact@kpolygone-rca.client.test'
  const price = 'Le BESC n° CF-2026-00417 est accordé, mais il y a une erreur de poids. Prix payé : 150 000 FCFA.'

  test.each([
    [
      'a plain trouble goes to the central help desk',
      importer,
      { text: 'Je n’arrive pas à me connecter.' },
      { type: 'incident', queue: 'central', priority: 'normal', tags: ['importer'] },
    ],
    [
      'customs officers are helped on site',
      'bureau.bangui@douanes.client.test',
      { text: 'Le poste ne répond plus.' },
      { queue: 'on-site' },
    ],
    [
      'payments of banks come first',
      'a.ngaya@banque-savane.client.test',
      { text: 'Le paiement de la transaction TRX-20261118-77 est refusé.' },
      {
        type: 'transaction',
        priority: 'high',
        fields: { transaction: 'TRX-20261118-77', bank: 'Banque de la Savane' },
      },
    ],
    [
      'manifests of carriers come first',
      'docs@atlantic-line.client.test',
      { text: 'We cannot submit the manifest of MV Ubangi.' },
      { priority: 'high', tags: ['shipping-line', 'manifest'] },
    ],
    [
      'a platform that is down is critical',
      importer,
      { text: 'Le portail est inaccessible depuis ce matin.' },
      { priority: 'critical' },
    ],
    ['a question is one', importer, { text: 'Quel est le coût de l’ECTN ?' }, { type: 'question' }],
    [
      'a holder’s correction costs 20 %',
      importer,
      { text: price },
      {
        type: 'correction',
        queue: 'central',
        fields: { certificate: 'CF-2026-00417', price: '150000 XAF', 'fee-percent': 20, fee: '30000 XAF' },
      },
    ],
    [
      'a forwarder’s correction costs 30 % and goes to the system administrator',
      importer,
      { text: `Notre transitaire nous signale ceci. ${price}` },
      { type: 'correction', queue: 'system-administration', fields: { 'fee-percent': 30, fee: '45000 XAF' } },
    ],
    [
      'a telephone number is put before the agent',
      importer,
      { text: 'Bonjour, rappelez-moi au 72 55 01 01 svp.' },
      { fields: { callback: '72 55 01 01' } },
    ],
  ])('%s', (_title, from, mail, expected) => {
    expect(ticketOf(desks.rca.judge(from, mail))).toMatchObject(expected)
  })

  test.each([
    ['fr', 'Elle coûte 20 % du prix du BESC initial', '30 000 FCFA'],
    ['en', 'It costs 20% of the price of the original ECTN', 'FCFA 30,000'],
    ['es', 'Cuesta el 20 % del precio del BESC original', '30.000 XAF'],
  ])('the acknowledgement names the fee in the language of the mail (%s)', (language, fee, amount) => {
    const decision = desks.rca.judge(importer, { text: price, language })
    expect(mailTo(decision)).toMatchObject({ template: 'acknowledged', language })
    expect(notesOf(decision)).toContain(fee)
    expect(notesOf(decision).replace(/[\u00a0\u202f]/g, ' ')).toContain(amount)
  })

  test('without a price the percentage alone is named, and a price sent later makes the amount', () => {
    const decision = desks.rca.judge(importer, { text: 'Merci de corriger le BESC CF-77 : une erreur de nom.' })
    const opened = ticketOf(decision)
    expect(opened?.fields).toEqual({ 'fee-percent': 20, certificate: 'CF-77' })
    expect(notesOf(decision)).toContain('Indiquez-nous le prix')
    if (!opened) return
    const later = desks.rca.judge(importer, { text: 'Il a coûté 200 EUR.' }, { on: { ...opened, number: 5 } })
    expect(ticketOf(later)?.fields).toMatchObject({ price: '200 EUR', fee: '40.00 EUR' })
  })

  test('the other country has its own forms, and the hours of its east', () => {
    const decision = desks.rdc.judge('logistics@katanga-copper.client.test', {
      text: 'The FERI no. KIN-2026-991 is granted but we noticed a mistake. Price: USD 250',
      language: 'en',
    })
    expect(ticketOf(decision)).toMatchObject({
      language: 'en',
      type: 'correction',
      fields: { certificate: 'KIN-2026-991', price: '250 USD', fee: '50.00 USD', calendar: 'east' },
    })
  })

  test.each([
    ['fr', 'Je ne trouve pas le transporteur dans la liste.', 'veuillez contacter votre agent émetteur'],
    ['en', 'I cannot select the carrier', 'please contact your issuing agent'],
    ['fr', 'Quel est le coût de l’ECTN ?', 'Les prix se trouvent sur le portail (https://rcaportail.org/)'],
    ['en', 'How much does an ECTN cost?', 'The pricing can be found on the portal'],
    ['es', '¿Cuánto cuesta el BESC?', 'Los precios se encuentran en el portal'],
    ['fr', 'Il est accordé mais je remarque une erreur.', 'Elle coûte 20 % du prix initial'],
    ['en', 'It is granted, but our forwarder noticed a mistake.', 'It costs 30% of the original price'],
    ['en', 'I can’t find an answer to my question in your pages', 'whose details are on the portal'],
  ])('a known question is answered in the acknowledgement (%s: %s)', (language, text, answer) => {
    const data = mailTo(desks.rca.judge(importer, { subject: 'Question', text, language }))?.data
    expect(data?.answers).toHaveLength(1)
    expect(JSON.stringify(data?.answers)).toContain(answer)
  })

  test('what is no known question is answered by nobody but people', () => {
    expect(mailTo(desks.rca.judge(importer, { text: 'Le poste ne répond plus.' }))?.data.answers).toEqual([])
  })

  test('strangers learn how to register, and no ticket is made', () => {
    const decision = desks.rca.judge('nobody@elsewhere.test', { text: 'Bonjour', language: 'fr' })
    expect(decision.tickets).toEqual([])
    expect(decision.holds).toMatchObject([{ reason: 'unregistered' }])
    expect(mailTo(decision, 'stranger')).toMatchObject({ template: 'not-registered', language: 'fr' })
  })

  test('two business days without news bring an update to the customer and a nudge to the agent', () => {
    const opened = ticketOf(desks.rca.judge(importer, { text: 'Je n’arrive pas à me connecter.' }))
    expect(opened?.clocks.find((clock) => clock.name === 'update')?.dueAt).toEqual(new Date('2026-11-20T13:00:00Z'))
    if (!opened) return
    const decision = desks.rca.decide(
      { type: 'clock', ticket: { ...opened, number: 5 }, clock: 'update', stage: 'breached' },
      { now: new Date('2026-11-20T13:00:00Z') },
    )
    expect(decision.mails.map(({ template, to }) => [template, to.address])).toEqual([
      ['update', importer],
      ['agent-nudge', 'agent@kpolygone-rca.staff.test'],
    ])
    expect(mailTo(decision)?.data.nextAt).toBeInstanceOf(Date)
  })

  test('what the first level does not solve in time goes to the second', () => {
    const decision = desks.rca.decide({
      type: 'clock',
      ticket: desks.rca.ticket({
        clocks: [
          {
            name: 'resolution',
            state: 'running',
            startedAt: new Date('2026-11-16T09:00:00Z'),
            runningSince: new Date('2026-11-16T09:00:00Z'),
            countedMs: 0,
            intervals: [],
            targetMs: 1,
            dueAt: new Date('2026-11-18T09:00:00Z'),
            stage: 'counting',
            rounds: 0,
          },
        ],
      }),
      clock: 'resolution',
      stage: 'warned',
    })
    expect(ticketOf(decision)).toMatchObject({ queue: 'second', status: 'second-level', assignee: null })
    expect(decision.mails.map(({ template, to }) => [template, to.address])).toContainEqual([
      'escalation',
      'expert@kpolygone-rca.staff.test',
    ])
  })
})

describe('the portal-only customer service', () => {
  const customer = 'contact@spt.client.test'

  test.each([
    [
      'comfort is low',
      { text: 'Une suggestion pour les rapports, sans urgence.' },
      { type: 'support', priority: 'low' },
    ],
    ['a question is medium', { text: 'Une question sur les rapports.' }, { priority: 'medium' }],
    [
      'an ordinary fault is medium',
      { text: 'Le rapport affiche un mauvais total.' },
      { type: 'support', priority: 'medium' },
    ],
    ['what blocks is high', { subject: 'Urgent : écran bloqué' }, { priority: 'high' }],
    [
      'what blocks without a way around is blocking',
      { subject: 'Incident bloquant', text: 'La facturation est à l’arrêt.' },
      { priority: 'blocking' },
    ],
    [
      'what does not block is not blocking',
      { text: 'Anomalie non bloquante, non bloquant donc.' },
      { priority: 'medium' },
    ],
    ['a patch is administration', { subject: 'Installation du correctif 12.3' }, { type: 'patch' }],
    [
      'the version is taken from the mail',
      { text: 'Nous sommes en version 12.3 SP2.' },
      { fields: { version: '12.3 SP2', client: 'Mécanique du Doubs' } },
    ],
  ])('%s', (_title, mail, expected) => {
    expect(ticketOf(desks.spt.judge(customer, mail))).toMatchObject(expected)
  })

  test('assistance is under the SLO, a patch is not', () => {
    const names = (text: string) =>
      ticketOf(desks.spt.judge(customer, { text }))
        ?.clocks.filter((clock) => clock.dueAt !== null)
        .map((clock) => clock.name)
    expect(names('Le total est faux.')).toEqual(['first-response', 'resolution'])
    expect(names('Installer le patch.')).toEqual([])
  })

  test('a customer’s licence request gets its own answer and reaches sales administration', () => {
    const decision = desks.spt.judge(customer, { subject: 'Demande de licence', text: 'Il nous faut deux licences.' })
    expect(decision.tickets).toEqual([])
    expect(decision.holds).toMatchObject([{ reason: 'staff-only-type' }])
    expect(decision.mails.map(({ template, to }) => [template, to.address])).toEqual(
      expect.arrayContaining([
        ['agent-licence', 'ventes@spt.staff.test'],
        ['type-staff-only', customer],
      ]),
    )
  })

  test('a reply by mail is kept and answered with the portal', () => {
    const person = desks.spt.person(customer)
    const on = desks.spt.ticket({
      participants: [
        {
          person: person?.id ?? 0,
          address: customer,
          name: '',
          role: 'requester',
          muted: false,
          language: null,
          addedAt: new Date(),
          contact: person?.contact?.id ?? null,
        },
      ],
    })
    const decision = desks.spt.judge(customer, { text: 'Voici la capture.' }, { on })
    expect(decision.outcome).toBe('refused')
    expect(mailTo(decision)).toMatchObject({ template: 'portal-only' })
  })
})

describe('the desk with the rules of the ticket', () => {
  const customer = 'contact@gestion.client.test'
  const working = '2026-11-18T15:00:00Z'
  const evening = '2026-11-18T23:30:00Z'
  const judge = (mail: { subject: string; text?: string }, now = working) =>
    desks.gestion.judge(customer, { text: 'Adjunto la pantalla.', ...mail }, { now })

  test.each([
    [
      'module and case route',
      'BANCOS, Factura mal cargada',
      { queue: 'finance', status: 'open', fields: { module: 'BANCOS' } },
    ],
    [
      'accents and case do not count',
      'nomina: recibos sin deducciones',
      { queue: 'finance', fields: { module: 'NÓMINA' } },
    ],
    ['members and billing', 'Facturación - cuota duplicada', { queue: 'members', fields: { module: 'FACTURACIÓN' } }],
    [
      'a subject without a module waits',
      'Urgente',
      {
        queue: 'reception',
        status: 'waiting',
        tags: ['urgent-claimed', 'subject-wanted'],
        fields: { awaiting: 'subject' },
      },
    ],
    ['a module without a case waits', 'BANCOS', { status: 'waiting' }],
    ['¿Qué pasaría? waits', '¿Qué pasaría?', { status: 'waiting' }],
  ])('%s', (_title, subject, expected) => {
    expect(ticketOf(judge({ subject }))).toMatchObject(expected)
  })

  test('a subject that says nothing is answered with the rule, an example and the modules', () => {
    const decision = judge({ subject: 'Urgente' })
    expect(mailTo(decision)).toMatchObject({
      template: 'subject-wanted',
      data: { example: 'BANCOS, Factura mal cargada', given: 'Urgente' },
    })
    expect(notesOf(decision)).toContain('no encontramos ninguno de los casos previstos')
    expect(decision.mails.filter((mail) => mail.role === 'customer')).toHaveLength(1)
  })

  test('a ticket that waits for its subject does not close by itself', () => {
    expect(
      ticketOf(judge({ subject: 'Urgente' }))?.clocks.find((clock) => clock.name === 'customer-answer')?.state,
    ).toBe('stopped')
  })

  test.each([
    ['in the subject', { subject: 'Re: [GES-5] BANCOS, Cheque mal emitido', text: 'Disculpe.' }],
    ['in the first line', { subject: 'Re: [GES-5] Ayuda', text: 'BANCOS, Cheque mal emitido\nDisculpe.' }],
  ])('the corrected subject is taken from the reply, %s', (_title, mail) => {
    const opened = ticketOf(judge({ subject: 'Ayuda' }))
    expect(opened?.status).toBe('waiting')
    if (!opened) return
    const decision = desks.gestion.judge(customer, mail, { now: working, on: { ...opened, number: 5 } })
    expect(ticketOf(decision)).toMatchObject({
      subject: 'BANCOS, Cheque mal emitido',
      status: 'open',
      queue: 'finance',
      tags: [],
      fields: { module: 'BANCOS', awaiting: null },
    })
  })

  test('a reply without the subject goes on waiting', () => {
    const opened = ticketOf(judge({ subject: 'Ayuda' }))
    if (!opened) throw new Error('no ticket')
    const decision = desks.gestion.judge(
      customer,
      { subject: 'Re: [GES-5] Ayuda', text: 'Por favor.' },
      { now: working, on: { ...opened, number: 5 } },
    )
    expect(ticketOf(decision)).toMatchObject({ status: 'waiting', tags: ['subject-wanted'] })
  })

  test.each([
    ['the whole platform', 'SISTEMA, Toda la plataforma parada', 'Nadie puede trabajar.', 'plataforma parada'],
    [
      'billing to members',
      'FACTURACIÓN, Detenida',
      'Está parada la facturación a socios.',
      'facturación a socios parada',
    ],
    [
      'payroll',
      'NÓMINA, Urgente no calcula',
      'Hoy es el pago de nómina.',
      'nómina, cheques, SENIAT o informes contables',
    ],
  ])('%s is urgent, and the mail says so', (_title, subject, text, reason) => {
    const decision = judge({ subject, text })
    expect(ticketOf(decision)).toMatchObject({ priority: 'urgent', fields: { 'urgent-reason': reason } })
    expect(notesOf(decision)).toContain('Lo atendemos como urgente')
  })

  test('a special run is announced with its date, and urgent on that day alone', () => {
    const announced = judge({ subject: 'CARNETIZACIÓN, Proceso anual', text: 'Les avisamos que será el 25/11/2026.' })
    expect(ticketOf(announced)).toMatchObject({
      type: 'special-run',
      priority: 'normal',
      fields: { 'run-date': '2026-11-25' },
    })
    expect(notesOf(announced)).toContain(
      'Hemos tomado nota del proceso especial para el miércoles, 25 de noviembre de 2026',
    )
    const fields = ticketOf(announced)?.fields ?? {}
    const claim = (now: string, latest: { number: number; type: string; fields: typeof fields }[]) =>
      desks.gestion.judge(
        customer,
        { subject: 'CARNETIZACIÓN, Urgente: no imprime', text: 'Estamos en el proceso de carnetización.' },
        { now, history: { lastTicket: 5, openTickets: [], ticketsToday: 0, latest } },
      )
    const earlier = [{ number: 5, type: 'special-run', fields }]
    const granted = claim('2026-11-25T15:00:00Z', earlier)
    expect(ticketOf(granted)?.priority).toBe('urgent')
    expect(notesOf(granted)).toContain('que nos anunció para hoy')
    for (const refused of [claim('2026-11-24T15:00:00Z', earlier), claim('2026-11-25T15:00:00Z', [])]) {
      expect(ticketOf(refused)?.priority).toBe('normal')
      expect(notesOf(refused)).toContain('no encontramos un aviso suyo para hoy')
      expect(notesOf(refused)).not.toContain('ninguno de los casos previstos')
    }
  })

  test('to somebody whom nothing proves no word of the mail is repeated', () => {
    const unproved = { authentication: { result: 'none', by: 'nobody', detail: '' } } as const
    const asked = desks.gestion.judge(customer, { subject: 'Urgente CANARY' }, { now: evening, over: unproved })
    expect(mailTo(asked)).toMatchObject({ template: 'subject-wanted', withoutSender: true, budget: 'acknowledgement' })
    expect(mailTo(judge({ subject: 'Urgente' }))).toMatchObject({ withoutSender: false, budget: 'registered' })
    const answered = desks.gestion.judge(
      customer,
      { subject: 'BANCOS, Saldo', text: 'Teléfono 0412 555 99 99' },
      { now: evening, over: unproved },
    )
    expect(mailTo(answered)).toMatchObject({ template: 'acknowledged', withoutSender: true })
    expect(notesOf(answered)).toContain('costos adicionales de facturación')
    expect(notesOf(answered)).not.toContain('555 99 99')
  })

  test('an announcement without a date is asked for it', () => {
    const decision = judge({
      subject: 'CARNETIZACIÓN, Proceso anual',
      text: 'Les avisamos que haremos la carnetización.',
    })
    expect(notesOf(decision)).toContain('Respóndanos con su fecha')
  })

  test('urgent without a reason stays normal and is told which reasons count', () => {
    const decision = judge({ subject: 'BANCOS, Urgente: saldo errado', text: 'Es urgente, por favor.' })
    expect(ticketOf(decision)).toMatchObject({ priority: 'normal', tags: ['urgent-claimed'] })
    expect(notesOf(decision)).toContain('Su ticket sigue su curso normal')
  })

  test('payroll without urgency is a normal case', () => {
    expect(ticketOf(judge({ subject: 'NÓMINA, Duda sobre recibos', text: 'Una duda.' }))?.priority).toBe('normal')
  })

  test('out of hours the acknowledgement names the surcharge and the ticket is flagged', () => {
    const decision = judge({ subject: 'BANCOS, Factura mal cargada' }, evening)
    expect(ticketOf(decision)?.tags).toEqual(['out-of-hours'])
    expect(notesOf(decision)).toContain('costos adicionales de facturación')
    expect(notesOf(judge({ subject: 'BANCOS, Factura mal cargada' }))).not.toContain('costos adicionales')
  })

  test('data that lacks is asked for in the acknowledgement, and later mails tick it off', () => {
    const first = judge({ subject: 'BANCOS, Reporte de conciliación errado', text: 'El comprobante 4471 no aparece.' })
    expect(mailTo(first)).toMatchObject({
      template: 'acknowledged',
      data: {
        missing: [
          'la fecha de la operación',
          'la ruta completa por donde lo solicita (ejemplo: Bancos > Reportes > Conciliación)',
          'las pantallas y reportes que documenten el caso',
        ],
      },
    })
    const opened = ticketOf(first)
    expect(opened?.fields).toMatchObject({ voucher: '4471', module: 'BANCOS' })
    if (!opened) return
    const later = desks.gestion.judge(
      customer,
      { subject: 'Re: [GES-5]', text: 'Fecha 12/11/2026, ruta: Bancos > Reportes > Conciliación' },
      { now: working, on: { ...opened, number: 5 } },
    )
    expect(ticketOf(later)?.fields).toMatchObject({ 'document-date': '2026-11-12' })
    expect(ticketOf(later)?.fields.path).toContain('Bancos > Reportes > Conciliación')
  })

  test('the acknowledgement says by when an answer comes', () => {
    const dueAt = (subject: string, now = working) => mailTo(judge({ subject }, now))?.data.dueAt
    expect(dueAt('BANCOS, Factura mal cargada')).toEqual(new Date('2026-11-19T15:00:00Z'))
    expect(dueAt('BANCOS, Factura mal cargada', '2026-11-20T20:00:00Z')).toEqual(new Date('2026-11-23T20:00:00Z'))
    expect(dueAt('SISTEMA, Toda la plataforma parada')).toEqual(new Date('2026-11-18T16:00:00Z'))
  })

  test('people without the training get the courses', () => {
    const decision = desks.gestion.judge(
      'untrained@gestion.client.test',
      { subject: 'BANCOS, Ayuda' },
      { now: working },
    )
    expect(decision.tickets).toEqual([])
    expect(mailTo(decision)).toMatchObject({ template: 'courses', language: 'es' })
  })

  test('a ticket of Friday 16:00 is due on Monday 16:00', () => {
    const decision = judge({ subject: 'BANCOS, Factura mal cargada' }, '2026-11-20T20:00:00Z')
    const clock = ticketOf(decision)?.clocks.find((one) => one.name === 'first-response')
    expect(clock?.targetMs).toBe(24 * 3_600_000)
    const opened = ticketOf(decision)
    if (!opened) return
    const breach = desks.gestion.decide(
      { type: 'clock', ticket: { ...opened, number: 5 }, clock: 'first-response', stage: 'breached' },
      { now: new Date('2026-11-23T20:00:00Z') },
    )
    expect(breach.mails.map(({ template, to }) => [template, to.address])).toEqual([
      ['breach-customer', customer],
      ['clock-breached', 'agent@gestion.staff.test'],
      ['clock-breached', 'supervisor@gestion.staff.test'],
    ])
  })

  test('a customer who leaves pauses the clocks, and the next mail resumes them', () => {
    const opened = ticketOf(judge({ subject: 'BANCOS, Factura mal cargada' }))
    if (!opened) throw new Error('no ticket')
    const left = ticketOf(
      desks.gestion.judge(
        customer,
        { subject: 'Re: [GES-5]', text: 'Me tengo que ir, seguimos mañana.' },
        { now: working, on: { ...opened, number: 5 } },
      ),
    )
    expect(left?.status).toBe('away')
    expect(left?.clocks.find((clock) => clock.name === 'first-response')?.state).toBe('paused')
    if (!left) return
    const back = ticketOf(
      desks.gestion.judge(
        customer,
        { subject: 'Re: [GES-5]', text: 'Ya estoy de vuelta.' },
        { now: '2026-11-19T15:00:00Z', on: left },
      ),
    )
    expect(back?.status).toBe('open')
    expect(back?.clocks.find((clock) => clock.name === 'first-response')?.state).toBe('running')
  })

  test('a day of silence is reminded, two days close', () => {
    const on = desks.gestion.ticket({
      status: 'waiting',
      participants: [
        {
          person: 1,
          address: customer,
          name: '',
          role: 'requester',
          muted: false,
          language: null,
          addedAt: new Date(working),
          contact: 1,
        },
      ],
      clocks: [
        {
          name: 'customer-answer',
          state: 'running',
          startedAt: new Date(working),
          runningSince: new Date(working),
          countedMs: 0,
          intervals: [],
          targetMs: 2 * 86_400_000,
          dueAt: new Date('2026-11-19T15:00:00Z'),
          stage: 'counting',
          rounds: 0,
        },
      ],
    })
    const warned = desks.gestion.decide(
      { type: 'clock', ticket: structuredClone(on), clock: 'customer-answer', stage: 'warned' },
      { now: new Date('2026-11-19T15:00:00Z') },
    )
    expect(mailTo(warned)).toMatchObject({ template: 'reminder', data: { closesAt: new Date('2026-11-20T15:00:00Z') } })
    const closed = desks.gestion.decide(
      { type: 'clock', ticket: structuredClone(on), clock: 'customer-answer', stage: 'breached' },
      { now: new Date('2026-11-20T15:00:00Z') },
    )
    expect(ticketOf(closed)?.status).toBe('closed')
    expect(closed.mails.filter((mail) => mail.role === 'customer').map((mail) => mail.template)).toEqual([
      'auto-closed',
    ])
  })
})

describe('the support of branches and distributors', () => {
  test.each([
    [
      'the branch of the organisation',
      'contact@onyx.client.test',
      {},
      { queue: 'djibouti', fields: { country: 'DJ', branch: 'djibouti' } },
    ],
    ['the distributor', 'finance@atlas-textile.client.test', {}, { queue: 'casablanca', language: 'fr' }],
    ['a branch that speaks English', 'accounts@najd-foods.client.test', {}, { queue: 'riyadh', language: 'en' }],
    [
      'a distributor that speaks Spanish',
      'administracion@bioko-comercial.client.test',
      {},
      { queue: 'malabo', language: 'es' },
    ],
    ['the country when no branch is named', 'compta@dakar-negoce.client.test', {}, { queue: 'casablanca' }],
    [
      'central support where there is no specialist',
      'office@lagos-steel.client.test',
      {},
      { queue: 'central', tags: ['no-specialist'] },
    ],
    [
      'central support for large projects',
      'direction@port-autonome.client.test',
      {},
      { queue: 'central', tags: ['large-project'] },
    ],
    [
      'central support for engineers of distributors',
      'ingenieur@distributeur-casablanca.client.test',
      {},
      { queue: 'central' },
    ],
    [
      'the team of the product',
      'caisse@marche-plateau.client.test',
      {},
      { queue: 'points-of-sale', fields: { product: 'onyx-pos' } },
    ],
    ['reception for people without an organisation', 'new@somewhere.test', {}, { queue: 'reception' }],
  ])('%s serves', (_title, from, mail, expected) => {
    expect(ticketOf(desks.onyx.judge(from, { subject: 'Aide', text: 'Bonjour', ...mail }))).toMatchObject(expected)
  })

  test.each([
    ['Comment saisir un avoir ?', { type: 'help' }],
    ['Un message d’erreur apparaît à la clôture.', { type: 'error-system' }],
    ['Erreur depuis la coupure de courant.', { type: 'error-external', fields: { cause: 'external' } }],
    ['Facture supprimée : erreur, saisi par erreur.', { type: 'error-use', fields: { cause: 'use' } }],
    ['Peut-on installer la nouvelle version ?', { type: 'update' }],
    ['Nous voulons ajouter un champ à la facture.', { type: 'adaptation' }],
    ['Pouvez-vous vous déplacer chez nous ?', { type: 'visit', fields: { means: 'visit' } }],
  ])('"%s" is classified', (text, expected) => {
    expect(ticketOf(desks.onyx.judge('contact@onyx.client.test', { subject: 'Demande', text }))).toMatchObject(expected)
  })

  test.each([
    ['within the yearly guarantee', 'contact@onyx.client.test', '2026-11-18T10:00:00Z', 'guarantee', false],
    ['after it', 'finance@atlas-textile.client.test', '2026-11-18T10:00:00Z', 'billable', true],
    ['in the first year', 'compta@dakar-negoce.client.test', '2025-03-01T10:00:00Z', 'first-year', false],
    [
      'on the last day of the first year',
      'compta@dakar-negoce.client.test',
      '2025-08-31T10:00:00Z',
      'first-year',
      false,
    ],
    ['on the first day after it', 'compta@dakar-negoce.client.test', '2025-09-01T10:00:00Z', 'billable', true],
  ])('support %s', (_title, from, now, entitlement, billable) => {
    const decision = desks.onyx.judge(from, { text: 'Bonjour' }, { now })
    expect(ticketOf(decision)?.fields.entitlement).toBe(entitlement)
    expect(ticketOf(decision)?.tags.includes('billable')).toBe(billable)
    expect(notesOf(decision).includes('sera facturée')).toBe(billable)
  })

  test('whether the desk is open is a matter of the branch that serves', () => {
    const closed = (from: string) =>
      mailTo(desks.onyx.judge(from, { text: 'Bonjour' }, { now: '2026-11-20T10:30:00Z' }))?.data.outOfHours
    expect(closed('contact@onyx.client.test')).toBe(true)
    expect(closed('finance@atlas-textile.client.test')).toBe(false)
  })

  test('each branch counts its own hours', () => {
    const due = (from: string) =>
      ticketOf(desks.onyx.judge(from, { text: 'Travail arrêté' }, { now: '2026-11-20T10:30:00Z' }))
        ?.clocks.find((clock) => clock.name === 'first-response')
        ?.dueAt?.toISOString()
    // The warning comes after one hour of opening. Friday: Djibouti opens on Sunday at 7:30, Casablanca closes at noon for two hours and a half.
    expect(due('contact@onyx.client.test')).toBe('2026-11-22T05:30:00.000Z')
    expect(due('finance@atlas-textile.client.test')).toBe('2026-11-20T14:00:00.000Z')
  })
})
