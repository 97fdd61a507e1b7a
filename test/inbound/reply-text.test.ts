import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { htmlToText } from '../../src/inbound/html-text.ts'
import { splitReply } from '../../src/inbound/reply-text.ts'

const split = (text: string) => splitReply(text, null)
const splitHtml = (html: string) => {
  const { text, roles } = htmlToText(html)
  return splitReply(text, roles)
}

describe('what is written above a quotation is the reply', () => {
  test.each([
    ['English', 'On Mon, 2 Nov 2026 at 10:00, Ann Smith <ann@example.org> wrote:'],
    ['English, wrapped', 'On Mon, 2 Nov 2026 at 10:00, Ann Smith\n<ann@example.org> wrote:'],
    ['English without an address', 'On 2 Nov 2026, at 10:00, Ann Smith wrote:'],
    ['English, name first', 'Ann Smith <ann@example.org> wrote on 2 Nov 2026:'],
    ['English, between dashes', '---- On Mon, 02 Nov 2026 10:00:00 +0100 ann@example.org wrote ----'],
    ['French', 'Le lun. 2 nov. 2026 à 10:00, Anne Petit <anne@example.fr> a écrit :'],
    ['German', 'Am 02.11.2026 um 10:00 schrieb Anna Klein:'],
    ['German, name first', 'Anna Klein <anna@example.de> schrieb am Mo., 2. Nov. 2026 um 10:00 Uhr:'],
    ['Spanish', 'El lun, 2 nov 2026 a las 10:00, Ana Ruiz (<ana@example.es>) escribió:'],
    ['Portuguese', 'Em seg., 2 de nov. de 2026 às 10:00, Ana Reis <ana@example.pt> escreveu:'],
    ['Italian', 'Il giorno lun 2 nov 2026 alle ore 10:00 Anna Rossi <anna@example.it> ha scritto:'],
    ['Dutch', 'Op ma 2 nov 2026 om 10:00 schreef Anna Bos <anna@example.nl>:'],
    ['Danish', 'Den man. 2. nov. 2026 kl. 10.00 skrev Anna Holm <anna@example.dk>:'],
    ['Norwegian', 'man. 2. nov. 2026 kl. 10:00 skrev Anna Berg <anna@example.no>:'],
    ['Swedish', 'Den mån 2 nov. 2026 kl 10:00 skrev Anna Ek <anna@example.se>:'],
    ['Finnish', 'ma 2. marrask. 2026 klo 10.00 Anna Koski (anna@example.fi) kirjoitti:'],
    ['Polish', 'W dniu 2 listopada 2026 10:00 użytkownik Anna Nowak <anna@example.pl> napisał:'],
    ['Russian', 'пн, 2 нояб. 2026 г. в 10:00, Анна Попова <anna@example.ru>:'],
    ['Ukrainian', 'пн, 2 лист. 2026 р. о 10:00 Анна <anna@example.ua> пише:'],
    ['Vietnamese', 'Vào Th 2, 2 thg 11, 2026 vào lúc 10:00 Anh <anh@example.vn> đã viết:'],
    ['Hebrew', '‫בתאריך יום ב׳, 2 בנוב׳ 2026 ב-10:00 מאת ‪Ann‬‏ <‪ann@example.org‬‏>:‬'],
    ['a date and an address', '2026-11-02 10:00 GMT+01:00 Ann Smith <ann@example.org>:'],
  ])('%s', (_language, attribution) => {
    for (const quote of ['> the old mail\n> goes on', 'the old mail\ngoes on']) {
      const found = split(`Yes, it works.\n\n${attribution}\n\n${quote}\n`)
      expect(found.reply).toBe('Yes, it works.')
      expect(found.quote).toContain('the old mail')
    }
  })

  test.each([
    ['Outlook in English', '-----Original Message-----\nFrom: Ann\nSent: Monday\nSubject: x'],
    ['Outlook in German', '-----Ursprüngliche Nachricht-----\nVon: Anna\nGesendet: Montag\nBetreff: x'],
    ['Outlook in French', "-----Message d'origine-----\nDe : Anne\nEnvoyé : lundi\nObjet : x"],
    ['Outlook in Portuguese', '-----Mensagem original-----\nDe: Ana\nAssunto: x'],
    ['QQ', '------------------ 原始邮件 ------------------\n发件人: "a"'],
    ['Proton', '‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐\nOn Monday Ann wrote'],
    ['our own marker', '-- please reply above this line --\nTicket ABC-1'],
    ['headers alone, English', 'From: Ann <ann@example.org>\nSent: 2 November 2026 10:00\nTo: Desk\nSubject: x'],
    ['headers alone, French', 'De : Anne\nEnvoyé : lundi 2 novembre 2026 10:00\nÀ : Desk\nObjet : x'],
    ['headers alone, bold', '*From:* Ann [mailto:ann@example.org]\n*Sent:* Monday\n*To:* Desk\n*Subject:* x'],
    ['headers alone, Arabic', 'من: آن\nإلى: الدعم\nالموضوع: س\nالتاريخ: 2026'],
    [
      'Thunderbird in French',
      '-------- Message transféré --------\nSujet : x\nDate : Mon, 2 Nov 2026 10:00\nDe : Anne',
    ],
    ['headers alone, French of Thunderbird', 'Sujet : x\nDate : lundi 2 novembre 2026 10:00\nDe : Anne\nPour : Desk'],
    ['headers alone, Polish of Thunderbird', 'Temat: x\nData: 2 listopada 2026 10:00\nNadawca: Anna\nAdresat: Desk'],
    ['headers alone, Japanese of Thunderbird', '件名: x\n日付: 2026年11月2日 10:00\n差出人: a\n宛先: b'],
    ['headers alone, Hebrew', 'מאת: אן\nנשלח: 2 2026\nאל: ד\nנושא: x'],
    [
      'headers below a rule',
      '________________________________\nFrom: Ann <ann@example.org>\nSent: Monday, November 2, 2026 10:00\nSubject: x',
    ],
  ])('%s', (_client, mark) => {
    const found = split(`Yes, it works.\n\n${mark}\n\nthe old mail\n`)
    expect(found.reply).toBe('Yes, it works.')
    expect(found.quote).toContain('the old mail')
  })

  test.each([
    ['a sentence that begins with On', 'On Monday the printer stopped.\nOn the other hand it is old.'],
    ['a list of times', 'These times suit us:\n2026-11-02 10:00\n2026-11-03 11:00\nThank you for asking, we wait.'],
    [
      'labels that are no header',
      'Invitation:\n\nDate: 3 October\nTime: 7:00\nAddress: 130 Fox Street\n\nBring your card please.',
    ],
    [
      'a rule within the text',
      'Please fill in below.\n\n------- Fill in below -------\n\nThe printer is broken, and I need it by Friday at noon.',
    ],
    ['the word wrote', 'She wrote: it is broken, and I agree with that.\nWhat now? It stays broken.'],
  ])('%s cuts nothing', (_title, text) => {
    expect(split(text)).toEqual({ reply: text, quote: '', signature: '' })
  })
})

describe('answers below and between quotations', () => {
  test('an answer below an attributed quotation stands alone', () => {
    const found = split('On 2 Nov 2026 10:00, Ann wrote:\n> Does it work?\n\nYes, it does.')
    expect(found.reply).toBe('Yes, it does.')
    expect(found.quote).toContain('> Does it work?')
  })

  test('answers between quotations keep what they answer', () => {
    const text = '> Does it work?\n\nYes.\n\n> And the other?\n\nNo.'
    expect(split(`On 2 Nov 2026 10:00, Ann wrote:\n${text}`).reply).toBe(text)
  })

  test('a quotation whose lines were wrapped by a gateway is one quotation', () => {
    const found = split('Yes.\n\nOn 2 Nov 2026 10:00, Ann wrote:\n> a line that is long and was\nwrapped\n> here\n')
    expect(found.reply).toBe('Yes.')
  })

  test('a mail that is nothing but a forward has the forwarded text as its reply', () => {
    const found = split(
      '---------- Forwarded message ---------\nFrom: Ann <ann@example.org>\nDate: Mon, 2 Nov 2026 10:00\nSubject: x\nTo: b@example.org\n\nThe text.',
    )
    expect(found.reply).toBe('The text.')
    expect(found.quote).toContain('From: Ann')
  })

  test('so has one in French', () => {
    const found = split(
      '-------- Message transféré --------\nSujet : panne\nDate : Mon, 2 Nov 2026 10:00:00 +0100\nDe : Bob <bob@example.org>\nPour : Ann <ann@example.org>\n\nLe texte.',
    )
    expect(found.reply).toBe('Le texte.')
    expect(found.quote).toContain('Sujet : panne')
  })

  test('a mail that is nothing but quotation is read as a whole', () => {
    expect(split('> only this')).toEqual({ reply: '> only this', quote: '> only this', signature: '' })
  })
})

describe('signatures are kept apart', () => {
  test.each([
    ['the delimiter of RFC 3676', 'Hello\n-- \nAnn\nExample Ltd', 'Hello'],
    ['a line of a telephone', 'Hello\n\nSent from my iPhone', 'Hello'],
    ['a telephone in French', 'Bonjour\n\nEnvoyé de mon iPhone', 'Bonjour'],
    ['a telephone in German', 'Hallo\n\nVon meinem iPhone gesendet', 'Hallo'],
    ['Outlook for telephones', 'Hello\n\nGet Outlook for Android', 'Hello'],
    ['a closing formula and a name', 'Hello, it works.\n\nKind regards,\nAnn', 'Hello, it works.'],
    ['a closing formula in French', 'Cela marche.\n\nCordialement,\nAnne Petit', 'Cela marche.'],
    ['a closing formula in Arabic', 'يعمل الآن.\n\nمع التحيات\nآن', 'يعمل الآن.'],
    ['a dash and a name', 'Hello\n-ann', 'Hello'],
    ['a rule of underscores', 'Hello\n\n_______\nAnn', 'Hello'],
  ])('%s', (_title, text, reply) => {
    const found = split(text)
    expect(found.reply).toBe(reply)
    expect(found.signature).not.toBe('')
  })

  test.each([
    [
      'English',
      'This e-mail and any attachments are confidential and intended solely for the addressee. If you have received it in error please notify the sender.',
    ],
    [
      'English, with a heading',
      'CONFIDENTIALITY NOTICE: The contents of this email message and any attachments are intended solely for the addressee(s) and may contain confidential information.',
    ],
    [
      'French',
      'Ce message et toutes les pièces jointes sont confidentiels et établis à l’intention exclusive de ses destinataires. Toute utilisation non conforme est interdite.',
    ],
    [
      'German',
      'Diese E-Mail enthält vertrauliche und/oder rechtlich geschützte Informationen. Wenn Sie nicht der richtige Adressat sind, informieren Sie bitte den Absender.',
    ],
    [
      'Spanish',
      'Este mensaje y sus archivos adjuntos van dirigidos exclusivamente a su destinatario y pueden contener información confidencial.',
    ],
    [
      'Portuguese',
      'Esta mensagem e seus anexos são confidenciais e destinam-se exclusivamente ao destinatário. Se a recebeu por engano, apague-a.',
    ],
    [
      'Italian',
      'Le informazioni contenute in questo messaggio e negli allegati sono riservate e destinate esclusivamente al destinatario.',
    ],
    ['a wish for the trees', 'Please consider the environment before printing this e-mail.'],
    ['a wish for the trees in French', 'Pensez à l’environnement avant d’imprimer ce courriel.'],
  ])('the small print below a signature goes with it: %s', (_language, small) => {
    const found = split(
      `The printer is broken, please come.\n\nBest regards,\n\nAnn Smith\nHead of Things\n\n${small}\n`,
    )
    expect(found.reply).toBe('The printer is broken, please come.')
    expect(found.signature).toContain('Ann Smith')
    expect(found.signature).toContain(small)
  })

  test.each([
    [
      'a question about what is confidential',
      'Hello,\n\nThis e-mail and any attachments are confidential, says our footer. How do I switch it off?',
    ],
    [
      'small print that somebody answers below',
      'Please consider the environment before printing this e-mail.\n\nThat line has to go from our templates by Friday, can you do it?',
    ],
    ['nothing but small print', 'This message is confidential and intended solely for the addressee.'],
  ])('%s stays what was written', (_title, text) => {
    expect(split(text)).toMatchObject({ reply: text, signature: '' })
  })

  test.each([
    ['a delimiter in the first line', '--\nAnn'],
    ['the last point of a list', 'These do not work:\n- Printer\n- Scanner'],
    ['the only point of a list', 'This one does not work:\n\n- Scanner'],
    ['a list in small letters', 'We need\n- paper\n\n- ink'],
    ['thanks that go on', 'Thanks for the quick help with the printer.\nIt works again since this morning, all of it.'],
    ['a sentence about a telephone', 'Hello\n\nSent from my desk, is much easier than my phone.'],
  ])('%s is no signature', (_title, text) => {
    expect(split(text).reply).toBe(text)
  })

  test('a signature below the quotation is found', () => {
    expect(split('Yes.\n\nOn 2 Nov 2026 10:00, Ann wrote:\n> a\n> b\n-- \nBob')).toMatchObject({
      reply: 'Yes.',
      signature: '-- \nBob',
    })
  })
})

describe('HTML of mail clients', () => {
  test.each([
    [
      'Gmail',
      'Yes.<br><div class="gmail_quote"><div class="gmail_attr">On Monday Ann wrote:</div><blockquote class="gmail_quote">old</blockquote></div>',
    ],
    [
      'Outlook',
      '<div class=WordSection1><p class=MsoNormal>Yes.</p><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"><p><b>From:</b> Ann</p></div><p>old</p></div>',
    ],
    [
      'Outlook on the web',
      '<div>Yes.</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Ann</div><div>old</div>',
    ],
    [
      'Thunderbird',
      '<p>Yes.</p><div class="moz-cite-prefix">On 02/11/2026 10:00, Ann wrote:<br></div><blockquote type="cite">old</blockquote>',
    ],
    [
      'Apple Mail',
      '<div>Yes.</div><div><br><blockquote type="cite"><div>On 2 Nov 2026, at 10:00, Ann wrote:</div><div>old</div></blockquote></div>',
    ],
    ['Yahoo', '<div>Yes.</div><div id="yahoo_quoted_1" class="yahoo_quoted"><div>On Monday, Ann wrote:</div>old</div>'],
    ['Proton', '<div>Yes.</div><div class="protonmail_quote">On Monday Ann wrote:<blockquote>old</blockquote></div>'],
    ['Hotmail', 'Yes.<hr id="stopSpelling">From: ann@example.org<br>old'],
    [
      'Spark',
      '<div name="messageBodySection">Yes.</div><div name="messageSignatureSection">Ann</div><div name="messageReplySection">On 2 Nov 2026, 10:00, Ann wrote:<br><blockquote type="cite">old</blockquote></div>',
    ],
    ['an unmarked blockquote', 'Yes.<blockquote>old</blockquote>'],
  ])('%s', (_client, html) => {
    const found = splitHtml(`<html><body>${html}</body></html>`)
    expect(found.reply).toBe('Yes.')
    expect(found.quote).toContain('old')
  })

  test('an answer below Gmail’s quotation is kept', () => {
    const found = splitHtml(
      '<div class="gmail_quote"><div class="gmail_attr">On Monday Ann wrote:</div><blockquote class="gmail_quote">old</blockquote></div><div>Yes.</div>',
    )
    expect(found.reply).toBe('Yes.')
  })

  test('answers between the parts of Gmail’s quotation stay without the attribution', () => {
    const found = splitHtml(
      '<div class="gmail_quote"><div class="gmail_attr">On Mon, Nov 2, 2026 at 10:00 AM Ann &lt;ann@example.org&gt; wrote:<br></div><blockquote class="gmail_quote">Which model?</blockquote><div>LX-300</div><blockquote class="gmail_quote">Since when?</blockquote><div>Monday</div></div>',
    )
    expect(found.reply.replace(/^>?\n/gm, '')).toBe('> Which model?\nLX-300\n> Since when?\nMonday')
    expect(found.quote).toContain('ann@example.org')
  })

  test('a bare forward of Gmail has the forwarded text as its reply', () => {
    const head =
      '---------- Forwarded message ---------<br>From: Bob &lt;bob@example.com&gt;<br>Date: Mon, 2 Nov 2026<br>Subject: x<br>To: ann@example.org<br>'
    expect(splitHtml(`<div class="gmail_quote">${head}<br><div>The text.</div></div>`).reply).toBe('The text.')
  })

  test('Gmail’s signature block is a signature', () => {
    expect(splitHtml('Yes.<div class="gmail_signature">Ann<br>Example Ltd</div>')).toMatchObject({
      reply: 'Yes.',
      signature: 'Ann\nExample Ltd',
    })
  })

  test('what a reader cannot see is not read', () => {
    const html =
      'Yes<span style="display:none">preheader</span><style>p{}</style><script>evil()</script><!-- c --><title>t</title>.'
    expect(htmlToText(html).text).toBe('Yes.')
  })

  test.each([
    ['paragraphs and breaks', '<p>a<br>b</p><p>c</p>', 'a\nb\n\nc'],
    ['lists', '<ul><li>a</li><li>b</li></ul>', '* a\n* b'],
    ['cells', '<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>', 'a b\nc'],
    ['character references', '&eacute;&#233;&#xe9;&amp;&lt;&nbsp;&euro;&unknown;', 'ééé&< €&unknown;'],
    ['windows-1252 numbers', '&#146;&#128;', '’€'],
    ['preformatted text', '<pre>a\n  b</pre>', 'a\n  b'],
    ['white space', 'a\n   b', 'a b'],
    ['a stray angle bracket', 'a < b', 'a < b'],
  ])('%s', (_title, html, text) => {
    expect(htmlToText(html).text).toBe(text)
  })
})

const line = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.constantFrom(
    '',
    '> quoted',
    '>> deeper',
    'On 2 Nov 2026 10:00, Ann wrote:',
    '-- ',
    '--',
    '___',
    'Thanks,',
    'Ann',
    'Sent from my iPhone',
    '-----Original Message-----',
    'From: Ann <ann@example.org>',
    'Sent: 2 November 2026 10:00',
    'To: Bob',
    'Subject: x',
    'A longer line of text that stands for what somebody wrote here.',
    'This message and its attachments are confidential and intended solely for the addressee.',
    'begin 644 a',
    '---------- Forwarded message ---------',
    '-- please reply above this line --',
  ),
)

/** Every line with text as often as it stands in `text`, or more often. */
const lostLines = (text: string, kept: string): string[] => {
  const counts = new Map<string, number>()
  for (const one of kept.split('\n')) counts.set(one.trim(), (counts.get(one.trim()) ?? 0) + 1)
  return text.split('\n').filter((one) => {
    const left = counts.get(one.trim()) ?? 0
    counts.set(one.trim(), left - 1)
    return one.trim() !== '' && left <= 0
  })
}

describe('for any text', () => {
  test('reply, quotation and signature together hold every line, and the reply is empty only when the text is', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
        const text = lines.join('\n')
        const { reply, quote, signature } = split(text)
        expect(lostLines(text, `${reply}\n${quote}\n${signature}`)).toEqual([])
        expect(reply === '').toBe(text.trim() === '')
      }),
      { numRuns: 3000 },
    )
  })

  test('the text of any HTML is split without a word lost', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '<div>',
        '</div>',
        '<blockquote>',
        '</blockquote>',
        '<p>',
        '<br>',
        '<b',
        '">',
        '<!--',
        '-->',
        '<td>',
        '</table>',
        '<pre>',
        '<div class="gmail_quote">',
        '<blockquote type="cite">',
        '<div class="gmail_signature">',
        '<div id="appendonsend"></div>',
        '<hr>',
        'On 2 Nov 2026 10:00, Ann wrote:<br>',
        'Thanks,<br>Ann<br>',
        'From: Ann<br>Sent: 2 November 2026 10:00<br>To: Bob<br>Subject: x<br>',
      ),
      fc.string({ maxLength: 10 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const { text, roles } = htmlToText(pieces.join(''))
        expect(roles).toHaveLength(text === '' ? roles.length : text.split('\n').length)
        const found = splitReply(text, roles)
        expect(found.reply === '').toBe(text.trim() === '')
        expect(lostLines(text, `${found.reply}\n${found.quote}\n${found.signature}`)).toEqual([])
      }),
      { numRuns: 2000 },
    )
  })
})
