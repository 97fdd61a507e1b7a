import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { readEnvironment } from '../../src/cli/environment.ts'
import { firstSteps, type Started, welcome } from '../../src/cli/welcome.ts'
import { type Configuration, loadConfiguration } from '../../src/config/load.ts'
import { packageRoot } from '../../src/package-root.ts'

const token = 'a-token-of-the-test'
let configuration: Configuration

beforeAll(async () => {
  const loaded = await loadConfiguration(join(packageRoot, 'guichet.yaml'), {})
  if (!loaded.configuration) throw new Error('the example configuration has faults')
  configuration = loaded.configuration
})

const started = (variables: Record<string, string> = {}, addresses: Partial<Started['addresses']> = {}): Started => {
  const read = readEnvironment(variables)
  if (!read.ok) throw new Error(read.faults.join('\n'))
  const { environment } = read
  return {
    addresses: { smtp: '127.0.0.1:2525', lmtp: null, web: '127.0.0.1:8080', ...addresses },
    configuration,
    environment,
    supervisorToken: token,
    where: './data/outgoing',
  }
}

describe('what to try next', () => {
  test('is on a terminal a mail to send with one command, and the supervisors’ page with its token', () => {
    const text = welcome(started())
    expect(text).toMatch(
      /^ {2}\.\/script\/guichet try send --as contact@kpolygone-rdc\.client\.test --to kpolygone-rdc@guichet\.test --subject "[^"]+" --text "[^"]+"$/m,
    )
    expect(text).toContain(`  http://127.0.0.1:8080/desks?link=${token}\n`)
  })

  test('is in a log the same command and the page, and no token', () => {
    const steps = firstSteps(started())
    expect(steps.write).toMatch(/^\.\/script\/guichet try send --as contact@/)
    expect(steps.supervisors).toBe('http://127.0.0.1:8080/desks')
    expect(JSON.stringify(steps)).not.toContain(token)
  })

  test('names the folder and port that another terminal has to know', () => {
    const { write } = firstSteps(started({ GUICHET_DATA: '/srv/desk' }, { smtp: '127.0.0.1:4025' }))
    expect(write).toMatch(/^GUICHET_DATA=\/srv\/desk GUICHET_SMTP_LISTEN=127\.0\.0\.1:4025 \.\/script\/guichet /)
  })

  test('is no mail where a relay would carry the answer away', () => {
    const steps = firstSteps(started({ GUICHET_RELAY_URL: 'smtp://127.0.0.1:25' }))
    expect(Object.keys(steps)).toEqual(['supervisors'])
    expect(firstSteps(started({}, { smtp: null, web: null }))).toEqual({})
  })
})
