import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileRules } from '../../src/rules/compile.ts'
import { explainRules, explanationLines } from '../../src/rules/explain-rule.ts'
import { runRules } from '../../src/rules/run.ts'
import { rulesSchema } from '../../src/rules/schema.ts'
import { mailEvent, orchard, rules, work } from '../support/rule-work.ts'

const faults = (...list: unknown[]): string[] => {
  const parsed = rulesSchema.parse(
    list.map((rule, i) => ({ name: `rule-${i + 1}`, then: { tags: 'x' }, ...(rule as object) })),
  )
  const result = compileRules(parsed, orchard, {
    from: 'desk',
    hasTemplate: (name) => name === 'known',
    hasFile: (name) => name === 'guide.pdf',
  })
  return result.faults.map(
    (fault) => `${fault.path.join('.')}: ${fault.message}${fault.hint ? ` (${fault.hint})` : ''}`,
  )
}

describe('names that the desk does not have are faults with a place and the nearest name', () => {
  test.each([
    [
      'a priority',
      { then: { priority: 'urgnet' } },
      '0.then.priority: the desk has no priority "urgnet" (did you mean "urgent"?)',
    ],
    [
      'a queue',
      { then: { escalate: { queue: 'thrid' } } },
      '0.then.escalate.queue: the desk has no queue "thrid" (there is first, second)',
    ],
    [
      'a status in a condition',
      { when: { not: { status: 'opne' } } },
      '0.when.not.status: the desk has no status "opne" (did you mean "open"?)',
    ],
    [
      'a field in a condition',
      { when: { any: [{ field: { prise: 1 } }] } },
      '0.when.any.0.field.prise: the desk has no field "prise" (did you mean "price"?)',
    ],
    [
      'a clock',
      { on: 'clock', when: { clock: 'respons' } },
      '0.when.clock: the desk has no clock "respons" (did you mean "response"?)',
    ],
    [
      'an action out of its time',
      { on: ['new', 'clock'], then: { hold: 'x' } },
      '0.then.hold: a rule on: clock cannot do this (only on: new, reply)',
    ],
    [
      'a question that is never asked',
      { when: { stage: 'breached' } },
      '0.when.stage: a rule on: new is never asked this (write on: clock)',
    ],
    [
      'a template',
      { then: { reply: 'unknown' } },
      '0.then.reply.template: there is no template "unknown" in the languages of the desk (a template is templates/NAME/LANGUAGE.md)',
    ],
    [
      'a file',
      { then: { reply: { template: 'known', files: ['guide.pdf', 'x.pdf'] } } },
      '0.then.reply.files: there is no file "x.pdf" (files lie in templates/files)',
    ],
    [
      'somebody to tell',
      { then: { notify: { to: 'expert', template: 'known' } } },
      '0.then.notify.to: nobody is called "expert" (did you mean "experts"?)',
    ],
    [
      'an agent',
      { then: { assignee: 'ada@orchard.tset' } },
      '0.then.assignee: the desk has no agent "ada@orchard.tset" (did you mean "ada@orchard.test"?)',
    ],
    [
      'a word list',
      { when: { text: { list: 'reasons' } } },
      '0.when.text.list: the desk has no list "reasons" (lists: holds word lists by name)',
    ],
    [
      'a captured value',
      { then: { note: '{invoise}' } },
      '0.then.note: {invoise} is neither captured by a rule of the desk nor a known value',
    ],
    ['a language', { then: { language: 'es' } }, '0.then.language: the desk has no language "es" (there is en, fr)'],
    ['a calendar', { then: { calendar: 'day' } }, '0.then.calendar: the desk has no calendar "day"'],
    [
      'a choice of a field',
      { then: { fields: { cause: 'weather' } } },
      '0.then.fields.cause: "weather" is no choice for the field cause (there is use, system)',
    ],
    ['an expression', { when: { subject: { matches: '(?=x)' } } }, '0.when.subject.matches: look-ahead'],
    ['a keyword without letters', { when: { subject: '???' } }, '0.when.subject.has: "???" has no letter or digit'],
    ['a condition that asks nothing', { when: { subject: {} } }, '0.when.subject: this asks nothing'],
  ])('%s', (_title, rule, expected) => {
    expect(faults(rule).join('\n')).toContain(expected)
  })

  test('all faults of all rules come at once', () => {
    expect(
      faults({ name: 'same', then: { priority: 'a', queue: 'b' } }, { name: 'same', when: { status: 'c' } }),
    ).toHaveLength(4)
  })

  test('a rule may use what another one captures', () => {
    expect(
      faults({ when: { subject: { matches: '(?<invoice>F\\d+)' } } }, { then: { note: '{invoice}, {{not filled}}' } }),
    ).toEqual([])
  })
})

describe('the index of words', () => {
  test('leads to the same result as looking at every rule', () => {
    const word = fc.constantFrom('press', 'pump', 'seed', 'plate', 'card', 'pay*', '*roll', 'big press', 'red pump now')
    const some = fc.oneof(word, fc.uniqueArray(word, { minLength: 1, maxLength: 3 }))
    const simple = fc.oneof(
      some.map((subject) => ({ subject })),
      some.map((body) => ({ body })),
      some.map((text) => ({ text })),
      some.map((lacks) => ({ text: { lacks } })),
      fc.constantFrom({ priority: 'high' }, { registered: true }, { subject: { matches: 'p(u|r)' } }),
    )
    const when = fc.oneof(
      simple,
      fc.tuple(simple, simple).map((any) => ({ any })),
      fc.tuple(simple, simple).map((all) => ({ all })),
      simple.map((not) => ({ not })),
      fc.tuple(simple, simple, simple).map(([a, b, c]) => ({ any: [{ all: [a, b] }, { not: c }] })),
    )
    const text = fc
      .array(fc.constantFrom('press', 'big', 'pump', 'red', 'now', 'seed', 'payroll', 'PLATE', 'cards', 'card', ','), {
        maxLength: 6,
      })
      .map((words) => words.join(' '))
    fc.assert(
      fc.property(fc.array(when, { minLength: 1, maxLength: 8 }), text, text, text, (whens, subject, reply, quote) => {
        const compiled = rules(
          ...whens.map((one, i) => ({
            when: one,
            then: { tags: `t${i}`, ...(i % 3 === 0 ? { priority: 'high' } : {}) },
          })),
        )
        const event = mailEvent({ subject, replyText: reply, text: `${reply}\n> ${quote}` })
        const indexed = work({ event, context: { rules: compiled } })
        runRules(indexed)
        const every = work({ event, context: { rules: compiled.map((rule) => ({ ...rule, needs: null })) } })
        runRules(every)
        expect(indexed.ticket).toEqual(every.ticket)
        expect(indexed.trail).toEqual(every.trail)
      }),
      { numRuns: 500 },
    )
  })

  test('a mail is looked at only by the rules whose words it has, of a thousand', () => {
    const list = Array.from({ length: 1_000 }, (_, i) => ({
      when:
        i % 4 === 0
          ? { sender: `c${i}.test`, subject: `word${i}` }
          : i % 4 === 1
            ? { any: [{ subject: `alpha${i}` }, { body: [`beta${i}`, `gam${i}*`] }] }
            : i % 4 === 2
              ? { body: `two words${i}`, priority: 'normal' }
              : { text: { has: `delta${i}`, matches: `delta${i}\\s+(?<n>\\d+)` } },
    }))
    const compiled = rules(...list)
    const text = Array.from({ length: 700 }, (_, i) => `mot${i % 400}`).join(' ')
    let looked = 0
    const counted = compiled.map((rule) => ({
      ...rule,
      when: (sheet: Parameters<typeof rule.when>[0]) => {
        looked += 1
        return rule.when(sheet)
      },
    }))
    for (let i = 0; i < 100; i++)
      runRules(work({ event: mailEvent({ text, subject: 'word4 and alpha5' }), context: { rules: counted } }))
    expect(looked / 100).toBeLessThan(5)
  })
})

describe('an explanation', () => {
  test('gives every rule with the value of each of its conditions, and carries nothing out', () => {
    const sheet = work({
      context: {
        rules: rules(
          { when: { subject: 'press', any: [{ priority: 'high' }, { registered: true }] } },
          { on: 'clock', when: { subject: 'pump' } },
        ),
      },
    })
    const lines = explainRules(sheet).flatMap(explanationLines)
    expect(lines).toEqual([
      '✓ rule-1',
      '  ✓ subject has "press" and (priority is high or the customer is registered)',
      '    ✓ subject has "press"',
      '    ✓ priority is high or the customer is registered',
      '      · priority is high',
      '      ✓ the customer is registered',
      '  → tags it matched',
      '· rule-2 — not for this event',
      '  · subject has "pump"',
    ])
    expect(sheet.ticket.tags).toEqual([])
    expect(sheet.trail).toEqual([])
  })
})
