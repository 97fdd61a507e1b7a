import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { guichet } from '../support/command-line.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guichet-commands-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A database that is not there. */
const nowhere = { DATABASE_URL: 'postgres://someone:a-password@127.0.0.1:1/none' }

describe('help', () => {
  test.each([
    ['serve'],
    ['check'],
    ['doctor'],
    ['migrate'],
    ['demo'],
    ['try'],
    ['explain'],
    ['plan'],
    ['replay'],
    ['show'],
    ['import'],
    ['holds'],
    ['outbox'],
    ['contacts'],
    ['links'],
  ])('guichet %s --help shows examples that one can type', async (command) => {
    const { code, out } = await guichet([command, '--help'])
    expect(code).toBe(0)
    expect(out).toMatch(new RegExp(`Examples:\\n {2}\\./script/guichet ${command}`))
  })

  test('guichet plan --help says what else than the configuration makes a difference', async () => {
    const { out } = await guichet(['plan', '--help'])
    expect(out.replace(/\s+/g, ' ')).toContain('Without --against it also reports what differs for another reason')
  })

  test('guichet --help names every command and the exit statuses', async () => {
    const { code, out } = await guichet(['--help'])
    expect(code).toBe(0)
    expect(out).toContain('Exit status: 0 done, 1 failed, 2 wrong use or wrong configuration.')
  })
})

describe('wrong use ends with 2 and a sentence', () => {
  test.each([
    ['a mistyped command', ['chek'], /Did you mean check\?/],
    ['an unknown option', ['check', '--verbos'], /unknown option '--verbos'/],
    ['a missing argument', ['show'], /missing required argument 'ticket'/],
    ['a ticket that is none', ['show', 'twelve'], /"twelve" should read like ABC-12/],
    ['a hold that is none', ['holds', 'show', '12'], /"12" should read DESK\/ID/],
    ['an id that is none', ['replay', 'x1'], /"x1" is no id of a stored mail/],
    ['an outbox state that does not exist', ['outbox', 'list', '--state', 'gone'], /There is no state "gone": write/],
    [
      'an address that is none',
      ['try', 'send', '--as', 'me', '--to', 'a@b.test', '--subject', 's', '--text', 't'],
      /"me" is no mail address/,
    ],
    [
      'a contacts file that is not there',
      ['contacts', 'import', '/nowhere/people.csv', '--desk', 'x'],
      /There is no file \/nowhere\/people\.csv/,
    ],
    ['an unknown role', ['serve', '--role', 'mailer'], /there is no role "mailer"/],
    ['roles without a shared database', ['serve', '--role', 'web'], /--role needs DATABASE_URL and GUICHET_SECRET/],
    ['a demo of an unknown desk', ['demo', '--desk', 'nobody'], /There is no scene of a desk "nobody"/],
  ])('%s', async (_title, args, expected) => {
    const { code, out, err } = await guichet(args, { GUICHET_DATA: join(folder, 'data') })
    expect(`${out}${err}`).toMatch(expected)
    expect(`${out}${err}`).not.toMatch(/\n\s+at /)
    expect(code).toBe(2)
  })
})

describe('what stands in the way is said without a stack', () => {
  test('a configuration that is not there', async () => {
    const { code, out } = await guichet(['check'], { GUICHET_CONFIG: join(folder, 'none.yaml') })
    expect(out).toMatch(/none\.yaml:1:1 the configuration file does not exist \(GUICHET_CONFIG names it/)
    expect(code).toBe(2)
  })

  test('every fault of a configuration at once, with line and column', async () => {
    const file = join(folder, 'faulty.yaml')
    await writeFile(file, 'reply-domain: Not A Domain\ncolour: blue\n')
    const { code, out } = await guichet(['check'], { GUICHET_CONFIG: file })
    expect(out).toMatch(/faulty\.yaml:1:\d+ reply-domain: .*a domain is written in small letters/)
    expect(out).toMatch(/faulty\.yaml:2:1 .*colour/)
    expect(out).toMatch(/\d+ faults\n$/)
    expect(code).toBe(2)
  })

  test('a database server that does not answer, without its password', async () => {
    const { code, out, err } = await guichet(['holds', 'list'], nowhere)
    expect(err).toMatch(
      /^DATABASE_URL: the database server 127\.0\.0\.1:\d+ cannot be used: nothing listens there\.\n$/,
    )
    expect(out).not.toContain('a-password')
    expect(code).toBe(1)
  })

  test('a database address that is none', async () => {
    const { code, err } = await guichet(['migrate'], { DATABASE_URL: 'localhost:5432' })
    expect(err).toMatch(/DATABASE_URL: the database address must look like postgres:/)
    expect(code).toBe(2)
  })

  test('a data folder that is a file', async () => {
    const file = join(folder, 'file')
    await writeFile(file, '')
    const { code, err } = await guichet(['holds', 'list'], { GUICHET_DATA: join(file, 'data') })
    expect(err).toMatch(/cannot be made: a part of the path is a file/)
    expect(code).toBe(1)
  })

  test('no gateway to write to', async () => {
    const { code, err } = await guichet(
      ['try', 'send', '--as', 'ana@client.test', '--to', 'desk@guichet.test', '--subject', 's', '--text', 't'],
      { GUICHET_SMTP_LISTEN: '127.0.0.1:1', GUICHET_DATA: folder },
    )
    expect(err).toMatch(/^No gateway listens on 127\.0\.0\.1:1\. Start it with \.\/script\/server/)
    expect(code).toBe(1)
  })

  test('an environment that cannot be read', async () => {
    const { code, err } = await guichet(['check'], { LOG_LEVEL: 'loud', GUICHET_SMTP_LISTEN: 'here' })
    expect(err).toMatch(/GUICHET_SMTP_LISTEN="here" is no address.*\nLOG_LEVEL="loud" is none of/)
    expect(code).toBe(2)
  })
})

describe('explain', () => {
  test('--parse-only needs neither database nor configuration', async () => {
    const file = join(folder, 'mail.eml')
    await writeFile(
      file,
      'From: Ana <ana@client.test>\r\nTo: x@y.test\r\nSubject: Hello\r\nMessage-ID: <1@client.test>\r\n\r\nGood morning\r\n',
    )
    const { code, out } = await guichet(['explain', '--parse-only', '--json', file, join(folder, 'none.eml')], {
      ...nowhere,
      GUICHET_CONFIG: join(folder, 'none.yaml'),
    })
    const [first, second] = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(first).toMatchObject({
      ok: true,
      kind: 'message',
      from: { address: 'ana@client.test', name: 'Ana' },
      subject: 'Hello',
      messageId: '1@client.test',
    })
    expect(first).not.toHaveProperty('decision')
    expect(second).toMatchObject({ ok: false, error: expect.any(String) })
    expect(code).toBe(0)
  })
})
