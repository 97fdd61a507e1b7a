import { describe, expect, test } from 'vitest'
import { readEnvironment, readRoles } from '../../src/cli/environment.ts'

const read = (env: Record<string, string>) => readEnvironment(env)

describe('the environment', () => {
  test('without any variable the gateway listens on loopback, with its own database and no relay', () => {
    expect(read({})).toMatchObject({
      ok: true,
      environment: {
        config: './guichet.yaml',
        data: './data',
        databaseUrl: null,
        smtp: { host: '127.0.0.1', port: 2525 },
        lmtp: null,
        web: { host: '127.0.0.1', port: 8080 },
        relayUrl: null,
        secrets: null,
        logLevel: 'info',
      },
    })
  })

  test.each([
    ['off listens nowhere', '127.0.0.1:0', 'off', null],
    ['a port of 0 is any free one', '127.0.0.1:0', '127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
    ['a port alone is on loopback', '127.0.0.1:0', '2500', { host: '127.0.0.1', port: 2500 }],
    ['every address of the machine', '127.0.0.1:0', '0.0.0.0:25', { host: '0.0.0.0', port: 25 }],
    ['an IPv6 address stands in brackets', '127.0.0.1:0', '[::1]:25', { host: '::1', port: 25 }],
    ['a name', '127.0.0.1:0', 'localhost:25', { host: 'localhost', port: 25 }],
  ])('%s', (_title, _usual, given, expected) => {
    const result = read({ GUICHET_SMTP_LISTEN: given })
    expect(result.ok && result.environment.smtp).toEqual(expected)
  })

  test.each([
    [
      'a listen address without a port',
      { GUICHET_SMTP_LISTEN: 'localhost' },
      /GUICHET_SMTP_LISTEN="localhost" is no address/,
    ],
    [
      'a port that does not exist',
      { GUICHET_WEB_LISTEN: '127.0.0.1:70000' },
      /GUICHET_WEB_LISTEN="127.0.0.1:70000" is no address/,
    ],
    ['a secret that can be guessed', { GUICHET_SECRET: 'short' }, /GUICHET_SECRET is too short: .*16/],
    ['one short secret of two', { GUICHET_SECRET: 'a-long-enough-secret,short' }, /GUICHET_SECRET is too short/],
    [
      'a public address that is none',
      { GUICHET_PUBLIC_URL: 'help.example.org' },
      /GUICHET_PUBLIC_URL="help.example.org" must begin with http/,
    ],
    [
      'a supervisors’ token that can be guessed',
      { GUICHET_SUPERVISOR_TOKEN: 'hunter2' },
      /^GUICHET_SUPERVISOR_TOKEN is too short: .*16/,
    ],
    [
      'a relay that is no mail server',
      { GUICHET_RELAY_URL: 'http://relay.example.org' },
      /^GUICHET_RELAY_URL: the relay must begin with smtp:/,
    ],
    ['an unknown log level', { LOG_LEVEL: 'loud' }, /LOG_LEVEL="loud" is none of trace, debug/],
  ])('%s is said in a sentence', (_title, env, expected) => {
    const result = read(env)
    expect(result.ok ? '' : result.faults.join('\n')).toMatch(expected)
  })

  test('all faults are said at once, and no secret is repeated', () => {
    const result = read({
      GUICHET_SMTP_LISTEN: 'x',
      GUICHET_WEB_LISTEN: 'y',
      LOG_LEVEL: 'z',
      GUICHET_SECRET: 'hunter2',
      GUICHET_SUPERVISOR_TOKEN: 'hunter2',
      GUICHET_RELAY_URL: 'smtp://somebody:hunter2@:25',
    })
    expect(result.ok ? [] : result.faults).toHaveLength(6)
    expect(JSON.stringify(result)).not.toContain('hunter2')
  })

  test('several secrets are kept in their order: the first signs', () => {
    const result = read({ GUICHET_SECRET: 'new-secret-of-sixteen, old-secret-of-sixteen' })
    expect(result.ok && result.environment.secrets).toEqual(['new-secret-of-sixteen', 'old-secret-of-sixteen'])
  })
})

describe('--role', () => {
  test('left out it means every part', () => {
    expect(readRoles([])).toEqual({ ok: true, roles: ['inbound', 'worker', 'outbound', 'web'] })
  })
  test('any mix may be named', () => {
    expect(readRoles(['web', 'inbound'])).toEqual({ ok: true, roles: ['inbound', 'web'] })
  })
  test('an unknown role is named with the known ones', () => {
    expect(readRoles(['web', 'mailer'])).toMatchObject({
      ok: false,
      fault: expect.stringMatching(/"mailer": write inbound, worker, outbound, web/),
    })
  })
})
