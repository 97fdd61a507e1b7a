import { afterEach, beforeEach, expect, test } from 'vitest'
import { startExampleDesks } from '../support/example-desks.ts'
import { choiceIn, only, type Sent, type TestGateway, type Written } from '../support/gateway.ts'

// Wednesday, 11 o'clock in Caracas.
const wednesday = '2026-11-18T15:00:00Z'
const hour = 3_600_000
const desk = 'gestion@guichet.test'
const agent = 'agent@gestion.staff.test'
const supervisor = 'supervisor@gestion.staff.test'
const rosa = 'Rosa Elena Pacheco <contact@gestion.client.test>'
const at = 'contact@gestion.client.test'

let gateway: TestGateway

beforeEach(async () => {
  gateway = await startExampleDesks(['gestion'], wednesday)
})
afterEach(() => gateway.close())

const numberOf = (mail: Sent): number => Number(/\[GES-(\d+)\]/.exec(mail.subject)?.[1] ?? 0)
const found = (number: number) => gateway.ticket(number, 'gestion')
/** In one line: mails are wrapped. */
const flat = (mail: Sent): string => mail.text.replace(/\s+/g, ' ')
const to = (mails: readonly Sent[], address: string): Sent[] => mails.filter((mail) => mail.to === address)

interface Opened {
  readonly number: number
  readonly ack: Sent
  readonly told: Sent
  readonly sent: readonly Sent[]
}

async function opens(subject: string, text: string, more: Partial<Written> = {}): Promise<Opened> {
  const sent = await gateway.exchange({ from: rosa, to: desk, subject, text, ...more })
  const [ack] = to(sent, at)
  const told = sent.find((mail) => mail.to.endsWith('@gestion.staff.test'))
  if (!ack || !told) throw new Error(sent.map((mail) => `${mail.to}: ${mail.subject}`).join(' | '))
  return { number: numberOf(ack), ack, told, sent }
}
const answers = (told: Sent, text: string): Promise<Sent[]> => gateway.reply(told, { from: told.to, text })

test('G1: within office hours nothing is said of costs', async () => {
  const { ack } = await opens('BANCOS, Factura mal cargada', 'La factura quedó mal cargada.')
  expect(flat(ack)).not.toContain('costos adicionales')
})

test('G1: outside office hours the ticket is stored at once and flagged, and the acknowledgement names availability and costs', async () => {
  await gateway.advance(9 * hour)
  const { number, ack } = await opens('BANCOS, Factura mal cargada', 'La factura quedó mal cargada.')
  expect(flat(ack)).toContain('sujeta a disponibilidad y a costos adicionales de facturación')
  expect(flat(ack)).toContain('de lunes a viernes, de 9:00 a 17:00')
  expect((await found(number)).tags).toContain('out-of-hours')
})

test('G2: the module in the subject sends the ticket to who looks after it', async () => {
  const { number, told } = await opens('BANCOS, Factura mal cargada', 'La factura quedó mal cargada.')
  expect(await found(number)).toMatchObject({ queue: 'finance', fields: { module: 'BANCOS' } })
  expect(told.text).toContain('BANCOS')
  const system = await opens('SEGURIDAD, Usuario de caja bloqueado', 'El usuario quedó bloqueado.')
  expect(system.told.to).toBe('expert@gestion.staff.test')
})

test.each(['Urgente', '¿Qué pasaría?', 'Ayuda por favor', 'BANCOS'])(
  'G2: "%s" is no subject: the rule and an example are answered and the ticket waits',
  async (subject) => {
    const { number, ack } = await opens(subject, 'El asiento no cuadra.')
    expect(flat(ack)).toContain('BANCOS, Factura mal cargada')
    expect(flat(ack)).toContain('CUENTAS POR PAGAR')
    expect(await found(number)).toMatchObject({ status: 'waiting', tags: expect.arrayContaining(['subject-wanted']) })
  },
)

test('G2: the corrected subject is taken from the subject of the reply', async () => {
  const { number, ack } = await opens('Ayuda', 'El balance no cuadra.')
  await gateway.reply(ack, { from: rosa, subject: 'CONTABILIDAD, Balance descuadrado', text: 'Corregido.' })
  expect(await found(number)).toMatchObject({
    subject: 'CONTABILIDAD, Balance descuadrado',
    status: 'open',
    queue: 'finance',
    tags: [],
    fields: { module: 'CONTABILIDAD' },
  })
})

test('G2: or from its first line', async () => {
  const { number, ack } = await opens('Ayuda', 'El balance no cuadra.')
  await gateway.reply(ack, { from: rosa, text: 'Asunto: CONTABILIDAD, Balance descuadrado\n\nDisculpen.' })
  expect(await found(number)).toMatchObject({ subject: 'CONTABILIDAD, Balance descuadrado', queue: 'finance' })
})

test('G2: what the case lacks is asked for once its module is known', async () => {
  const { ack } = await opens('Ayuda', 'El balance no cuadra.')
  const sent = await gateway.reply(ack, {
    from: rosa,
    subject: 'CONTABILIDAD, Balance descuadrado',
    text: 'Corregido.',
  })
  const asked = only(sent, at)
  expect(flat(asked)).toContain('la fecha de la operación')
  expect(flat(asked)).toContain('el comprobante contable')
})

test('G3: what is missing is asked for in the acknowledgement; later mails tick it off, and nothing is asked twice', async () => {
  const { number, ack } = await opens(
    'BANCOS, Reporte de conciliación errado',
    'El comprobante 4471 no aparece en el reporte.',
  )
  expect(flat(ack)).toContain('la fecha de la operación')
  expect(flat(ack)).toContain('la ruta completa por donde lo solicita')
  expect(flat(ack)).not.toContain('- el comprobante contable')
  expect((await found(number)).fields).toMatchObject({ voucher: '4471' })
  const second = await gateway.reply(ack, {
    from: rosa,
    text: 'Fecha 12/11/2026. Ruta: Bancos > Reportes > Conciliación',
  })
  expect(to(second, at)).toEqual([])
  expect((await found(number)).fields).toMatchObject({ 'document-date': '2026-11-12' })
  await gateway.reply(ack, {
    from: rosa,
    text: 'Adjunto la pantalla.',
    attachments: [
      { filename: 'pantalla.png', content: Buffer.from('89504e470d0a1a0a', 'hex'), contentType: 'image/png' },
    ],
  })
  expect((await found(number)).fields).toMatchObject({ screens: true, voucher: '4471' })
})

test('G4: a new mail about a case that is open already is added to it, and its author is told', async () => {
  const first = await opens('BANCOS, Conciliación descuadrada', 'La conciliación de octubre no cuadra.')
  const sent = await gateway.exchange({
    from: rosa,
    to: desk,
    subject: 'BANCOS, conciliación descuadrada',
    text: 'Sigue sin cuadrar, ¿alguna novedad?',
  })
  expect(flat(only(sent, at))).toContain(`Ya tiene abierta la solicitud GES-${first.number}`)
  expect(only(sent, agent).text).toContain('¿alguna novedad?')
  expect((await found(first.number)).entries.filter((entry) => entry.kind === 'customer')).toHaveLength(2)
})

test('G4: a mail that only resembles an open case opens its ticket and offers to join; joined by mail, all goes on in the first', async () => {
  const first = await opens('SOCIOS, Acción 1234 sin foto', 'La acción 1234 aparece sin foto en la ficha del socio.')
  const second = await opens('SOCIOS, Foto que falta', 'Sobre la acción 1234: la ficha del socio sigue sin foto.')
  expect(second.number).not.toBe(first.number)
  expect(flat(second.ack)).toContain(`GES-${first.number}`)
  expect(second.told.text).toContain(`#fusionar GES-${first.number}`)
  const sent = await gateway.exchange({ from: rosa, to: choiceIn(second.ack, /mismo caso/), subject: '', text: '' })
  expect(flat(only(sent, at))).toContain(`GES-${first.number}`)
  expect(await found(second.number)).toMatchObject({ status: 'closed', links: [`merged gestion#${first.number}`] })
  expect((await found(first.number)).entries.map((entry) => entry.text).join()).toContain('sigue sin foto')
})

test('G4: whom nothing proves is told of no open case', async () => {
  const first = await opens('BANCOS, Conciliación descuadrada', 'La conciliación de octubre no cuadra.')
  const second = await opens('BANCOS, conciliación descuadrada', 'Sigue sin cuadrar.', { auth: null })
  expect(second.number).not.toBe(first.number)
  expect(second.ack.text).not.toContain(`GES-${first.number}`)
})

test('G4: another voucher is another case', async () => {
  const first = await opens('BANCOS, Factura mal cargada', 'La factura 4471 quedó mal cargada.')
  const second = await opens('BANCOS, Factura mal cargada', 'La factura 4502 quedó mal cargada.')
  expect(second.number).not.toBe(first.number)
})

test('G4: nobody joins a case of somebody else', async () => {
  const first = await opens('BANCOS, Conciliación descuadrada', 'La conciliación no cuadra.')
  const sent = await gateway.exchange({
    from: 'Luis Alberto Rangel <other@gestion.client.test>',
    to: desk,
    subject: 'BANCOS, Conciliación descuadrada',
    text: 'La conciliación no cuadra.',
  })
  const ack = only(sent, 'other@gestion.client.test')
  expect(numberOf(ack)).not.toBe(first.number)
  expect(ack.text).not.toContain(`GES-${first.number}`)
})

test('G4: two cases in one mail are split by the agent, and the customer learns the second number', async () => {
  const { number, told } = await opens(
    'BANCOS, Factura mal cargada',
    'La factura quedó mal cargada. Además, el inventario muestra existencias negativas.',
  )
  const sent = await answers(
    told,
    '#separar INVENTARIO, Existencias negativas\n\nEl inventario muestra existencias negativas.',
  )
  const second = only(sent, at)
  expect(numberOf(second)).toBe(number + 1)
  expect(await found(number + 1)).toMatchObject({
    subject: 'INVENTARIO, Existencias negativas',
    links: [`split gestion#${number}`],
  })
})

test('G5: the agent’s answer goes out under the ticket’s number, without the agent’s own address', async () => {
  const { number, told } = await opens('BANCOS, Factura mal cargada', 'La factura quedó mal cargada.')
  const answer = only(await answers(told, 'Ya la corregimos; por favor verifique.'), at)
  expect(answer.subject).toContain(`[GES-${number}]`)
  expect(answer.from).toBe(desk)
  expect(answer.raw).not.toContain(agent)
  expect(flat(answer)).toContain('Toda respuesta nuestra se da a través del ticket')
})

test('G5: an answer that an agent wrote to the customer directly stands on the ticket, and is not sent a second time', async () => {
  const { number, told } = await opens('BANCOS, Factura mal cargada', 'La factura quedó mal cargada.')
  const sent = await gateway.exchange({
    from: agent,
    to: [told.replyTo, at],
    subject: told.subject,
    inReplyTo: told.messageId,
    text: 'Ya la corregimos; por favor verifique.',
  })
  expect(to(sent, at)).toEqual([])
  expect((await found(number)).entries).toContainEqual(
    expect.objectContaining({ kind: 'agent', public: true, text: expect.stringContaining('Ya la corregimos') }),
  )
  expect((await found(number)).status).toBe('waiting')
})

test('G6: not answered within 24 hours of working days, the customer gets the telephone numbers and the supervisor is told', async () => {
  // A ticket of Friday 16:00 may wait until Monday 16:00.
  await gateway.advance(2 * 24 * hour + 5 * hour)
  const { number } = await opens('INVENTARIO, Existencia negativa', 'El almacén muestra existencia negativa.')
  const weekend = await gateway.advance(71 * hour)
  expect(to(weekend, at)).toEqual([])
  const late = await gateway.advance(hour)
  const mail = only(late, at)
  expect(mail.text).toContain('+58 212 555 01 00')
  expect(mail.text).toContain(`GES-${number}`)
  expect(only(late, supervisor).text).toContain(`GES-${number}`)
})

test('G6: answered in time, nobody is told of anything', async () => {
  const { told } = await opens('INVENTARIO, Existencia negativa', 'El almacén muestra existencia negativa.')
  await answers(told, '#estado en atención\n\nLo estamos revisando.')
  const sent = await gateway.advance(48 * hour)
  expect(to(sent, at)).toEqual([])
  expect(to(sent, supervisor)).toEqual([])
})

test('G7, G12: each answer asks for the customer’s word; after one business day a reminder, after two the ticket closes', async () => {
  const { number, told } = await opens('BANCOS, Factura mal cargada', 'La factura quedó mal cargada.')
  const answer = only(await answers(told, 'Ya la corregimos.'), at)
  expect(flat(answer)).toContain('Necesitamos su respuesta, esté solucionado o no')
  expect((await found(number)).status).toBe('waiting')
  const reminded = only(await gateway.advance(24 * hour), at)
  expect(flat(reminded)).toContain('Esperamos su respuesta')
  expect(flat(reminded)).toContain('se cerrará automáticamente el viernes, 20 de noviembre')
  const closed = only(await gateway.advance(24 * hour), at)
  expect(flat(closed)).toContain('2 días hábiles')
  expect((await found(number)).status).toBe('closed')
})

test('G7: over a week-end the two business days are longer', async () => {
  await gateway.advance(2 * 24 * hour)
  const { number, told } = await opens('BANCOS, Factura mal cargada', 'La factura quedó mal cargada.')
  await answers(told, 'Ya la corregimos.')
  await gateway.advance(3 * 24 * hour)
  expect((await found(number)).status).toBe('waiting')
  await gateway.advance(24 * hour)
  expect((await found(number)).status).toBe('closed')
})

test('G7: a ticket that waits for the staff never closes by itself', async () => {
  const { number } = await opens('BANCOS, Factura mal cargada', 'La factura quedó mal cargada.')
  await gateway.advance(14 * 24 * hour)
  expect((await found(number)).status).toBe('open')
})

test('G7: an answer of the very minute in which it closes is not lost: the ticket goes on', async () => {
  const { number, ack, told } = await opens('BANCOS, Factura mal cargada', 'La factura quedó mal cargada.')
  await answers(told, 'Ya la corregimos.')
  await gateway.advance(48 * hour)
  expect((await found(number)).status).toBe('closed')
  await gateway.advance(30_000)
  const sent = await gateway.reply(ack, { from: rosa, text: 'No, sigue mal.' })
  expect(only(sent, agent).text).toContain('No, sigue mal.')
  expect(await found(number)).toMatchObject({ status: 'open' })
})

test('G8: after closing, an answer opens a new ticket that names the old one', async () => {
  const { number, ack, told } = await opens('BANCOS, Factura mal cargada', 'La factura quedó mal cargada.')
  await answers(told, 'Ya la corregimos.')
  await gateway.advance(48 * hour)
  await gateway.advance(hour)
  const sent = await gateway.reply(ack, { from: rosa, text: 'BANCOS, Factura mal cargada otra vez' })
  const next = only(sent, at)
  expect(numberOf(next)).toBe(number + 1)
  expect(flat(next)).toContain(`GES-${number}`)
  expect((await found(number + 1)).links).toContain(`follows gestion#${number}`)
  expect((await found(number)).status).toBe('closed')
})

test.each([
  ['the whole platform is down', 'SISTEMA, Plataforma parada', 'Toda la plataforma está caída.', 'plataforma parada'],
  [
    'billing to members is down',
    'FACTURACIÓN, Detenida',
    'Está parada la facturación a socios.',
    'facturación a socios parada',
  ],
  [
    'payroll',
    'NÓMINA, No genera el archivo',
    'Es urgente: hoy pagamos la nómina.',
    'nómina, cheques, SENIAT o informes contables',
  ],
])('G9: urgent, because %s: the reason stands in the mail and it does not wait', async (_, subject, text, reason) => {
  const { number, ack } = await opens(subject, text)
  expect(await found(number)).toMatchObject({ priority: 'urgent', fields: { 'urgent-reason': reason } })
  expect(flat(ack)).toContain('Lo atendemos como urgente')
  expect(flat(ack)).toContain('a más tardar el miércoles, 18 de noviembre, 12:00')
})

test('G9: urgent without one of the reasons is declined politely, and a later mail may name one', async () => {
  const { number, ack } = await opens('BANCOS, Saldo errado', 'Es urgente, por favor.')
  expect(flat(ack)).toContain('Su ticket sigue su curso normal')
  expect((await found(number)).priority).toBe('normal')
  await gateway.reply(ack, { from: rosa, text: 'Es para la emisión de cheques de hoy.' })
  expect((await found(number)).priority).toBe('urgent')
})

test.each([
  'Me tengo que marchar, vuelvo mañana.',
  'Tengo que marcharme por hoy.',
  'Debo ausentarme hasta el lunes.',
  'Me tengo que ausentar una hora.',
])('G10: "%s" frees the staff', async (words) => {
  const { number, ack } = await opens('BANCOS, Factura mal cargada', 'La factura quedó mal cargada.')
  await gateway.reply(ack, { from: rosa, text: words })
  expect((await found(number)).status).toBe('away')
})

test('G10: the customer says that they must leave: clocks pause, the agent reads it; the next mail resumes', async () => {
  const { number, ack } = await opens('BANCOS, Factura mal cargada', 'La factura quedó mal cargada.')
  const sent = await gateway.reply(ack, { from: rosa, text: 'Me tengo que ir, seguimos mañana.' })
  expect(only(sent, agent).text).toContain('Me tengo que ir')
  const away = await found(number)
  expect(away.status).toBe('away')
  expect(away.clocks.find((clock) => clock.name === 'first-response')?.state).toBe('paused')
  expect(to(await gateway.advance(72 * hour), at)).toEqual([])
  await gateway.reply(ack, { from: rosa, text: 'Ya estoy de vuelta.' })
  const back = await found(number)
  expect(back.status).toBe('open')
  expect(back.clocks.find((clock) => clock.name === 'first-response')?.state).toBe('running')
})

test('G11: somebody who is not trained gets the courses, no ticket, and the mail is kept', async () => {
  const sent = await gateway.exchange({
    from: 'untrained@gestion.client.test',
    to: desk,
    subject: 'SOCIOS, Alta de socio',
    text: 'No sé cómo dar de alta un socio.',
  })
  expect(flat(only(sent, 'untrained@gestion.client.test'))).toContain('cursos de inducción')
  expect(await gateway.trail()).toContain('held:requirement')
})

test('G13: a telephone number in the mail is put before the agent; the acknowledgement says not to call and to watch the ticket', async () => {
  const { number, ack, told } = await opens(
    'BANCOS, Factura mal cargada',
    'La factura quedó mal cargada. Mi teléfono es 0414-555 01 01, preguntar por Rosa.',
  )
  expect((await found(number)).fields.callback).toContain('0414')
  expect(flat(told)).toMatch(/Teléfono que dejó el cliente 0414/)
  expect(flat(ack)).toContain('No es necesario que llame')
  expect(flat(ack)).toContain('Esté pendiente de este correo')
})

test('G14: a special run is announced with its date; on that day the claim of urgency is granted', async () => {
  const announced = await opens('CARNETIZACIÓN, Proceso anual', 'Les avisamos que la carnetización será el 20/11/2026.')
  expect(await found(announced.number)).toMatchObject({ type: 'special-run', fields: { 'run-date': '2026-11-20' } })
  expect(flat(announced.ack)).toContain(
    'Hemos tomado nota del proceso especial para el viernes, 20 de noviembre de 2026.',
  )
  await gateway.advance(48 * hour)
  const claimed = await opens(
    'CARNETIZACIÓN, Urgente: no imprime',
    'Estamos en la carnetización y la impresora no responde.',
  )
  expect(claimed.number).not.toBe(announced.number)
  expect((await found(claimed.number)).priority).toBe('urgent')
  expect(flat(claimed.ack)).toContain('que nos anunció para hoy')
})

test('G14: a special run that nobody announced is answered with the rule', async () => {
  const { number, ack } = await opens('CARNETIZACIÓN, Urgente: no imprime', 'Estamos en la carnetización.')
  expect((await found(number)).priority).toBe('normal')
  expect(flat(ack)).toContain('no encontramos un aviso suyo para hoy')
})

test('G15: who has no login gets a form to fill in by mail; filled in, the staff get a request and register by one mail', async () => {
  const pedro = 'Pedro Lárez <pedro@club-nuevo.test>'
  const first = await gateway.exchange({
    from: pedro,
    to: desk,
    subject: 'No poseo login',
    text: 'Buenos días, no poseo login ni password y quiero registrarme.',
  })
  const form = only(first, 'pedro@club-nuevo.test')
  expect(form.text).toContain('Nombre y apellido:')
  expect(form.text).toContain('Empresa o institución:')
  const filled = await gateway.reply(form, {
    from: pedro,
    text: [
      '- Nombre y apellido: Pedro Lárez',
      '- Empresa o institución: Club Nuevo',
      '- Cargo: administrador',
      '- Teléfono: +58 412 555 77 00',
      '- Módulos que utiliza: BANCOS, NÓMINA',
      '- ¿Ha recibido la inducción en el sistema? ¿Cuándo y con quién?: sí, en marzo, con Yajaira',
    ].join('\n'),
  })
  const request = only(filled, agent)
  for (const words of ['Pedro Lárez', 'Club Nuevo', '+58 412 555 77 00', 'en marzo, con Yajaira'])
    expect(flat(request)).toContain(words)
  const registered = await gateway.exchange({
    from: agent,
    to: choiceIn(request, /Registrar/),
    subject: '',
    text: '',
  })
  expect(flat(only(registered, 'pedro@club-nuevo.test'))).toContain('ya está registrada')
  const [row] = await gateway.database.sql<{ name: string; phone: string; attributes: Record<string, string> }[]>`
    select c.name, c.phone, c.attributes from contact c join person p on p.desk = c.desk and p.contact = c.id
    where c.desk = 'gestion' and p.address = 'pedro@club-nuevo.test'`
  expect(row).toMatchObject({
    name: 'Pedro Lárez',
    phone: '+58 412 555 77 00',
    attributes: { position: 'administrador' },
  })
})

test('G15: half a form is asked for again, by what is missing', async () => {
  const pedro = 'Pedro Lárez <pedro@club-nuevo.test>'
  const form = only(
    await gateway.exchange({ from: pedro, to: desk, subject: 'Registro', text: 'No poseo login, quiero registrarme.' }),
    'pedro@club-nuevo.test',
  )
  const sent = await gateway.reply(form, {
    from: pedro,
    text: '- Nombre y apellido: Pedro Lárez\n- Cargo: administrador',
  })
  const again = only(sent, 'pedro@club-nuevo.test')
  expect(flat(again)).toContain('Empresa o institución')
  expect(flat(again)).not.toContain('Cargo:')
  expect(to(sent, agent)).toEqual([])
})
