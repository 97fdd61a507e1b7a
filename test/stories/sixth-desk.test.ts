// A desk that nobody had in mind: Arabic, from right to left, made of YAML and templates alone (test/fixtures/sixth-desk). What it needs
// of the common templates for its staff comes from the program.

import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { packageRoot } from '../../src/package-root.ts'
import { numberIn } from '../support/conversation.ts'
import { startExampleDesks } from '../support/example-desks.ts'
import { choiceIn, only, type Sent, type TestGateway } from '../support/gateway.ts'

const desk = 'suq'
const file = join(packageRoot, 'test/fixtures/sixth-desk/guichet.yaml')
const ahmad = 'أحمد عبد الله <contact@suq.client.test>'
const mona = 'منى السيد <agent@suq.staff.test>'

let gateway: TestGateway
afterEach(() => gateway.close())

const start = async (at = '2026-11-18T08:00:00Z'): Promise<void> => {
  gateway = await startExampleDesks([desk], at, file)
}
const ask = (from: string, subject: string, text: string): Promise<Sent[]> =>
  gateway.exchange({ from, to: `${desk}@guichet.test`, subject, text })

test('a request in Arabic is read, routed and acknowledged in Arabic, from right to left', async () => {
  await start()
  const sent = await ask(ahmad, 'تأخر التسوية', 'السلام عليكم، لم تصلنا تسوية الدفعة رقم 48213 حتى الآن.')
  const ack = only(sent, 'contact@suq.client.test')
  const number = numberIn(ack.subject)
  expect(ack.subject).toBe(`Re: [SUQ-${number}] تأخر التسوية`)
  expect(ack.html).toContain('<html lang="ar" dir="rtl">')
  expect(ack.html).not.toContain('text-align:left')
  expect(ack.text).toContain('استلمنا')
  expect(ack.text).toContain('سيصلكم الرد في موعد أقصاه')
  expect(ack.text).toContain('مكتب مساعدة سوق الجملة')
  expect(ack.headers.get('content-language')).toBe('ar')
  expect(await gateway.ticket(number, desk)).toMatchObject({
    type: 'payment',
    queue: 'finance',
    fields: { lot: '48213' },
  })
  // Staff read English here; the customer's words stay as they are.
  const told = only(sent, 'expert@suq.staff.test')
  expect(told.text).toContain('لم تصلنا تسوية')
  expect(told.text).toContain('in the name of')
  expect(told.html).toContain('dir="ltr"')
})

test('a known question is answered in the acknowledgement; outside hours it says when the desk opens', async () => {
  await start('2026-11-20T10:00:00Z')
  const ack = only(await ask(ahmad, 'سؤال', 'مرحبًا، متى تُصرف مستحقات البيع من فضلكم؟'), 'contact@suq.client.test')
  expect(ack.text).toContain('كل يوم اثنين وخميس')
  expect(ack.text.replace(/\s+/g, ' ')).toContain('مكاتبنا مغلقة الآن')
  expect(ack.text.replace(/\s+/g, ' ')).toContain('من الأحد إلى الخميس من 8:00 إلى 15:00')
})

test('answer, confirmation in plain Arabic words, and an English trader at the same desk', async () => {
  await start()
  const sent = await ask(ahmad, 'الميزان 4', 'الميزان رقم 4 لا يعمل منذ الصباح والبيع متوقف في القاعة كلها.')
  const told = only(sent, 'agent@suq.staff.test')
  expect((await gateway.ticket(1, desk)).priority).toBe('high')
  const answered = only(
    await gateway.reply(told, { from: mona, text: '#solve\nأُعيد تشغيل الميزان، جرّبوه من فضلكم.' }),
    'contact@suq.client.test',
  )
  expect(answered.text).toContain('جرّبوه من فضلكم')
  expect(choiceIn(answered, /نعم، حُلّت/)).toContain('@reply.guichet.test')
  const thanks = await gateway.reply(answered, { from: ahmad, text: 'نعم، شكرًا جزيلًا' })
  expect(only(thanks, 'contact@suq.client.test').text).toContain('شكرًا لتأكيدكم')
  expect((await gateway.ticket(1, desk)).status).toBe('closed')
  const english = await ask(
    'Karim Adel <trader@delta.client.test>',
    'Scale',
    'Hello, the scale in hall 2 does not print.',
  )
  expect(only(english, 'trader@delta.client.test').html).toContain('<html lang="en" dir="ltr">')
})

test('the page of the request is Arabic, from right to left', async () => {
  await start()
  const ack = only(await ask(ahmad, 'استفسار عن الرسوم', 'كم رسوم دخول الشاحنة إلى السوق؟'), 'contact@suq.client.test')
  const link = /http:\/\/\S+\/t\/\S+/.exec(ack.text)?.[0] ?? ''
  const page = await (await fetch(link, { headers: { 'accept-language': 'ar' } })).text()
  expect(page).toContain('<html lang="ar" dir="rtl">')
  expect(page).toContain('الحالة')
  expect(page).toContain('كم رسوم دخول الشاحنة')
})

test('people whose address is not ASCII are served: Arabic before the sign, an A-label or Arabic behind it', async () => {
  await start()
  const sent = await ask('ليلى <ليلى@سوق.example>', 'سؤال', 'كم رسوم دخول الشاحنة إلى السوق؟')
  const ack = only(sent, 'ليلى@سوق.example')
  expect(ack.raw).toContain(Buffer.from('<ليلى@سوق.example>').toString('latin1'))
  const answer = await gateway.reply(ack, { from: 'ليلى <ليلى@سوق.example>', text: 'الشاحنة من عشرة أطنان.' })
  expect(answer.map((m) => m.to)).toEqual(['agent@suq.staff.test'])
  expect((await gateway.ticket(1, desk)).entries.filter((e) => e.kind === 'customer')).toHaveLength(2)
  const idn = await ask('Sami <sami@سوق.example>', 'Question', 'How much is the fee for a lorry, please?')
  only(idn, 'sami@xn--ygb4ar.example')
})
