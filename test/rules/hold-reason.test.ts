import { describe, expect, test } from 'vitest'
import type { Origin } from '../../src/inbound/message.ts'
import { holdReasons } from '../../src/rules/decision.ts'
import { discardSentence, holdSentence, releaseSentence } from '../../src/rules/hold-reason.ts'
import { notFromTheAgent } from '../../src/rules/out-of-office.ts'

describe('each reason for holding a mail', () => {
  test.each(['en', 'fr', 'es'])('is a sentence of its own (%s)', (language) => {
    const sentences = holdReasons.map((reason) => holdSentence(reason, language))
    for (const sentence of sentences) expect(sentence).toMatch(/^\p{Lu}.{10,160}\.$/u)
    expect(new Set(sentences).size).toBe(holdReasons.length)
    expect(
      new Set(['append', 'relay', 'open', 'record'].map((release) => releaseSentence(release as 'append', language)))
        .size,
    ).toBe(4)
    expect(discardSentence(language)).toMatch(/\.$/)
  })

  test('is said in English where the language is not among them', () => {
    expect(holdSentence('blank', 'ar')).toBe(holdSentence('blank', 'en'))
  })
})

describe('a mail from an agent’s address (T28)', () => {
  const origin = (change: Partial<Origin> = {}): Origin => ({
    kind: 'human',
    vacation: false,
    suppressAutoReply: false,
    list: false,
    evidence: [],
    ...change,
  })

  test.each([
    [
      'an absence notice with its header is not the agent’s',
      { origin: origin({ kind: 'auto-reply', vacation: true }), sinceNotificationMs: 3_600_000, newText: 'Away' },
      true,
    ],
    [
      'an absence notice known by its words alone is not',
      { origin: origin({ vacation: true }), sinceNotificationMs: null, newText: 'I am away' },
      true,
    ],
    [
      'a generated mail is not',
      {
        origin: origin({ kind: 'generated', evidence: ['Auto-Submitted: auto-generated'] }),
        sinceNotificationMs: null,
        newText: 'x',
      },
      true,
    ],
    [
      'a read receipt is not',
      { origin: origin({ kind: 'read-receipt' }), sinceNotificationMs: null, newText: '' },
      true,
    ],
    [
      'an answer within two minutes without any new text is not',
      { origin: origin(), sinceNotificationMs: 119_000, newText: ' \n' },
      true,
    ],
    ['an empty answer after two minutes is', { origin: origin(), sinceNotificationMs: 120_000, newText: '' }, false],
    ['a quick answer with words is', { origin: origin(), sinceNotificationMs: 20_000, newText: 'Done.' }, false],
    ['a mail that answers nothing is', { origin: origin(), sinceNotificationMs: null, newText: '' }, false],
    [
      'a mail through a list is',
      { origin: origin({ kind: 'list', list: true }), sinceNotificationMs: null, newText: 'x' },
      false,
    ],
    [
      'a receipt before the notification proves nothing',
      { origin: origin(), sinceNotificationMs: -5, newText: '' },
      false,
    ],
  ] as const)('%s', (_title, mail, automatic) => {
    expect(notFromTheAgent(mail) !== null).toBe(automatic)
  })
})
