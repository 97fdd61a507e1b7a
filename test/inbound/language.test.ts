import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { guessLanguage } from '../../src/inbound/language.ts'
import { parseMail } from '../../src/inbound/parse.ts'
import { splitReply } from '../../src/inbound/reply-text.ts'
import { packageRoot } from '../../src/package-root.ts'

// What people write to a desk, and languages that no desk answers in.
const sentences: Readonly<Record<string, readonly string[]>> = {
  de: [
    'Guten Morgen, seit heute früh kann ich mich nicht mehr anmelden.',
    'Der Drucker im zweiten Stock zeigt einen Fehler und druckt nichts aus.',
    'Könnten Sie mir bitte das neue Passwort schicken? Vielen Dank im Voraus.',
    'Die Rechnung vom Oktober stimmt nicht mit unserer Bestellung überein.',
    'Wir haben noch keine Antwort auf unsere Anfrage erhalten.',
    'Bitte schließen Sie das Ticket, das Problem ist gelöst.',
    'Leider funktioniert die Lösung nicht, der Fehler tritt wieder auf.',
    'Wann wird das Update auf unserem Server installiert?',
  ],
  pt: [
    'Bom dia, não consigo entrar no sistema desde ontem à noite.',
    'A impressora do segundo andar não funciona e mostra um erro.',
    'Poderiam enviar uma nova senha para o meu e-mail? Obrigado.',
    'A fatura de outubro não corresponde ao nosso pedido.',
    'Ainda não recebemos resposta à nossa solicitação.',
    'Podem fechar o chamado, o problema foi resolvido.',
    'Infelizmente a solução não funciona, o erro aparece de novo.',
    'Quando será instalada a atualização no nosso servidor?',
  ],
  es: [
    'Buenos días, desde ayer no puedo entrar en el sistema.',
    'La impresora del segundo piso no funciona y muestra un error.',
    '¿Me pueden enviar una contraseña nueva? Muchas gracias.',
    'La factura de octubre no coincide con nuestro pedido.',
    'Todavía no hemos recibido respuesta a nuestra solicitud.',
    'Pueden cerrar el caso, el problema está resuelto.',
    'Lamentablemente la solución no funciona, el error aparece otra vez.',
    '¿Cuándo se instalará la actualización en nuestro servidor?',
  ],
  fr: [
    'Bonjour, je ne peux plus me connecter depuis ce matin.',
    'L’imprimante du deuxième étage affiche une erreur et n’imprime rien.',
    'Pourriez-vous m’envoyer un nouveau mot de passe ? Merci d’avance.',
    'La facture d’octobre ne correspond pas à notre commande.',
    'Nous n’avons toujours pas reçu de réponse à notre demande.',
    'Vous pouvez fermer le ticket, le problème est résolu.',
    'Malheureusement la solution ne marche pas, l’erreur revient.',
    'Quand la mise à jour sera-t-elle installée sur notre serveur ?',
  ],
  en: [
    'Good morning, I cannot log in any more since today.',
    'The printer on the second floor shows an error and prints nothing.',
    'Could you please send me a new password? Thanks in advance.',
    'The invoice of October does not match our order at all.',
    'We have not received any answer to our request yet.',
    'You can close the ticket, the problem has been solved.',
    'Unfortunately the fix does not work, the error came back.',
    'When will the update be installed on our server?',
  ],
  ar: [
    'صباح الخير، لا أستطيع الدخول إلى النظام منذ أمس مساء.',
    'الطابعة في الطابق الثاني لا تعمل وتظهر رسالة خطأ.',
    'هل يمكنكم إرسال كلمة مرور جديدة؟ شكرا جزيلا لكم.',
    'لم نستلم حتى الآن أي رد على طلبنا السابق.',
  ],
  none: [
    'Buongiorno, da ieri non riesco ad accedere al sistema.',
    'La stampante al secondo piano non funziona e mostra un errore.',
    'Goedemorgen, ik kan sinds gisteren niet meer inloggen op het systeem.',
    'De printer op de tweede verdieping geeft een foutmelding.',
    'God morgen, jeg kan ikke logge ind siden i går aftes.',
    'Hej, skrivaren på andra våningen fungerar inte längre.',
    'Dzień dobry, od wczoraj nie mogę zalogować się do systemu.',
    'Доброе утро, со вчерашнего дня не могу войти в систему.',
    '您好，我从昨天开始无法登录系统，请帮助我解决这个问题。',
    'おはようございます。昨日からシステムにログインできません。助けてください。よろしくお願いします。',
    'Bună ziua, de ieri nu mai pot intra în sistem, vă rog să mă ajutați.',
    'سلام، از دیروز نمی‌توانم وارد سیستم شوم، لطفا کمک کنید.',
    'Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod.',
    'Hyvää huomenta, en ole voinut kirjautua järjestelmään eilisestä lähtien.',
    'Günaydın, dünden beri sisteme giriş yapamıyorum, yardım eder misiniz?',
  ],
}

const templates = new URL('../../templates/', import.meta.url)

/** Lines of the project's own mails with 40 letters or more, by the language of their file. */
function templateLines(): { language: string; text: string }[] {
  const files = readdirSync(templates, { recursive: true, encoding: 'utf8' })
  return files.flatMap((file) => {
    const language = /(?:^|\/)(fr|en|es|pt|de|ar)\.md$/.exec(file)?.[1]
    if (language === undefined) return []
    const text = readFileSync(new URL(file, templates), 'utf8').replace(/\{\{[^}]*\}\}/g, ' ')
    return text
      .split('\n')
      .filter((line) => (line.match(/\p{L}/gu)?.length ?? 0) >= 40 && !line.includes('|'))
      .map((line) => ({ language, text: line }))
  })
}

describe('the language of a text', () => {
  test.each(Object.entries(sentences).flatMap(([language, texts]) => texts.map((text) => [language, text] as const)))(
    '%s: %s',
    (language, text) => {
      expect(guessLanguage(text)).toBe(language === 'none' ? null : language)
    },
  )

  test('is right for 97 of 100 lines of the mails that the project itself sends', () => {
    const lines = templateLines()
    const wrong = lines.filter(({ language, text }) => guessLanguage(text) !== language)
    expect(lines.length).toBeGreaterThan(50)
    expect(wrong.length / lines.length, JSON.stringify(wrong.slice(0, 10))).toBeLessThan(0.03)
  })

  test.each([
    ['nothing', ''],
    ['a word', 'Printer'],
    ['numbers', '12345 67890 12345 67890 12345 67890 12345 67890'],
    ['an address', 'https://www.example.org/the/and/of/to/in/is/that/for/it/you'],
  ])('is unknown for %s', (_title, text) => {
    expect(guessLanguage(text)).toBeNull()
  })
})

/** Languages in which the mails of a source are written; the first pattern that fits a file or its text decides. */
const corpusLanguages: readonly (readonly [source: string, fits: RegExp, language: string | null])[] = [
  ['notmuch', /^html\/embedded-image/, null],
  ['notmuch', /^/, 'en'],
  ['email-reply-trimmer', /^usenet/, 'de'],
  ['email-reply-trimmer', /^/, 'en'],
  ['crisp-reply-parser', /Fusce|Lorem/, null],
  ['crisp-reply-parser', /bonjour/, 'fr'],
  ['crisp-reply-parser', /^/, 'en'],
  ['talon', /Lorem/, null],
  ['talon', /^(?:text|signature|standard_replies)\//, 'en'],
  ['roundup', /multipart|quoting/, null],
  ['roundup', /^/, 'en'],
  ['stalwart', /Die Hasen/, 'de'],
  ['zbateson', /Die Hasen/, 'de'],
  ['otrs', /Umlaute|Ümlaute/, 'de'],
  ['enmime', /Lorem/, null],
  ['enmime', /big-5/, null],
  ['enmime', /Drachen|Einladung/, 'de'],
  ['sisimai', /googlegroups-(?:02|14)/, 'en'],
  ['sisimai', /googlegroups-07/, 'es'],
  ['sisimai', /googlegroups/, null],
  ['freescout', /null-bytes/, null],
  ['rt', /nested-rfc-822/, null],
]
const corpus = join(packageRoot, '..', 'shared', 'corpus')
/** Patches, and lines with a path or an address, are nobody's language. */
const proseLetters = (text: string): number =>
  text
    .replace(/^---$.*/ms, '')
    .replace(/^(?:.*[@|/\\].*|\s*[-+>].*)$/gm, '')
    .match(/\p{L}/gu)?.length ?? 0

describe.skipIf(!existsSync(corpus))('the language of mails that others wrote (needs ../shared/corpus)', () => {
  test('is right for 97 of 100 with 40 letters or more', async () => {
    const wrong: string[] = []
    let measured = 0
    for (const source of new Set(corpusLanguages.map(([name]) => name))) {
      const facts: Record<string, { format?: string }> = JSON.parse(
        readFileSync(join(corpus, source, 'expected.json'), 'utf8'),
      )
      for (const [name, { format }] of Object.entries(facts)) {
        const file = join(corpus, source, name)
        if (format === 'html' || format === 'mbox' || !existsSync(file)) continue
        const text =
          format === 'text'
            ? splitReply(readFileSync(file, 'utf8'), null).reply
            : (await parseMail(readFileSync(file))).replyText
        const known = corpusLanguages.find(([of, fits]) => of === source && (fits.test(name) || fits.test(text)))
        if (known === undefined || proseLetters(text) < 40) continue
        measured++
        const guessed = guessLanguage(text)
        if (guessed !== known[2]) wrong.push(`${source}/${name}: ${guessed}`)
      }
    }
    expect(measured).toBeGreaterThan(250)
    expect(wrong.length / measured, wrong.join(', ')).toBeLessThanOrEqual(0.03)
  }, 60_000)
})
