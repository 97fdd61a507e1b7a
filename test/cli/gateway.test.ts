// The contract driven from outside: the script starts the gateway, a mail goes in by SMTP, the answer is read as a file, the agent
// answers, the page opens, a signal ends it.

import { execFile, spawn } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LocalMail, readLocalMail } from '../../src/cli/mail-client.ts'
import { packageRoot } from '../../src/package-root.ts'
import { guichet, type Served, serve } from '../support/command-line.ts'
import { findProgram } from '../support/real-server.ts'

const customer = 'contact@spt.client.test'
const agent = 'agent@spt.staff.test'

let folder: string
let gateway: Served
/** A configuration of the test's own, which it may spoil. */
let env: Record<string, string>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guichet-outside-'))
  for (const name of ['guichet.yaml', 'desks', 'templates'])
    await cp(join(packageRoot, name), join(folder, name), { recursive: true })
  env = { GUICHET_CONFIG: join(folder, 'guichet.yaml'), GUICHET_SUPERVISOR_TOKEN: 'a-token-that-the-test-knows' }
  gateway = await serve({ ...env, LOG_LEVEL: 'silent' }, [join(packageRoot, 'script', 'server')])
  env = { ...env, ...gateway.env }
})
afterAll(async () => {
  await gateway.close()
  await rm(folder, { recursive: true, force: true })
})

const outgoing = async (): Promise<LocalMail[]> => {
  const names = (await readdir(join(gateway.data, 'outgoing'))).filter((name) => name.endsWith('.eml')).sort()
  return Promise.all(names.map(async (name) => readLocalMail(await readFile(join(gateway.data, 'outgoing', name)))))
}

/** The newest mail to somebody about a request. */
const newest = async (address: string, request = '[SPT-1]'): Promise<LocalMail> => {
  const mail = (await outgoing()).findLast((one) => one.to.address === address && one.subject.includes(request))
  if (!mail) throw new Error(`no mail to ${address}`)
  return mail
}

describe('a gateway on free ports', () => {
  test('says where it listens in one line, also when the log is silent', () => {
    expect(gateway.out().trim().split('\n')).toHaveLength(1)
    expect(gateway.listening).toMatchObject({
      msg: 'listening',
      smtp: expect.stringMatching(/^127\.0\.0\.1:[1-9]\d*$/),
      lmtp: null,
      web: expect.stringMatching(/^127\.0\.0\.1:[1-9]\d*$/),
    })
  })

  test('try send: the customer writes and is told what has come back', async () => {
    const { code, out } = await guichet(
      [
        'try',
        'send',
        '--as',
        `Sophie Marchand <${customer}>`,
        '--to',
        'spt@guichet.test',
        '--subject',
        'Imprimante',
        '--text',
        'Elle ne marche plus.',
      ],
      env,
    )
    expect(out).toMatch(/^Sent to spt@guichet\.test\.\nThe gateway has sent:\n/)
    expect(out).toContain('Re: [SPT-1] Imprimante')
    expect(out).toContain(`try read --as ${customer} --last 1`)
    expect(code).toBe(0)
  })

  test('try read: the acknowledgement reads as in a mail client', async () => {
    const { code, out } = await guichet(['try', 'read', '--as', customer], env)
    expect(out).toMatch(/^──── 1 ─+\nFrom: {5}Customer Services ProConcept <spt@guichet\.test>\nTo: {7}Sophie Marchand/)
    expect(out).toContain('Elle porte le numéro SPT-1.')
    expect(code).toBe(0)
  })

  test('try read: an address without mail is told whose mail there is', async () => {
    const { out } = await guichet(['try', 'read', '--as', 'nobody@client.test'], env)
    expect(out).toContain(`There is mail for: ${agent}, ${customer}`)
  })

  test('try reply: the agent answers their mail, and the customer gets it in the desk’s name', async () => {
    const { code, out } = await guichet(['try', 'reply', '1', '--as', agent, '--text', 'L’avez-vous redémarrée ?'], env)
    expect(out).toContain(`to ${customer}`)
    const answer = await newest(customer)
    expect(answer.text).toContain('L’avez-vous redémarrée ?')
    expect(answer.from.address).toBe('spt@guichet.test')
    expect(answer.automatic).toBe(false)
    expect(code).toBe(0)
  })

  test('try reply: a number that does not exist is said', async () => {
    const { code, err } = await guichet(['try', 'reply', '9', '--as', agent, '--text', 'x'], env)
    expect(err).toMatch(/There is no mail 9: agent@spt\.staff\.test has 1 to \d/)
    expect(code).toBe(2)
  })

  test('try alone: a newcomer chooses who they are, lists, reads and writes', async () => {
    const input = [
      'other@spt.client.test',
      'write',
      'spt@guichet.test',
      'Une question',
      'Où trouve-t-on le manuel ?',
      '',
      'list',
      'read 1',
      'choose 1',
      '1',
      'quit',
      '',
    ].join('\n')
    const { code, out } = await guichet(['try'], env, input)
    expect(out).toContain('You are other@spt.client.test.')
    expect(out).toMatch(/1 {2}Customer Services ProConcept {2,}Re: \[SPT-2\] Une question/)
    expect(out).toContain('Ne plus recevoir d’avis pour cette demande')
    expect(code).toBe(0)
  })

  test('the README shows what one sees', async () => {
    const readme = await readFile(join(packageRoot, 'README.md'), 'utf8')
    const [, shown = ''] = /(Sent to kpolygone-rdc@[\s\S]*?)\n\n\$/.exec(readme) ?? []
    const [, mail = ''] = /(\nFrom: [\s\S]*?Status {4}New\n)/.exec(readme) ?? []
    const person = 'contact@kpolygone-rdc.client.test'
    const words = ['--to', 'kpolygone-rdc@guichet.test', '--subject', 'A question', '--text', 'How much is it?']
    expect((await guichet(['try', 'send', '--as', person, ...words], env)).out.trimEnd()).toBe(shown)
    const undated = (text: string): string => text.replace(/\nDate: .*/, '\nDate:')
    expect(undated((await guichet(['try', 'read', '--as', person], env)).out)).toContain(undated(mail))
  })

  test('the page behind the link in the mail shows the request, and nothing opens without the link', async () => {
    const link = /https?:\/\/\S+\/t\/\S+/.exec((await newest(customer)).text)?.[0] ?? ''
    const page = await fetch(link)
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('SPT-1')
    expect((await fetch(`${link.slice(0, -2)}aa`)).status).toBe(404)
    expect((await fetch(link, { method: 'POST' })).status).toBe(405)
  })

  test('supervisors open their page with the token', async () => {
    const url = `http://${gateway.listening.web}/desks`
    expect((await fetch(url)).status).toBe(401)
    const page = await fetch(url, { headers: { authorization: 'Bearer a-token-that-the-test-knows' } })
    expect(page.status).toBe(200)
  })

  test('show: the ticket with its history and why', async () => {
    const { code, out } = await guichet(['show', 'SPT-1'], env)
    expect(out).toMatch(/^SPT-1 {2}Imprimante\n/)
    expect(out).toMatch(/agent {2}Camille Rossel\n {4}L’avez-vous redémarrée/)
    expect(out).toContain('agent: Signed address, From and authentication agree')
    expect(code).toBe(0)
    expect((await guichet(['show', 'SPT-99'], env)).code).toBe(1)
  })

  test('outbox, replay and explain look at what has happened and change nothing', async () => {
    const before = (await outgoing()).length
    expect((await guichet(['outbox', 'list'], env)).out).toBe('No outgoing mail needs a look.\n')
    expect((await guichet(['outbox', 'list', '--state', 'sent'], env)).out).toMatch(
      /spt\/1 +sent +contact@spt\.client\.test/,
    )
    expect((await guichet(['outbox', 'show', 'spt/1', '--raw'], env)).out).toMatch(/^From: |\r\nFrom: /)
    expect((await guichet(['replay', '1'], env)).out).toMatch(/^1 spt: created → created \(the same\)/)
    const again = await guichet(['replay', '1', '--apply'], env)
    expect(again.out).toContain('it had its effect already')
    expect(again.code).toBe(1)
    const { out } = await guichet(
      ['explain', '--json', '--desk', 'spt', join(gateway.data, 'outgoing', 'spt-000001.eml')],
      env,
    )
    expect(JSON.parse(out)).toMatchObject({ ok: true, decision: { desk: 'spt', trail: expect.any(Array) } })
    expect((await outgoing()).length).toBe(before)
  })

  test('holds: a mail in the agent’s name that nothing proves is held, shown and discarded', async () => {
    const { replyTo, subject } = await newest(agent)
    const [host, port] = gateway.listening.smtp.split(':')
    const transport = createTransport({ host, port: Number(port), ignoreTLS: true })
    await transport.sendMail({ from: agent, to: replyTo, subject, text: 'Relayez ceci, s’il vous plaît.' })
    transport.close()
    const held = async (): Promise<string> => (await guichet(['holds', 'list'], env)).out
    await expect.poll(held, { timeout: 15_000, interval: 300 }).toContain(agent)
    const name = /^(spt\/\d+)/m.exec(await held())?.[1] ?? ''
    expect((await guichet(['holds', 'show', name], env)).out).toContain('Relayez ceci')
    expect((await guichet(['holds', 'discard', name], env)).out).toBe(`${name} is discarded; its original is kept.\n`)
    const again = await guichet(['holds', 'discard', name], env)
    expect(again).toMatchObject({ code: 1, out: `${name} is settled already (discarded).\n` })
    expect(
      (await outgoing()).filter((mail) => mail.text.includes('Relayez ceci') && mail.to.address === customer),
    ).toEqual([])
  })

  test('contacts: imported twice they change nothing, and come out as they went in', async () => {
    const file = join(folder, 'people.csv')
    await writeFile(file, 'address,name,organisation,language\nnew@spt.client.test,Nadia Nouvelle,Atelier Neuf,fr\n')
    expect((await guichet(['contacts', 'import', file, '--desk', 'spt'], env)).out).toMatch(/^spt: 1 new, 0 changed/)
    expect((await guichet(['contacts', 'import', file, '--desk', 'spt'], env)).out).toMatch(
      /^spt: 0 new, 0 changed, 1 as before/,
    )
    expect((await guichet(['contacts', 'export', '--desk', 'spt'], env)).out).toMatch(
      /new@spt\.client\.test.*Nadia Nouvelle/,
    )
    await writeFile(file, 'address,name\nnot an address,X\n')
    const faulty = await guichet(['contacts', 'import', file, '--desk', 'spt'], env)
    expect(faulty.err).toMatch(/people\.csv:2:1 /)
    expect(faulty.code).toBe(2)
    const unknown = await guichet(['contacts', 'export', '--desk', 'nobody'], env)
    expect(unknown.err).toMatch(/There is no desk "nobody": gestion, /)
  })

  test('links revoke: the link that was sent opens nothing any more', async () => {
    const link = /https?:\/\/\S+\/t\/\S+/.exec((await newest(customer)).text)?.[0] ?? ''
    expect((await fetch(link)).status).toBe(200)
    expect((await guichet(['links', 'revoke', 'SPT-1', '--person', customer], env)).code).toBe(0)
    expect((await fetch(link)).status).toBe(404)
    const unknown = await guichet(['links', 'revoke', 'SPT-9999'], env)
    expect([unknown.code, unknown.err]).toEqual([1, 'There is no ticket SPT-9999.\n'])
  })

  test('import: a backlog becomes tickets of the desk', async () => {
    const box = join(folder, 'old.mbox')
    await writeFile(
      box,
      `From x Thu Jan  1 00:00:00 2026\nFrom: ${customer}\nTo: spt@guichet.test\nSubject: Vieille demande\nMessage-ID: <old@client.test>\n\nDepuis janvier.\n\n`,
    )
    expect(await guichet(['import', box], env)).toMatchObject({
      code: 0,
      out: `${box}: 1 mails, 1 new, 0 known before.\n`,
    })
    expect(await guichet(['import', box], env)).toMatchObject({
      code: 0,
      out: `${box}: 1 mails, 0 new, 1 known before.\n`,
    })
    expect((await guichet(['import', join(folder, 'none.mbox')], env)).code).toBe(1)
  })

  test('a second gateway on the same folder is refused with what to do', async () => {
    const { code, err } = await guichet(['serve'], {
      ...env,
      GUICHET_SMTP_LISTEN: '127.0.0.1:0',
      GUICHET_WEB_LISTEN: 'off',
    })
    expect(err).toMatch(/^Another gateway runs on the data folder .*GUICHET_DATA/)
    expect(code).toBe(1)
  })

  test('a port that is taken is named with the variable to change', async () => {
    const { code, err } = await guichet(['serve'], {
      ...env,
      GUICHET_DATA: join(folder, 'data'),
      GUICHET_WEB_LISTEN: 'off',
      LOG_LEVEL: 'silent',
    })
    expect(err).toMatch(/is taken by another program\. .*GUICHET_SMTP_LISTEN/)
    expect(code).toBe(1)
  })
})

describe('s-nail, a mail client that people use', () => {
  const snail = findProgram('s-nail')
  test.skipIf(snail === undefined)('reads the mail of the gateway and answers it to the right address', async () => {
    const [host, port] = gateway.listening.smtp.split(':')
    const box = join(folder, 'agent.mbox')
    const names = (await readdir(join(gateway.data, 'outgoing'))).filter((name) => name.endsWith('.eml')).sort()
    let mbox = ''
    for (const name of names) {
      const raw = await readFile(join(gateway.data, 'outgoing', name), 'latin1')
      if ((await readLocalMail(Buffer.from(raw, 'latin1'))).to.address === agent)
        mbox += `From gateway Thu Jan  1 00:00:00 2026\n${raw.replace(/\r\n/g, '\n').replace(/^From /gm, '>From ')}\n\n`
    }
    await writeFile(box, mbox, 'latin1')
    const before = (await outgoing()).length
    const child = spawn(
      snail ?? '',
      [
        '-:/',
        '-#',
        '-R',
        '-S',
        'v15-compat',
        '-S',
        `mta=smtp://${host}:${port}`,
        '-S',
        'DEAD=/dev/null',
        '-S',
        'smtp-auth=none',
        '-S',
        `from=Camille Rossel <${agent}>`,
        '-S',
        'customhdr=Authentication-Results: guichet.test; dmarc=pass header.from=spt.staff.test',
        '-S',
        'sendwait',
        '-S',
        'ttycharset=UTF-8',
        '-f',
        box,
      ],
      { env: { PATH: process.env.PATH ?? '', HOME: folder, LC_ALL: 'C.UTF-8' }, stdio: ['pipe', 'pipe', 'pipe'] },
    )
    child.stdin.end('reply 1\nVoici la marche à suivre, depuis s-nail.\n~.\nexit\n')
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk
    })
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk
    })
    await new Promise((resolve) => child.once('close', resolve))
    await expect
      .poll(async () => (await outgoing()).length, { timeout: 10_000, interval: 200, message: said })
      .toBeGreaterThan(before)
    expect((await newest(customer)).text).toContain('Voici la marche à suivre, depuis s-nail.')
  })
})

describe('signals', () => {
  test('SIGHUP with a fault in the configuration keeps the old one; mended, it is taken', async () => {
    const file = join(folder, 'desks', 'spt.yaml')
    const text = await readFile(file, 'utf8')
    const second = await serve({
      ...env,
      GUICHET_DATA: join(folder, 'second'),
      GUICHET_SMTP_LISTEN: '127.0.0.1:0',
      GUICHET_WEB_LISTEN: 'off',
    })
    try {
      await writeFile(file, text.replace('closed: refuse', 'closed: perhaps'))
      second.signal('SIGHUP')
      expect(await second.line(/the old one stays/)).toMatch(/spt\.yaml:\d+:\d+ closed/)
      await writeFile(file, text)
      second.signal('SIGHUP')
      await second.line(/configuration reloaded/)
      expect(await second.stop()).toBe(0)
    } finally {
      await second.stop()
    }
  })

  test('SIGTERM ends it cleanly, its PostgreSQL too', async () => {
    expect(await gateway.stop()).toBe(0)
    const { stdout } = await promisify(execFile)('ps', ['-eo', 'args'])
    expect(stdout.split('\n').filter((line) => line.includes('postgres') && line.includes(gateway.data))).toEqual([])
  })
})
