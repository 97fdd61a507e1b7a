import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  findTokens,
  hasReplyPrefix,
  isForwardSubject,
  normaliseSubject,
  withoutToken,
  withToken,
} from '../../src/mail/subject.ts'

describe('reply and forward prefixes', () => {
  test.each([
    ['Re: printer', 'printer'],
    ['RE: AW: Fwd: printer', 'printer'],
    ['Re[2]: printer', 'printer'],
    ['Re^2: printer', 'printer'],
    ['Antw.: printer', 'Antw.: printer'],
    ['TR : imprimante', 'imprimante'],
    ['RV: impresora', 'impresora'],
    ['SV: skrivare', 'skrivare'],
    ['回复：打印机', '打印机'],
    ['Réf : imprimante', 'imprimante'],
    ['PC: broken', 'PC: broken'],
    ['VM: down', 'VM: down'],
    ['TV: no sound', 'TV: no sound'],
    ['Rest: what is left', 'Rest: what is left'],
    ['Reply needed', 'Reply needed'],
    ['[JIRA-55] Re: TR: printer', '[JIRA-55] printer'],
    ['Re: [list] [EXT] Fwd: Re: printer', '[list] [EXT] printer'],
    ['[list] PC: broken', '[list] PC: broken'],
    ['', ''],
    ['Re:', ''],
  ])('"%s" is about "%s"', (subject, about) => {
    expect(normaliseSubject(subject)).toBe(about)
  })

  test.each([
    ['Fwd: a', true],
    ['WG: a', true],
    ['Re: Fwd: a', false],
    ['forward: a', false],
  ])('"%s" is a forward: %s', (subject, forward) => {
    expect(isForwardSubject(subject)).toBe(forward)
  })
})

describe('ticket tokens', () => {
  test.each([
    ['our token', 'Re: [ABC-12] printer', ['ABC-12']],
    ['lower case', '[abc-12] printer', ['ABC-12']],
    ['a non-breaking hyphen', '[ABC\u201112] printer', ['ABC-12']],
    ['leading zeros', '[ABC-0012] printer', ['ABC-12']],
    ['two of ours, each once', '[ABC-1] [ABC-2] [ABC-1]', ['ABC-1', 'ABC-2']],
    ['another system’s', '[XYZ-12] [Ticket#99] printer', []],
    ['no brackets', 'ABC-12 printer', []],
    ['zero', '[ABC-0]', []],
    ['a number beyond counting', '[ABC-999999999999]', ['ABC-999999999999']],
  ])('%s', (_title, subject, tokens) => {
    expect(findTokens(subject, ['ABC']).map((token) => token.text)).toEqual(tokens)
  })

  test.each([
    ['a new subject gets the token in front', 'printer', '[ABC-12] printer'],
    ['a reply keeps one Re:', 'Re: AW: [ABC-12] printer', 'Re: [ABC-12] printer'],
    ['a foreign token stays', 'Re: [XYZ-3] printer', 'Re: [ABC-12] [XYZ-3] printer'],
    ['prefixes behind a foreign token go', 'AW: [XYZ-3] Re: printer', 'Re: [ABC-12] [XYZ-3] printer'],
    ['the token of another ticket stays', '[ABC-3] printer', '[ABC-12] [ABC-3] printer'],
    ['an empty subject becomes the token', '', '[ABC-12]'],
    ['a token behind the prefix of a client', '[ABC-12] Re: [abc-12] RE: printer', '[ABC-12] printer'],
  ])('%s', (_title, subject, written) => {
    expect(withToken(subject, 'ABC-12')).toBe(written)
  })

  test('however often one replies, the token stands once', () => {
    const part = fc.oneof(
      fc.constantFrom('Re: ', 'AW: ', 'Fwd: ', '[ABC-12] ', '[abc-12]', '[XYZ-1] ', 'printer ', 'PC: '),
      fc.string({ maxLength: 8 }),
    )
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 8 }),
        fc.array(fc.constantFrom('Re: ', 'RE: ', 'AW: ', 'SV: '), { maxLength: 5 }),
        (parts, replies) => {
          let subject = withToken(parts.join(''), 'ABC-12')
          const first = subject
          for (const prefix of replies) subject = withToken(prefix + subject, 'ABC-12')
          expect(findTokens(subject, ['ABC']).filter((token) => token.text === 'ABC-12')).toHaveLength(1)
          expect(subject.match(/\[ABC-12\]/gi)).toHaveLength(1)
          expect(withToken(subject, 'ABC-12')).toBe(subject)
          if (hasReplyPrefix(first)) expect(subject).toBe(first)
        },
      ),
      { numRuns: 2000 },
    )
  })
})

describe('the subject of a request that follows another', () => {
  test.each([
    ['[SPT-12] printer', 'printer'],
    ['[spt-012] printer', 'printer'],
    ['[SPT-13] printer', '[SPT-13] printer'],
    ['[EXT-4] [SPT-12] printer', '[EXT-4] printer'],
    ['about SPT-12', 'about SPT-12'],
    ['[SPT-12]', ''],
  ])('%s is about “%s”', (subject, expected) => {
    expect(withoutToken(subject, 'SPT-12')).toBe(expected)
  })
})
