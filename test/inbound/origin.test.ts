import { describe, expect, test } from 'vitest'
import type { OriginKind } from '../../src/inbound/message.ts'
import { parseMail } from '../../src/inbound/parse.ts'

const read = async (headers: readonly string[], body = 'Hello, the printer is broken.') => {
  const all = ['From: Ann <ann@example.org>', 'To: desk@example.net', ...headers]
  const has = (name: string) => headers.some((header) => header.toLowerCase().startsWith(`${name}:`))
  if (!has('subject')) all.push('Subject: printer')
  const kept = has('from') ? all.slice(1) : all
  return (await parseMail(Buffer.from(`${kept.join('\r\n')}\r\n\r\n${body}\r\n`))).origin
}

describe('what a header says of the sender', () => {
  const rows: [string, string[], OriginKind][] = [
    ['a mail without marks is human', [], 'human'],
    ['Auto-Submitted: no is human', ['Auto-Submitted: no'], 'human'],
    ['Auto-Submitted: No, in any case and with blanks, is human', ['Auto-Submitted:   No  '], 'human'],
    ['Auto-Submitted: no with a comment is human', ['Auto-Submitted: no (written by hand)'], 'human'],
    ['Auto-Submitted: no with a comment within a comment is human', ['Auto-Submitted: no (by (my) hand)'], 'human'],
    ['Auto-Submitted: no behind a comment is human', ['Auto-Submitted: (by hand) no'], 'human'],
    ['Precedence: normal with comments within comments is human', ['Precedence: normal (as (always))'], 'human'],
    ['Auto-Submitted: no with a parameter is human', ['Auto-Submitted: no; x=y'], 'human'],
    ['Auto-Submitted: no with its line folded is human', ['Auto-Submitted:\r\n no'], 'human'],
    ['Auto-Submitted: "no" in quotes is human', ['Auto-Submitted: "no"'], 'human'],
    ['Auto-Submitted without a value is human', ['Auto-Submitted:'], 'human'],
    ['an automatic answer', ['Auto-Submitted: auto-replied'], 'auto-reply'],
    ['an automatic answer in capitals', ['AUTO-SUBMITTED: Auto-Replied (vacation)'], 'auto-reply'],
    ['a generated mail', ['Auto-Submitted: auto-generated'], 'generated'],
    ['a generated mail of another keyword', ['Auto-Submitted: auto-notified'], 'generated'],
    ['X-Autoreply: yes', ['X-Autoreply: yes'], 'auto-reply'],
    ['X-Autoreply: no is human', ['X-Autoreply: no'], 'human'],
    ['X-Autoresponder', ['X-Autoresponder: 1'], 'auto-reply'],
    ['Precedence: auto_reply', ['Precedence: auto_reply'], 'auto-reply'],
    ['X-Precedence: Auto_Reply', ['X-Precedence: Auto_Reply'], 'auto-reply'],
    ['Precedence: Bulk in any case is no person', ['Precedence: Bulk'], 'list'],
    ['Precedence: first-class is human', ['Precedence: first-class'], 'human'],
    ['Precedence: normal is human', ['Precedence: normal'], 'human'],
    ['a wish to get no automatic answer is no verdict', ['X-Auto-Response-Suppress: All'], 'human'],
    ['List-Unsubscribe alone makes nobody a list', ['List-Unsubscribe: <https://example.org/u>'], 'human'],
    ['List-Id is a list', ['List-Id: <users.example.org>'], 'list'],
    [
      'ServiceNow marks what its people write as generated',
      ['X-ServiceNow-Generated: true', 'Auto-Submitted: auto-generated'],
      'human',
    ],
    [
      'what people write through ServiceNow stays human with Precedence: bulk',
      ['X-ServiceNow-Generated: true', 'Auto-Submitted: auto-generated', 'Precedence: bulk'],
      'human',
    ],
    ['a word that begins like bulk is human', ['Precedence: bulky-goods'], 'human'],
    ['Precedence: LIST in capitals is a list', ['Precedence: LIST'], 'list'],
    ['X-Auto-Response-Suppress: AutoReply is no verdict', ['X-Auto-Response-Suppress: AutoReply'], 'human'],
    [
      'a wish for no automatic answer makes no leave of absence automatic',
      ['X-Auto-Response-Suppress: DR, OOF, AutoReply', 'Subject: Absence demain'],
      'human',
    ],
    ['X-Loop: yes of OTRS and its kin is generated', ['X-Loop: yes'], 'generated'],
    ['a tracker that sets X-Loop alone is human', ['X-Loop: bugs@example.org'], 'human'],
    [
      'an Exchange rule that answers',
      ['X-MS-Exchange-Inbox-Rules-Loop: ann@example.org', 'X-Auto-Response-Suppress: All'],
      'auto-reply',
    ],
    [
      'what people write to a mailbox whose Exchange rule passes it on to the desk is human',
      ['X-MS-Exchange-Inbox-Rules-Loop: support@example.net'],
      'human',
    ],
    ['X-Autorespond without a value says nothing', ['X-Autorespond:'], 'human'],
    ['Apple’s vacation answer', ['X-Apple-Action: vacation'], 'auto-reply'],
    ['a null return path alone is no bounce', ['Return-Path: <>'], 'human'],
    [
      'Apple’s unsubscribe answer is feedback',
      ['Auto-Submitted: auto-replied', 'X-Apple-Unsubscribe: true'],
      'feedback',
    ],
    ['a subject that begins with "autoreply"', ['Subject: AutoReply: received'], 'auto-reply'],
  ]
  test.each(rows)('%s', async (_title, headers, kind) => {
    expect((await read(headers)).kind).toBe(kind)
  })

  test('a wish to get no automatic answer is kept beside the verdict', async () => {
    expect(await read(['X-Auto-Response-Suppress: OOF, AutoReply'])).toMatchObject({
      kind: 'human',
      suppressAutoReply: true,
    })
    expect(await read(['X-Auto-Response-Suppress: None'])).toMatchObject({ suppressAutoReply: false })
  })

  test('the marks of a list are told even when something stronger holds', async () => {
    expect(await read(['List-Id: <users.example.org>', 'Auto-Submitted: auto-replied'])).toMatchObject({
      kind: 'auto-reply',
      list: true,
    })
  })

  test('the evidence names the line that decided', async () => {
    expect((await read(['Auto-Submitted: auto-replied'])).evidence).toContain('Auto-Submitted: auto-replied')
  })
})

describe('an out-of-office answer is known by its words', () => {
  test.each([
    ['English', 'Automatic reply: printer'],
    ['English', 'Out of Office: printer'],
    ['English', 'Out of the office until Monday'],
    ['French', 'Réponse automatique : imprimante'],
    ['German', 'Automatische Antwort: Drucker'],
    ['German', 'Abwesenheitsnotiz: Drucker'],
    ['Spanish', 'Respuesta automática: impresora'],
    ['Portuguese', 'Resposta automática: impressora'],
    ['Italian', 'Risposta automatica: stampante'],
    ['Dutch', 'Automatisch antwoord: printer'],
    ['Danish', 'Automatisk svar: printer'],
    ['Swedish', 'Autosvar: skrivare'],
    ['Norwegian', 'Fraværsmelding: skriver'],
    ['Finnish', 'Automaattinen vastaus: tulostin'],
    ['Polish', 'Odpowiedź automatyczna: drukarka'],
    ['Czech', 'Automatická odpověď: tiskárna'],
    ['Russian', 'Автоматический ответ: принтер'],
    ['Turkish', 'Otomatik yanıt: yazıcı'],
    ['Japanese', '自動応答: プリンター'],
    ['Chinese', '自动答复: 打印机'],
    ['Korean', '자동 회신: 프린터'],
    ['Arabic', 'رد تلقائي: الطابعة'],
    ['Greek', 'Αυτόματη απάντηση: εκτυπωτής'],
    ['Catalan', 'Resposta automàtica: impressora'],
    ['Slovak', 'Automatická odpoveď: tlačiareň'],
    ['Hungarian', 'Automatikus válasz: nyomtató'],
    ['Romanian', 'Răspuns automat: imprimantă'],
    ['Croatian', 'Automatski odgovor: pisač'],
    ['Slovenian', 'Samodejni odgovor: tiskalnik'],
    ['Ukrainian', 'Автоматична відповідь: принтер'],
    ['Bulgarian', 'Автоматичен отговор: принтер'],
    ['Hebrew', 'תשובה אוטומטית: מדפסת'],
    ['Thai', 'ตอบกลับอัตโนมัติ: เครื่องพิมพ์'],
    ['Vietnamese', 'Trả lời tự động: máy in'],
    ['Indonesian', 'Balasan otomatis: printer'],
    ['Estonian', 'Automaatvastus: printer'],
    ['Lithuanian', 'Automatinis atsakymas: spausdintuvas'],
    ['Latvian', 'Automātiska atbilde: printeris'],
    ['any, behind a token', '[ABC-12] Automatic reply: printer'],
    ['any, of a machine that writes Re: and answers nothing', 'Re: [ABC-12] Automatic reply: printer'],
  ])('%s: %s', async (_language, subject) => {
    expect(await read([`Subject: ${subject}`])).toMatchObject({ kind: 'auto-reply', vacation: true })
  })

  test.each([
    ['a question about an absence', 'How do I set my out of office?'],
    ['an autosave trouble', 'Autosave is broken'],
    ['a holiday request', 'Question about holidays'],
    ['automatic doors', 'Automatic doors do not open'],
    ['a German who wants to set one up', 'Abwesenheitsnotiz einrichten in Outlook'],
    ['a Frenchman whose automatic answer fails', 'Réponse automatique ne fonctionne plus'],
    ['a Spaniard away from his desk', 'Fuera de la oficina no puedo entrar en la VPN'],
    ['a Brazilian away from his desk', 'Fora do escritório não consigo abrir o sistema'],
    ['a Japanese who gets no automatic answer', '自動返信が届きません'],
    ['somebody who is away and says so', 'Out of office today, please call Bob instead'],
    ['a colleague who is away', 'Bob is out of the office, who helps me?'],
  ])('%s is human', async (_title, subject) => {
    expect(await read([`Subject: ${subject}`])).toMatchObject({ kind: 'human', vacation: false })
  })

  test.each(['Message d’absence', 'Abwesenheitsnotiz', 'Respuesta automática', 'Fraværsmelding', 'Automatic reply'])(
    '“%s” alone is an absence notice when it answers a mail or a machine sent it, else somebody asks about his own',
    async (subject) => {
      const [bare, answer, sent] = await Promise.all([
        read([`Subject: ${subject}`], 'How do I switch it on?'),
        read([`Subject: ${subject}`, 'In-Reply-To: <1@example.net>']),
        read([`Subject: ${subject}`, 'Auto-Submitted: auto-generated']),
      ])
      expect(bare).toMatchObject({ kind: 'human', vacation: false })
      expect(answer).toMatchObject({ kind: 'auto-reply', vacation: true })
      expect(sent).toMatchObject({ kind: 'auto-reply', vacation: true })
    },
  )

  test.each([
    ['answers an absence notice', ['Subject: RE: Automatic reply: printer', 'In-Reply-To: <1@example.net>']],
    ['answers one in German', ['Subject: AW: Automatische Antwort: Drucker', 'References: <1@example.net>']],
    ['passes one on', ['Subject: Fwd: Automatic reply: printer']],
    ['passes one on in French', ['Subject: TR: Réponse automatique : imprimante']],
    ['passes one on in Spanish', ['Subject: RV: Respuesta automática: impresora']],
    ['asks about his own', ['Subject: Absence du bureau : comment la configurer ?']],
  ])('who %s is human', async (_title, headers) => {
    expect(await read(headers)).toMatchObject({ kind: 'human', vacation: false })
  })

  test('the words of an absence count when a header says that a machine answered', async () => {
    expect(await read(['Auto-Submitted: auto-replied'], 'I am out of the office until Monday.')).toMatchObject({
      vacation: true,
    })
    expect(await read(['Auto-Submitted: auto-replied'], 'We received your request.')).toMatchObject({
      kind: 'auto-reply',
      vacation: false,
    })
    expect(await read([], 'I am out of the office until Monday, please answer Bob.')).toMatchObject({ kind: 'human' })
  })
})

describe('machines that tell of an absence in their own ways', () => {
  test.each([
    ['Dovecot', ['Auto-Submitted: auto-replied (vacation)', 'Subject: Re: printer']],
    ['Zimbra', ['Auto-Submitted: auto-replied (zimbra; vacation)', 'Precedence: bulk', 'Subject: Re: printer']],
    ['an owner (RFC 5436)', ['Auto-Submitted: auto-replied; owner-email="bob@example.org"', 'Subject: Re: printer']],
    ['Lotus Notes', ['Return-Path: <>', 'Subject: Bob Smith is out of the office (returning 30/11/2026)']],
    ['an unknown ending', ['Auto-Submitted: auto-generated', 'Subject: Automatic reply']],
  ])('%s', async (_machine, headers) => {
    expect(await read(headers)).toMatchObject({ kind: 'auto-reply', vacation: true })
  })

  test.each([
    ['English', 'Hi, I will be back on Monday.'],
    ['English', 'I have limited access to email this week.'],
    ['French', 'Je serai de retour le 30 novembre.'],
    ['German', 'Ab dem 30. November bin ich wieder im Büro.'],
    ['Spanish', 'Estaré de vuelta el lunes.'],
    ['Portuguese', 'Estarei de volta na segunda-feira.'],
  ])('%s text below a header that says so: %s', async (_language, text) => {
    expect(await read(['Auto-Submitted: auto-replied', 'X-Autoreply: yes'], text)).toMatchObject({ vacation: true })
    expect(await read([], text)).toMatchObject({ kind: 'human', vacation: false })
  })
})

describe('failure notices without a report', () => {
  test.each([
    ['a mail system as sender', ['From: MAILER-DAEMON@example.org', 'Subject: hello'], 'bounce'],
    [
      'a postmaster’s program that names whom it could not reach',
      ['From: postmaster@example.org', 'Subject: Undeliverable Mail', 'X-Mailer: <SMTP32 v8.22>'],
      'bounce',
      'Unknown user: bob@example.com',
    ],
    ['a postmaster who writes himself', ['From: postmaster@example.org', 'Subject: our new servers'], 'human'],
    ['an undeliverable mail with its reason', ['Subject: Undeliverable: printer', 'Return-Path: <>'], 'bounce'],
    ['a person who asks about one', ['Subject: Re: Undeliverable: printer', 'In-Reply-To: <1@example.net>'], 'human'],
    ['failed recipients named by a header', ['X-Failed-Recipients: bob@example.com'], 'bounce'],
  ] as [string, string[], OriginKind, string?][])('%s', async (_title, headers, kind, body) => {
    expect((await read(headers, body)).kind).toBe(kind)
  })
})

describe('people who write about undelivered mail', () => {
  test.each([
    [
      'ask about it',
      ['Subject: Mail delivery failed'],
      'My mail could not be delivered. It says: 550 5.1.1 user unknown. What now?',
    ],
    [
      'forward it',
      ['Subject: Fwd: Undelivered Mail Returned to Sender'],
      'See below.\r\n\r\n---------- Forwarded message ---------\r\nFrom: MAILER-DAEMON@example.org\r\nDate: Mon, 2 Nov 2026\r\nSubject: Undelivered Mail Returned to Sender\r\nTo: ann@example.org\r\n\r\n<bob@example.com>: 550 5.1.1 user unknown',
    ],
    [
      'answer it',
      ['Subject: Re: failure notice', 'In-Reply-To: <1@example.net>'],
      'Did you see this? The following address failed: 550 user unknown.',
    ],
    [
      'are postmasters who ask why',
      ['From: Postmaster <postmaster@example.org>', 'Subject: Delivery problem with your mails'],
      'Since this morning your mails to us could not be delivered. Our log says "550 5.1.1 user unknown". Can you look?',
    ],
    [
      'are postmasters who paste a notice into their mail client',
      [
        'From: Postmaster <postmaster@example.org>',
        'Subject: Undeliverable mail',
        'User-Agent: Mozilla Thunderbird',
        'MIME-Version: 1.0',
      ],
      'What does this mean?\r\n\r\n<bob@example.com>: 550 5.1.1 user unknown',
    ],
    [
      'are system administrators',
      ['From: System Administrator <it@example.org>', 'Subject: Mail delivery failed again'],
      'Hello, the invoices that you send are returned to sender, since Monday. What can we do?',
    ],
    [
      'work for a company of that name',
      ['From: "Hans, Mail Systems" <hans@mailsystems.example>', 'Subject: Delivery problem'],
      'The following message was not delivered: invoice 12.',
    ],
  ])('%s and stay people', async (_title, headers, body) => {
    expect((await read(headers, body)).kind).toBe('human')
  })
})

describe('subjects that people use too', () => {
  test.each([
    ['a car in German', 'Auto: Kratzer an der Tür'],
    ['a leave in French', 'Absence : demande de congé'],
    ['a leave in Swedish', 'Frånvaro nästa vecka'],
  ])('%s is human, and vacation when a machine answered', async (_title, subject) => {
    expect(await read([`Subject: ${subject}`])).toMatchObject({ kind: 'human', vacation: false })
    expect(await read([`Subject: ${subject}`, 'Auto-Submitted: auto-replied'])).toMatchObject({
      kind: 'auto-reply',
      vacation: true,
    })
    expect(await read([`Subject: ${subject}`, 'Return-Path: <>', 'X-Auto-Response-Suppress: All'])).toMatchObject({
      kind: 'auto-reply',
      vacation: true,
    })
  })
})
