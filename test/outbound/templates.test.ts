import { simpleParser } from 'mailparser'
import { describe, expect, test } from 'vitest'
import { purposes } from '../../src/mail/token.ts'
import { choices, isChoice } from '../../src/outbound/choice.ts'
import { composeMail } from '../../src/outbound/compose.ts'
import type { MailDraft } from '../../src/outbound/draft.ts'
import { templateData } from '../../src/outbound/template-data.ts'
import { loadTemplates } from '../../src/outbound/template-folder.ts'
import { packageRoot } from '../../src/package-root.ts'
import { deskOf, draftOf, ticketOf } from './support/desk.ts'
import { sampleData } from './support/sample-data.ts'
import { settingsWith } from './support/settings.ts'

const desk = deskOf()
const { templates, faults } = await loadTemplates(`${packageRoot}/templates`, [desk])
const settings = settingsWith(templates)

const staffMails =
  /^(?:agent-|hold-|held-|delivery-|escalation|clock-|page-link|commands-help|show|list|registration-request|alarm)/
const names = Object.keys(templateData)
const roleOf = (name: string): MailDraft['role'] =>
  staffMails.test(name) ? 'agent' : name === 'not-registered' ? 'stranger' : 'customer'

const whole = new Map<string, ReturnType<typeof render>>()
/** The mail with all its values, rendered once for all tests. */
function rendered(name: string, language: string): ReturnType<typeof render> {
  const key = `${name} ${language}`
  const known = whole.get(key) ?? render(name, language)
  whole.set(key, known)
  return known
}

async function render(name: string, language: string, overrides: Partial<MailDraft> = {}) {
  const variables = templateData[name as keyof typeof templateData]
  const draft = draftOf({
    template: name,
    language,
    role: roleOf(name),
    data: sampleData(variables),
    choices: purposes.filter(isChoice),
    ...overrides,
  })
  const mail = composeMail(
    {
      draft,
      desk,
      id: 77,
      person: 5,
      subjectId: 9,
      now: new Date('2025-03-03T09:00:00Z'),
      seed: '0123456789abcdef',
      files: [],
    },
    settings,
  )
  const parsed = await simpleParser(mail.bytes, { skipHtmlToText: true, skipTextToHtml: true })
  return {
    mail,
    text: parsed.text ?? '',
    html: typeof parsed.html === 'string' ? parsed.html : '',
    subject: parsed.subject ?? '',
  }
}

/** Values without which a mail of the kind is never written. */
const always = new Set([
  'type',
  'title',
  'from',
  'choice',
  'recipient',
  'recipients',
  'reason',
  'clock',
  'url',
  'what',
  'detail',
  'old',
  'agent',
  'why',
  'mark',
  'missing',
  'reasons',
  'replyTo',
  'replies',
  'days',
])

/** Elements that are opened and not closed, or closed and not opened. */
function unbalanced(html: string): string[] {
  const open: string[] = []
  const wrong: string[] = []
  const empty = new Set(['meta', 'br', 'hr', '!doctype'])
  for (const [, closing, name = ''] of html.matchAll(/<(\/?)(!?[a-z][a-z0-9]*)\b[^<>]*>/gi)) {
    if (empty.has(name.toLowerCase())) continue
    if (closing === '') open.push(name)
    else if (open.pop() !== name) wrong.push(name)
  }
  return [...open, ...wrong]
}

const cases = names.flatMap((name) => ['fr', 'en', 'es'].map((language): [string, string] => [name, language]))

test('the templates of the project have no fault in French, English or Spanish', () => {
  expect(faults).toEqual([])
})

describe.each(cases)('%s in %s', (name, language) => {
  test('is a finished mail: a subject, no template syntax, no markup, no hole', async () => {
    const full = sampleData(templateData[name as keyof typeof templateData])
    const least = Object.fromEntries(Object.entries(full).filter(([key]) => always.has(key)))
    for (const mail of [rendered(name, language), render(name, language, { data: least })]) {
      const { text, html, subject } = await mail
      expect(subject.replace(/Re: |\[GAR-12\]/g, '').trim()).not.toBe('')
      for (const part of [text, subject]) {
        expect(part).not.toMatch(/\{\{|\}\}|\*\*|\]\(|undefined|\[object|[\ue000-\ue07f]/)
        expect(part).not.toMatch(/\(\)|«\s*»|“”| ,| \.(?!\.)|\n\n\n/)
      }
      expect(html).not.toMatch(/\{\{|\}\}|\*\*|undefined|\[object|[\ue000-\ue07f]/)
    }
  })

  test('reads well in a text client: 72 columns but for addresses', async () => {
    const { text } = await rendered(name, language)
    const long = text
      .split('\n')
      .filter((line) => line.length > 72 && line.trim().includes(' ') && !/https?:|@/.test(line))
    expect(long).toEqual([])
  })

  test('is html that loads nothing and says the same (T58)', async () => {
    const { text, html } = await rendered(name, language)
    expect(unbalanced(html)).toEqual([])
    expect(html).toContain(`<html lang="${language}" dir="ltr">`)
    expect(html).toContain('name="color-scheme" content="light dark"')
    expect(html).not.toMatch(/<(?:img|script|link|iframe|object|style|form)\b|url\(|\ssrc=|background|(?<!-)color:/i)
    const words = (part: string): string[] => part.match(/[\p{L}\p{N}-]{5,}/gu) ?? []
    const shown = new Set(words(html.replace(/^[\s\S]*?<body/, '').replace(/<[^>]*>/g, ' ')))
    expect(
      words(text.replace(/\S*@\S*|https?:\S*/g, '').replace(/\n(?:> )?/g, ' ')).filter(
        (word) => !shown.has(word) && !word.startsWith('--'),
      ),
    ).toEqual([])
  })

  test('tells a customer what it is about', async () => {
    if (name === 'announcement' || roleOf(name) !== 'customer') return
    const { mail, text, html } = await rendered(name, language)
    expect(mail.subject).toContain('[GAR-12]')
    for (const part of [text, html]) {
      expect(part).toContain('GAR-12')
      expect(part).toContain('https://desk.test/t/garage.s')
    }
    expect(text).toMatch(/^Ref: GAR-12\/c/m)
  })
})

const offered: [string, string[]][] = [
  ['solved-confirm', ['confirm', 'refute', 'mute']],
  ['reminder', ['confirm']],
  ['approval-wanted', ['approve', 'refuse']],
  ['muted', ['unmute']],
  ['rating-wanted', ['good', 'bad']],
  ['hold-notice', ['release', 'discard', 'register', 'participant']],
  ['held-yours', ['release', 'discard']],
  ['delivery-unknown', ['arrived', 'again']],
  ['registration-request', ['register', 'discard']],
  ['agent-receipt', ['undo']],
]

test.each(offered)('%s offers its choices as addresses in the text and as links in html', async (name, wanted) => {
  for (const language of ['fr', 'en', 'es']) {
    const { text, html } = await rendered(name, language)
    for (const choice of wanted) {
      const purpose = Object.entries(choices).find(([, known]) => known.name === choice)?.[0] ?? ''
      const address = new RegExp(`garage\\+${purpose}[a-z2-7]{2}\\.(?:c|9)\\.5\\.[0-9a-z.]+@reply\\.desk\\.test`)
      expect(text).toMatch(address)
      expect(html).toMatch(new RegExp(`href="mailto:${address.source}\\?subject=[^"]+&amp;body=`))
    }
  }
})

test('choices that are not offered are not written', async () => {
  const { text } = await render('solved-confirm', 'en', { choices: ['y'] })
  expect(text).toContain('Yes, it is solved')
  expect(text).not.toContain('No, it is not')
})

test('the relayed answer is the agent’s text, the desk’s signature and the footer, nothing else', async () => {
  const { text } = await render('reply', 'fr', {
    data: { text: 'Bonjour,\n\nvoici la réponse.\n  - indenté' },
    automatic: null,
    choices: [],
  })
  expect(text.replace(/https?:\S+|Ref: \S+/g, '…').trim()).toBe(
    'Bonjour,\n\nvoici la réponse.\n  - indenté\n\n* * *\n\nL’équipe du Garage\n\nSuivre cette demande en ligne\u00a0:\n…\n\n…',
  )
})

test('no line begins with the sign that French sets after a space, or ends with an opening quote', async () => {
  for (let before = 40; before < 72; before++) {
    const text = `${'x'.repeat(before)} navire ; la « suite » dépend de lui : vraiment ?`
    const lines = (await render('reply', 'fr', { data: { text }, automatic: null, choices: [] })).text.split('\n')
    expect(lines.filter((line) => /^[;:?»]|«$/.test(line))).toEqual([])
    expect(lines.filter((line) => line.length > 72 && line.startsWith('x'))).toEqual([])
  }
})

test('on a desk whose replies go through the portal no mail to a customer asks to answer it', async () => {
  const portal = deskOf({ replies: 'portal' })
  for (const name of ['acknowledged', 'solved-confirm', 'refuted', 'reminder', 'participant-added']) {
    const mail = composeMail(
      {
        draft: draftOf({ template: name, language: 'en' }),
        desk: portal,
        id: 1,
        person: 5,
        subjectId: null,
        now: new Date('2025-03-03T09:00:00Z'),
        seed: '0123456789abcdef',
        files: [],
      },
      settings,
    )
    const { text = '' } = await simpleParser(mail.bytes)
    expect(text).not.toMatch(/answer this message/)
  }
})

test('every internal block of an agent’s mail carries the mark', async () => {
  for (const name of names.filter((known) => 'mark' in templateData[known as keyof typeof templateData]))
    for (const language of ['fr', 'en', 'es']) {
      const { text, html } = await render(name, language, { role: 'agent', ticket: ticketOf() })
      expect(text).toContain('valeur de mark')
      expect(html).toContain('valeur de mark')
    }
})

test('what was not done for no command of the agent’s is said without an empty name before it', async () => {
  for (const language of ['fr', 'en', 'es']) {
    const failed = [{ line: '', why: 'rien à envoyer', instead: '' }]
    const { text, html } = await render('agent-receipt', language, { role: 'agent', data: { failed } })
    expect(text).toContain('- rien à envoyer')
    expect(html).toContain('<li>rien à envoyer</li>')
  }
})

test('that a closed request is finished is said once', async () => {
  const meaning = 'La demande est terminée.'
  const text = async (closed: Record<string, unknown>) => {
    const other = deskOf({ statuses: { ...desk.statuses, closed } })
    const draft = draftOf({ template: 'status-changed', language: 'fr', ticket: ticketOf({ status: 'closed' }) })
    const mail = composeMail(
      {
        draft,
        desk: other,
        id: 1,
        person: 5,
        subjectId: 9,
        now: new Date('2025-03-03T09:00:00Z'),
        seed: '0123456789abcdef',
        files: [],
      },
      settings,
    )
    return (await simpleParser(mail.bytes)).text ?? ''
  }
  const closed = { name: 'Fermé', kind: 'closed' }
  expect((await text({ ...closed, meaning })).match(/est terminée/g)).toHaveLength(1)
  expect((await text(closed)).match(/est terminée/g)).toHaveLength(1)
})
