// A desk to begin with passes `check` as it was written, in every language it can be begun in.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { newDesk } from '../../src/cli/new-desk.ts'
import { loadConfiguration } from '../../src/config/load.ts'
import { startExampleDesks } from '../support/example-desks.ts'
import { only } from '../support/gateway.ts'

let folder = ''
const before = process.env.GUICHET_CONFIG
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'new-desk-'))
  await writeFile(join(folder, 'guichet.yaml'), 'reply-domain: reply.help.test\n')
  process.env.GUICHET_CONFIG = join(folder, 'guichet.yaml')
})
afterEach(async () => {
  if (before === undefined) delete process.env.GUICHET_CONFIG
  else process.env.GUICHET_CONFIG = before
  await rm(folder, { recursive: true, force: true })
})

test('desks begun in three languages stand beside each other without a fault', async () => {
  for (const language of ['en', 'fr', 'es'])
    expect(await newDesk(`help-${language}`, { language, zone: 'Europe/Paris' })).toBe(0)
  const { configuration, faults } = await loadConfiguration(join(folder, 'guichet.yaml'), {})
  expect(faults).toEqual([])
  expect(
    [...(configuration?.desks.values() ?? [])].map(({ desk, prefix, address }) => [desk, prefix, address]),
  ).toEqual([
    ['help-en', 'HEL', 'help-en@help.test'],
    ['help-es', 'HEL3', 'help-es@help.test'],
    ['help-fr', 'HEL2', 'help-fr@help.test'],
  ])
  expect(configuration?.rules.get('help-fr')).toHaveLength(7)
})

test('what is there is not touched, and wrong words are refused with what is right', async () => {
  expect(await newDesk('help', {})).toBe(0)
  const file = join(folder, 'desks', 'help.yaml')
  const text = await readFile(file, 'utf8')
  await expect(newDesk('help', {})).rejects.toThrow(/is there already; nothing was written/)
  expect(await readFile(file, 'utf8')).toBe(text)
  await expect(newDesk('Help Desk', {})).rejects.toThrow(/no key of a desk/)
  await expect(newDesk('other', { zone: 'Paris' })).rejects.toThrow(/no time zone/)
  await expect(newDesk('other', { language: 'xx' })).rejects.toThrow(/en, fr or es/)
  await expect(newDesk('other', { address: 'nobody' })).rejects.toThrow(/no address/)
})

test('a desk as it was begun serves: trouble at night is answered, what is solved closes when nobody objects', async () => {
  await newDesk('aide', { language: 'fr', zone: 'Europe/Paris', agent: 'lea@help.test' })
  const gateway = await startExampleDesks(['aide'], '2026-11-18T21:00:00Z', join(folder, 'guichet.yaml'))
  try {
    const sent = await gateway.exchange({
      from: 'Ann Example <first.customer@client.test>',
      to: 'aide@help.test',
      subject: 'Caisse en panne',
      text: 'Bonjour, impossible de travailler, la commande n° 4711 ne part plus.',
    })
    const answer = only(sent, 'first.customer@client.test')
    expect(answer.subject).toContain('AID-1')
    expect(answer.text.replace(/\s+/g, ' ')).toContain(
      'elle passera en premier à la réouverture. Nous sommes là du lundi',
    )
    expect(answer.text).not.toContain('docs/templates.md')
    expect((await gateway.ticket(1, 'aide')).fields).toMatchObject({ order: '4711' })
    const asked = await gateway.reply(only(sent, 'lea@help.test'), {
      from: 'lea@help.test',
      text: '#résoudre\n\nLe fusible est changé.',
    })
    expect(only(asked, 'first.customer@client.test').text.replace(/\s+/g, ' ')).toContain(
      'Sans réponse de votre part, la demande sera close jeudi 26 novembre à 09:00',
    )
    await gateway.advance(8 * 86_400_000)
    expect((await gateway.ticket(1, 'aide')).status).toBe('closed')
  } finally {
    await gateway.close()
  }
})
