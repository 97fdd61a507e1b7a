import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createLog } from '../../src/log.ts'
import { packageRoot } from '../../src/package-root.ts'
import { ana, carla, opened } from '../support/conversation.ts'
import { testDesk } from '../support/desk.ts'
import { choiceIn, startGateway } from '../support/gateway.ts'

test('T47: no password, key, link or signed address stands in the log or in a row about work, whatever goes wrong', async () => {
  const lines: string[] = []
  const password = 'canary-password-83f1'
  const gateway = await startGateway({
    desks: [{ desk: testDesk() }],
    at: '2026-11-23T09:00:00Z',
    login: (user, given) => (user === 'ana@staff.test' && given === password ? user : null),
    app: () => ({
      log: createLog({
        level: 'trace',
        readable: false,
        addresses: 'whole',
        out: { write: (line) => lines.push(line) },
      }),
    }),
  })
  try {
    const { ack, told } = await opened(gateway)
    await gateway.reply(ack, { from: carla, text: 'More.' })
    await gateway.reply(told, { from: ana, text: 'Thank you.', as: { user: 'ana@staff.test', password } })
    await gateway.reply(told, { from: ana, text: 'Not proved.', auth: null })
    await gateway
      .write({
        from: ana,
        to: 'help@guichet.test',
        text: 'x',
        as: { user: 'ana@staff.test', password: 'canary-wrong-83f1' },
      })
      .catch(() => undefined)
    gateway.answers.set('carla@client.test', {
      state: 'bounced',
      response: `550 5.1.1 <${ack.replyTo}> and <${ack.envelopeFrom}> are unknown`,
    } as never)
    await gateway.reply(told, { from: ana, text: 'Once more.' })
    await gateway.write({ from: 'eve@evil.test', to: choiceIn(ack, /./), text: 'mute' })
    await gateway.app.settle()
    const page = /\/t\/[\w.~-]+/.exec(ack.html)?.[0] ?? ''
    await fetch(`${gateway.web}${page}`)
    await fetch(`${gateway.web}/desks?link=${page.slice(3)}`)
    await fetch(`${gateway.web}/desks`, { headers: { authorization: 'Bearer supervisor-token-of-the-tests' } })
    const rows = await gateway.database.sql<{ text: string }[]>`
      select concat_ws(' ', error, trail::text, authentication::text) as text from inbound
      union all select concat_ws(' ', reason, why) from hold
      union all select key from told union all select key from budget`
    const log = lines.join('')
    expect(lines.length).toBeGreaterThan(5)
    const signedPart = (address: string): string => /[.+]([a-z2-7]{26,})@/.exec(address)?.[1] ?? 'none'
    expect(signedPart(ack.replyTo)).not.toBe('none')
    for (const secret of [
      password,
      'canary-wrong-83f1',
      'a secret of the tests',
      'supervisor-token-of-the-tests',
      page.slice(3),
      signedPart(ack.replyTo),
      signedPart(told.replyTo),
    ]) {
      expect(log.includes(secret), `${secret} in the log`).toBe(false)
      expect(
        rows.some((row) => row.text?.includes(secret)),
        `${secret} in a row`,
      ).toBe(false)
    }
    // Neither what people wrote.
    expect(log).not.toContain('Smoke comes out')
    expect(log).not.toContain('Not proved.')
  } finally {
    await gateway.close()
  }
})

test('T60: every package is pinned to one version, and the lock says what each consists of', () => {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(packageRoot, name), 'utf8'))
  const { dependencies, devDependencies } = read('package.json') as Record<string, Record<string, string>>
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
    expect(version, name).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/)
  const { packages } = read('package-lock.json') as {
    packages: Record<
      string,
      { version?: string; integrity?: string; resolved?: string; link?: boolean; inBundle?: boolean }
    >
  }
  for (const [name, entry] of Object.entries(packages)) {
    if (name === '' || entry.link || entry.inBundle) continue
    expect(entry.integrity, name).toMatch(/^sha512-/)
    expect(entry.resolved, name).toBeUndefined()
  }
  const nodemailer = (dependencies?.nodemailer ?? '').split('.').map(Number)
  expect((nodemailer[0] ?? 0) >= 9).toBe(true)
})
