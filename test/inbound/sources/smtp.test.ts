import { tmpdir } from 'node:os'
import { afterEach, describe, expect, test } from 'vitest'
import type { RawMail } from '../../../src/inbound/message.ts'
import type { Receipt } from '../../../src/inbound/receive.ts'
import { createByteBudget } from '../../../src/inbound/sources/byte-budget.ts'
import {
  createSmtpReception,
  type SmtpReception,
  type SmtpReceptionOptions,
} from '../../../src/inbound/sources/smtp.ts'
import { createSpool } from '../../../src/inbound/sources/spool.ts'
import { type Talk, talk, until } from '../../support/sockets.ts'

let open: SmtpReception[] = []
let talks: Talk[] = []
afterEach(async () => {
  for (const one of talks) one.end()
  await Promise.all(open.map((one) => one.close({ drainMs: 100 })))
  open = []
  talks = []
})

/** A listener for one@guichet.test, and what it stored; `save` may be replaced. */
async function listen(options: Partial<SmtpReceptionOptions> = {}) {
  const stored: RawMail[] = []
  const save = async (mails: readonly RawMail[]): Promise<Receipt[]> =>
    mails.map((mail) => ({ raw: stored.push(mail), duplicate: false, desks: ['one'] }))
  const reception = createSmtpReception({
    protocol: 'smtp',
    host: '127.0.0.1',
    port: 0,
    hostname: 'guichet.test',
    accepts: (address) => /^(one|two)(\+.*)?@guichet\.test$|^postmaster(@guichet\.test)?$/i.test(address),
    save,
    ...options,
  })
  open.push(reception)
  const { port } = await reception.listen()
  const call = async (hello = 'EHLO client.test') => {
    const one = await talk(port)
    talks.push(one)
    const greeting = await one.read()
    const features = await one.say(hello)
    return Object.assign(one, { greeting, features })
  }
  return { stored, port, call, reception }
}

const text = 'From: a@client.test\r\nSubject: x\r\n\r\nBonjour\r\n'

async function transaction(one: Talk, body = text, rcpt = 'one@guichet.test'): Promise<string> {
  await one.say('MAIL FROM:<a@client.test>')
  await one.say(`RCPT TO:<${rcpt}>`)
  await one.say('DATA')
  one.write(`${body}.\r\n`)
  return one.read()
}

describe('a mail by SMTP', () => {
  test('is stored before the 250, with its envelope', async () => {
    const { stored, call } = await listen()
    const one = await call()
    expect(one.greeting).toMatch(/^220 guichet\.test ESMTP/)
    expect(one.features).toContain('SIZE 31457280')
    expect(await transaction(one)).toMatch(/^250 2\.6\.0 stored as 1/)
    expect(stored[0]?.bytes.toString()).toBe(text)
    expect(stored[0]?.envelope).toMatchObject({
      source: 'smtp',
      mailFrom: 'a@client.test',
      rcptTo: ['one@guichet.test'],
      ip: '127.0.0.1',
      helo: 'client.test',
      authUser: null,
    })
  })

  test('keeps a null return path, several recipients and dots at the start of lines', async () => {
    const { stored, call } = await listen()
    const one = await call()
    await one.say('MAIL FROM:<> BODY=8BITMIME')
    await one.say('RCPT TO:<one@guichet.test>')
    await one.say('RCPT TO:<two+x@GUICHET.test>')
    await one.say('DATA')
    one.write('Subject: x\r\n\r\n..\r\n...a\r\n.\r\n')
    expect(await one.read()).toMatch(/^250/)
    expect(stored[0]?.bytes.toString()).toBe('Subject: x\r\n\r\n.\r\n..a\r\n')
    expect(stored[0]?.envelope).toMatchObject({ mailFrom: '', rcptTo: ['one@guichet.test', 'two+x@GUICHET.test'] })
  })

  test('many follow one another on a connection, also pipelined', async () => {
    const { stored, call } = await listen()
    const one = await call()
    for (let i = 0; i < 5; i++) expect(await transaction(one)).toMatch(/^250/)
    one.write('MAIL FROM:<a@b.test>\r\nRCPT TO:<one@guichet.test>\r\nDATA\r\n')
    expect([await one.read(), await one.read(), await one.read()].map((r) => r.slice(0, 3))).toEqual([
      '250',
      '250',
      '354',
    ])
    one.write(`${text}.\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<one@guichet.test>\r\n`)
    expect([await one.read(), await one.read(), await one.read()].map((r) => r.slice(0, 3))).toEqual([
      '250',
      '250',
      '250',
    ])
    expect(stored).toHaveLength(6)
  })

  test('those that arrive while a commit runs go into the next commit together', async () => {
    const batches: number[] = []
    let release = (): void => undefined
    const first = new Promise<void>((resolve) => {
      release = resolve
    })
    const { call } = await listen({
      save: async (mails) => {
        batches.push(mails.length)
        if (batches.length === 1) await first
        return mails.map((_, i) => ({ raw: i, duplicate: false, desks: [] }))
      },
    })
    const clients = await Promise.all(Array.from({ length: 6 }, () => call()))
    const answers = clients.map((one) => transaction(one))
    await until('the first commit', () => batches.length === 1)
    // The others have sent their dot once their transfers are over: the server then answers a new connection's NOOP after them.
    const probe = await call()
    for (let i = 0; i < 20; i++) await probe.say('NOOP')
    release()
    expect((await Promise.all(answers)).every((answer) => answer.startsWith('250'))).toBe(true)
    expect(batches.reduce((sum, n) => sum + n, 0)).toBe(6)
    expect(batches.length).toBeLessThan(6)
  })
})

describe('what is refused', () => {
  test.each<[string, string, RegExp]>([
    ['an address of nobody', 'nobody@guichet.test', /^550 5\.1\.1 no such address here/],
    ['another domain, whoever asks: nothing is relayed', 'one@elsewhere.test', /^550 5\.1\.1/],
    ['a source route', '@guichet.test:x@elsewhere.test', /^5/],
  ])('%s', async (_title, rcpt, answer) => {
    const { call } = await listen()
    const one = await call()
    await one.say('MAIL FROM:<a@b.test>')
    expect(await one.say(`RCPT TO:<${rcpt}>`)).toMatch(answer)
    expect(await one.say('DATA')).toMatch(/^503/)
  })

  test('postmaster is taken, with and without a domain', async () => {
    const { call } = await listen()
    const one = await call()
    await one.say('MAIL FROM:<a@b.test>')
    expect(await one.say('RCPT TO:<postmaster@guichet.test>')).toMatch(/^250/)
    expect(await one.say('RCPT TO:<postmaster>')).toMatch(/^250/)
  })

  test('a client that tries out names is cut off', async () => {
    const { call } = await listen()
    const one = await call()
    await one.say('MAIL FROM:<a@b.test>')
    const answers: string[] = []
    for (let i = 0; i < 20; i++) answers.push(await one.say(`RCPT TO:<n${i}@guichet.test>`))
    expect(answers.at(-2)).toMatch(/^550/)
    expect(answers.at(-1)).toMatch(/^421 4\.7\.0/)
    await one.closed
  })

  test('a mail that says it is too large, at MAIL', async () => {
    const { call } = await listen({ maxSize: 1000 })
    const one = await call()
    expect(await one.say('MAIL FROM:<a@b.test> SIZE=1001')).toMatch(/^552 5\.3\.4/)
  })

  test('a mail that is too large without saying so, and the connection goes on', async () => {
    const { call, stored } = await listen({ maxSize: 1000 })
    const one = await call()
    expect(await transaction(one, `${text}${'x'.repeat(1500)}\r\n`)).toMatch(/^552 5\.3\.4/)
    expect(await transaction(one)).toMatch(/^250/)
    expect(stored).toHaveLength(1)
  })

  test('one that never ends is cut off', async () => {
    const { call } = await listen({ maxSize: 1000 })
    const one = await call()
    await one.say('MAIL FROM:<a@b.test>')
    await one.say('RCPT TO:<one@guichet.test>')
    await one.say('DATA')
    one.write('x'.repeat(10_000))
    expect(await one.read()).toMatch(/^421/)
  })

  test('too many recipients: the rest is put off', async () => {
    const { call } = await listen({ maxRecipients: 2 })
    const one = await call()
    await one.say('MAIL FROM:<a@b.test>')
    const answers: string[] = []
    for (let i = 0; i < 3; i++) answers.push(await one.say(`RCPT TO:<one+${i}@guichet.test>`))
    expect(answers.map((a) => a.slice(0, 9))).toEqual(['250 2.1.5', '250 2.1.5', '452 4.5.3'])
  })

  test('more mail at once than memory is set aside for is put off, and memory is given back', async () => {
    const budget = createByteBudget(5000)
    const { call, stored } = await listen({ budget })
    const [one, two] = [await call(), await call()]
    for (const each of [one, two]) {
      await each.say('MAIL FROM:<a@b.test>')
      await each.say('RCPT TO:<one@guichet.test>')
      await each.say('DATA')
    }
    one.write(`${text}${'x'.repeat(4000)}`)
    await until('the first mail to be in memory', () => budget.used() > 3900)
    two.write(`${text}${'y'.repeat(3000)}\r\n.\r\n`)
    expect(await two.read()).toMatch(/^452 4\.3\.1/)
    one.write('\r\n.\r\n')
    expect(await one.read()).toMatch(/^250/)
    expect(await transaction(two)).toMatch(/^250/)
    expect(budget.used()).toBe(0)
    expect(stored).toHaveLength(2)
  })

  test('of a large mail a megabyte is in memory and the rest on disk, until it is stored', async () => {
    const budget = createByteBudget(10e6)
    const spool = createSpool({ folder: tmpdir(), maxBytes: 10e6 })
    const kept: Buffer[] = []
    const save = async (mails: readonly RawMail[]): Promise<Receipt[]> => {
      for (const { bytes, rest } of mails) {
        expect([budget.used(), bytes.length]).toEqual([1024 * 1024, 1024 * 1024])
        kept.push(Buffer.concat([bytes, (await rest?.read(0, rest.size)) ?? Buffer.alloc(0)]))
      }
      return mails.map((_mail, i) => ({ raw: i + 1, duplicate: false, desks: ['one'] }))
    }
    const { call } = await listen({ budget, spool, save })
    const body = `${text}${'abcdefg\r\n'.repeat(400_000)}`
    expect(await transaction(await call(), body)).toMatch(/^250/)
    expect(kept[0]?.toString('latin1') === body).toBe(true)
    expect([budget.used(), spool.used()]).toEqual([0, 0])
  })

  test('where the disk has no room for a large mail, it is put off and a small one is taken', async () => {
    const spool = createSpool({ folder: tmpdir(), maxBytes: 1e6 })
    const { call, stored } = await listen({ spool })
    const one = await call()
    expect(await transaction(one, `${text}${'abcdefg\r\n'.repeat(400_000)}`)).toMatch(/^452 4\.3\.1/)
    expect(await transaction(one)).toMatch(/^250/)
    expect(stored).toHaveLength(1)
    expect(spool.used()).toBe(0)
  })

  test('where the disk cannot be written, a large mail is put off', async () => {
    const { call } = await listen({ spool: createSpool({ folder: '/dev/null/spool', maxBytes: 1e9 }) })
    const one = await call()
    expect(await transaction(one, `${text}${'abcdefg\r\n'.repeat(400_000)}`)).toMatch(/^451 4\.3\.0/)
    expect(await transaction(one)).toMatch(/^250/)
  })

  test('more connections than the listener or an address may have', async () => {
    const { call } = await listen({ maxConnectionsPerAddress: 2 })
    await call()
    await call()
    expect((await call()).greeting).toMatch(/^421 .*too many connections/)
    const small = await listen({ maxConnections: 1 })
    const first = await small.call()
    expect((await small.call()).greeting).toMatch(/^421/)
    first.end()
    await until('room again', async () => (await small.call()).greeting.startsWith('220'))
  })

  test('a web page that speaks to the port', async () => {
    const { port } = await listen()
    const one = await talk(port)
    talks.push(one)
    await one.read()
    expect(await one.say('POST / HTTP/1.1')).toMatch(/^421/)
  })
})

describe('when storing fails', () => {
  test('the client is told to come again, and its next try is taken', async () => {
    let broken = true
    const { call } = await listen({
      save: async (mails) => {
        if (broken) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
        return mails.map(() => ({ raw: 1, duplicate: false, desks: [] }))
      },
    })
    const one = await call()
    expect(await transaction(one)).toMatch(/^451 4\.3\.0 not stored/)
    broken = false
    expect(await transaction(one)).toMatch(/^250/)
  })

  test('a full disk is said as such', async () => {
    const { call } = await listen({
      save: async () => Promise.reject(Object.assign(new Error('no space'), { code: '53100' })),
    })
    expect(await transaction(await call())).toMatch(/^452 4\.3\.1/)
  })

  test('a recipient check that breaks refuses nobody for good', async () => {
    const { call } = await listen({
      accepts: () => {
        throw new Error('broken')
      },
    })
    const one = await call()
    await one.say('MAIL FROM:<a@b.test>')
    expect(await one.say('RCPT TO:<one@guichet.test>')).toMatch(/^451 4\.3\.0/)
    expect(await one.say('NOOP')).toMatch(/^250/)
  })

  test('a commit that does not come is answered, and what it saves later is no second answer', async () => {
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const { call } = await listen({
      commitMs: 1,
      save: async (mails) => {
        await held
        return mails.map(() => ({ raw: 1, duplicate: false, desks: [] }))
      },
    })
    const one = await call()
    expect(await transaction(one)).toMatch(/^451/)
    release()
    expect(await one.say('NOOP')).toMatch(/^250/)
  })

  test('one mail that the database refuses does not refuse those beside it', async () => {
    const seen: number[] = []
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const { call } = await listen({
      save: async (mails) => {
        seen.push(mails.length)
        if (seen.length === 1) await held
        if (mails.some((mail) => mail.bytes.includes('poison'))) throw Object.assign(new Error('no'), { code: '22021' })
        return mails.map(() => ({ raw: 1, duplicate: false, desks: [] }))
      },
    })
    const [first, bad, good] = [await call(), await call(), await call()]
    const answers = [transaction(first)]
    await until('the first commit', () => seen.length === 1)
    answers.push(transaction(bad, 'Subject: poison\r\n\r\n'), transaction(good))
    const probe = await call()
    for (let i = 0; i < 20; i++) await probe.say('NOOP')
    release()
    expect((await Promise.all(answers)).map((a) => a.slice(0, 3))).toEqual(['250', '451', '250'])
  })

  test('a client that leaves in the middle left no mail and no memory', async () => {
    const budget = createByteBudget(1e6)
    const { call, stored } = await listen({ budget })
    const one = await call()
    await one.say('MAIL FROM:<a@b.test>')
    await one.say('RCPT TO:<one@guichet.test>')
    await one.say('DATA')
    one.write(text.repeat(20))
    await until('some of it', () => budget.used() > 0)
    one.end()
    await until('the memory', () => budget.used() === 0)
    expect(stored).toHaveLength(0)
  })
})

describe('only CRLF.CRLF ends a mail (T36)', () => {
  test.each([
    ['LF.LF', '\n.\n'],
    ['LF.CRLF', '\n.\r\n'],
    ['CR.CR', '\r.\r'],
    ['CR.CRLF', '\r.\r\n'],
    ['CRLF.LF', '\r\n.\n'],
    ['CRLF.CR', '\r\n.\r'],
    ['CRLF NUL.CRLF', '\r\n\0.\r\n'],
    ['CRLF.CR CRLF', '\r\n.\r\r\n'],
  ])('%s is text', async (_title, smuggled) => {
    const { call, stored } = await listen()
    const one = await call()
    const inner =
      'MAIL FROM:<boss@guichet.test>\r\nRCPT TO:<two@guichet.test>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n'
    expect(await transaction(one, `Subject: x\r\n\r\na${smuggled}${inner}`)).toMatch(/^250/)
    expect(await one.say('NOOP')).toMatch(/^250/)
    expect(stored).toHaveLength(1)
    expect(stored[0]?.envelope.mailFrom).toBe('a@client.test')
    expect(stored[0]?.bytes.toString()).toContain('MAIL FROM:<boss@guichet.test>')
  })
})

describe('TLS and logins', () => {
  const authenticate = async (user: string, password: string) =>
    password === 'right' ? { user } : password === 'broken' ? Promise.reject(new Error('no database')) : null
  const plain = (user: string, password: string) =>
    `AUTH PLAIN ${Buffer.from(`\0${user}\0${password}`).toString('base64')}`

  test('STARTTLS works without a certificate in the configuration', async () => {
    const { call, stored } = await listen()
    const one = await call()
    expect(one.features).toContain('STARTTLS')
    expect(await one.say('STARTTLS')).toMatch(/^220/)
    const secure = await one.startTls()
    talks.push(secure)
    expect(await secure.say('MAIL FROM:<a@b.test>')).toMatch(/^503/)
    expect(await secure.say('EHLO client.test')).not.toContain('STARTTLS')
    expect(await transaction(secure)).toMatch(/^250/)
    expect(stored).toHaveLength(1)
  })

  test('what a client sends in clear behind STARTTLS is thrown away', async () => {
    const { call, stored } = await listen()
    const one = await call()
    one.write('STARTTLS\r\nMAIL FROM:<evil@b.test>\r\nRCPT TO:<one@guichet.test>\r\n')
    expect(await one.read()).toMatch(/^220/)
    const secure = await one.startTls()
    talks.push(secure)
    await secure.say('EHLO client.test')
    expect(await secure.say('DATA')).toMatch(/^503/)
    expect(stored).toHaveLength(0)
  })

  test('a login on loopback or over TLS names the user on the mail', async () => {
    const { call, stored } = await listen({ authenticate })
    const one = await call()
    expect(one.features).toContain('AUTH PLAIN LOGIN')
    expect(await one.say(plain('portal', 'right'))).toMatch(/^235/)
    expect(await transaction(one)).toMatch(/^250/)
    expect(stored[0]?.envelope.authUser).toBe('portal')
    expect(await one.say('MAIL FROM:<a@b.test>')).toMatch(/^250/)
    expect(await one.say('RCPT TO:<x@elsewhere.test>')).toMatch(/^550/)
  })

  test('AUTH LOGIN works too', async () => {
    const { call } = await listen({ authenticate })
    const one = await call()
    expect(await one.say('AUTH LOGIN')).toMatch(/^334/)
    expect(await one.say(Buffer.from('portal').toString('base64'))).toMatch(/^334/)
    expect(await one.say(Buffer.from('right').toString('base64'))).toMatch(/^235/)
  })

  test('no AUTH where nobody may log in', async () => {
    const { call } = await listen()
    const one = await call()
    expect(one.features).not.toContain('AUTH')
    expect(await one.say(plain('portal', 'right'))).toMatch(/^5/)
  })

  test('three wrong passwords end the connection, twenty lock the address out', async () => {
    const { call } = await listen({ authenticate })
    let one = await call()
    expect(await one.say(plain('portal', 'wrong'))).toMatch(/^535 5\.7\.8/)
    expect(await one.say(plain('portal', 'wrong'))).toMatch(/^535/)
    expect(await one.say(plain('portal', 'wrong'))).toMatch(/^421/)
    for (let i = 3; i < 20; i++) {
      if (i % 3 === 0) one = await call()
      await one.say(plain('portal', 'wrong'))
    }
    one = await call()
    expect(await one.say(plain('portal', 'right'))).toMatch(/^421 4\.7\.0 too many failed logins/)
  })

  test('a broken user base is no wrong password', async () => {
    const { call } = await listen({ authenticate })
    expect(await (await call()).say(plain('portal', 'broken'))).toMatch(/^454 4\.7\.0/)
  })
})

describe('LMTP', () => {
  test('answers for each recipient', async () => {
    const { call, stored } = await listen({ protocol: 'lmtp' })
    const one = await call('LHLO mx.test')
    await one.say('MAIL FROM:<a@b.test>')
    expect(await one.say('RCPT TO:<one@guichet.test>')).toMatch(/^250/)
    expect(await one.say('RCPT TO:<nobody@guichet.test>')).toMatch(/^550 5\.1\.1/)
    expect(await one.say('RCPT TO:<two@guichet.test>')).toMatch(/^250/)
    await one.say('DATA')
    one.write(`${text}.\r\n`)
    expect([await one.read(), await one.read()].map((r) => r.slice(0, 3))).toEqual(['250', '250'])
    expect(await one.say('NOOP')).toMatch(/^250/)
    expect(stored[0]?.envelope).toMatchObject({ source: 'lmtp', rcptTo: ['one@guichet.test', 'two@guichet.test'] })
  })

  test('refuses EHLO, and tells each recipient of a failure', async () => {
    const { call } = await listen({ protocol: 'lmtp', save: async () => Promise.reject(new Error('down')) })
    const one = await call('EHLO mx.test')
    expect(one.features).toMatch(/^500/)
    await one.say('LHLO mx.test')
    await one.say('MAIL FROM:<a@b.test>')
    await one.say('RCPT TO:<one@guichet.test>')
    await one.say('RCPT TO:<two@guichet.test>')
    await one.say('DATA')
    one.write(`${text}.\r\n`)
    expect([await one.read(), await one.read()].map((r) => r.slice(0, 9))).toEqual(['451 4.3.0', '451 4.3.0'])
  })
})

describe('stopping', () => {
  test('idle clients are told, a transfer ends first', async () => {
    const { call, reception, stored } = await listen()
    const idle = await call()
    const busy = await call()
    await busy.say('MAIL FROM:<a@b.test>')
    await busy.say('RCPT TO:<one@guichet.test>')
    await busy.say('DATA')
    busy.write(text)
    const closed = reception.close({ drainMs: 10_000 })
    expect(await idle.read()).toMatch(/^421 4\.3\.2/)
    busy.write('.\r\n')
    expect(await busy.read()).toMatch(/^250/)
    await closed
    expect(stored).toHaveLength(1)
  })

  test('a transfer that does not end is cut', async () => {
    const { call, reception, stored } = await listen()
    const busy = await call()
    await busy.say('MAIL FROM:<a@b.test>')
    await busy.say('RCPT TO:<one@guichet.test>')
    await busy.say('DATA')
    await reception.close({ drainMs: 50 })
    await busy.closed
    expect(stored).toHaveLength(0)
  })

  test('a port in use is said', async () => {
    const { port } = await listen()
    await expect(listen({ port })).rejects.toThrow('EADDRINUSE')
  })
})
