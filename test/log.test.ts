import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLog, type LogOptions, parseLogLevel, redact, unsilenced } from '../src/log.ts'

function linesOf(options: Partial<LogOptions>, work: (log: ReturnType<typeof createLog>) => void): string[] {
  const lines: string[] = []
  const out = { write: (line: string) => void lines.push(line) }
  work(createLog({ level: 'info', readable: false, addresses: 'whole', out, ...options }))
  return lines
}

test.each([
  ['the password of a database address', { url: 'postgres://u:hunter2@h/d' }, 'hunter2'],
  ['the password in an error of a library', { err: new Error('cannot reach smtp://me:hunter2@relay') }, 'hunter2'],
  ['a field named password, however deep', { auth: { user: 'u', inner: { password: 'hun"ter2' } } }, 'ter2'],
  ['the token of a status page', { path: '/t/abcdefghijklmnopqrstuvwxyz' }, 'abcdefgh'],
  [
    'the token of a status page that names its desk',
    { path: '/t/blue.sab.7.1.1r.abcdefghijklmnopqrstuvwxyz' },
    'abcdefgh',
  ],
  ['the link of a supervisor', { url: '/desks/blue?link=blue.wab.0.4.1r.abcdefghijklmnopqrstuvwxyz' }, 'abcdefgh'],
  ['the token of a link to the supervisors page', { path: '/desks?token=abcdefghijkl' }, 'abcdefgh'],
  ['the signed part of a reply address', { to: 'desk+abcdefghijklmnopqrstuvwx34@reply.example.test' }, 'abcdefgh'],
])('%s never stands in a line', (_title, fields, secret) => {
  const [line] = linesOf({}, (log) => log.info(fields, 'received'))
  expect(line).not.toContain(secret)
  expect(JSON.parse(line ?? '')).toMatchObject({ level: 'info', msg: 'received' })
})

test('addresses are masked when the configuration says so, and only then', () => {
  const write = (log: ReturnType<typeof createLog>) => log.info({ from: 'Jeanne.Petit@example.test' }, 'received')
  expect(linesOf({ addresses: 'masked' }, write)[0]).toContain('J***@example.test')
  expect(linesOf({}, write)[0]).toContain('Jeanne.Petit@example.test')
})

test('the line that scripts wait for comes at any level', () => {
  const lines = linesOf({ level: 'silent' }, (log) => {
    log.error('hidden')
    unsilenced(log).info({ smtp: '127.0.0.1:2525' }, 'listening')
  })
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ msg: 'listening', smtp: '127.0.0.1:2525' }])
})

test('on a terminal a line is read, not parsed', () => {
  const [line] = linesOf({ readable: true }, (log) =>
    log.warn({ mail: 7, err: new Error('refused') }, 'could not store'),
  )
  expect(line).toMatch(/^\d\d:\d\d:\d\d WARN could not store: refused mail=7\n$/)
})

test.each([
  ['info', 'info'],
  [' WARN ', 'warn'],
  ['loud', undefined],
])('LOG_LEVEL %j means %s', (word, level) => {
  expect(parseLogLevel(word)).toBe(level)
})

test('what is taken out of a JSON line leaves a JSON line', () => {
  const nasty = fc.array(
    fc.constantFrom(
      '"',
      '\\',
      '@',
      'a@b',
      '://',
      ':',
      '/t/',
      'abcdefghijklmnopqrstu',
      '+',
      'password',
      'Bearer ',
      '{',
      'é',
    ),
  )
  fc.assert(
    fc.property(nasty, nasty, (a, b) => {
      const line = JSON.stringify({ msg: a.join(''), password: b.join(''), deep: { token: a.join('') } })
      expect(JSON.parse(redact(line, 'masked'))).toMatchObject({
        password: '[redacted]',
        deep: { token: '[redacted]' },
      })
    }),
  )
})
