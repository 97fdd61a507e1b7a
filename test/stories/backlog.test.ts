import { afterEach, expect, test } from 'vitest'
import { receive } from '../../src/inbound/receive.ts'
import { ana, carla } from '../support/conversation.ts'
import { testDesk } from '../support/desk.ts'
import { only, startGateway, type TestGateway } from '../support/gateway.ts'

let gateway: TestGateway
afterEach(() => gateway.close())

const day = 86_400_000

/** What `guichet import` hands over for a mail of an mbox. */
async function importMail(text: string): Promise<void> {
  await receive({ sql: gateway.database.sql, now: async () => gateway.now(), route: () => ['help'] }, [
    {
      bytes: Buffer.from(text.replaceAll('\n', '\r\n')),
      envelope: {
        source: 'import',
        sourceId: `import:old:${text.length}`,
        account: 'import',
        mailFrom: 'carla@client.test',
        rcptTo: ['help@guichet.test'],
        ip: null,
        helo: null,
        authUser: null,
        receivedAt: gateway.now(),
      },
    },
  ])
  await gateway.app.settle()
}

test('a backlog writes to nobody, at once and when its answers would be due; the next mail on it is told and counted', async () => {
  const clock = { after: '4bh', starts: ['created', 'customer-mail'], stops: ['agent-reply'] }
  gateway = await startGateway({
    desks: [{ desk: testDesk({ clocks: [{ name: 'first-response', ...clock }] }) }],
    at: '2026-11-23T09:00:00Z',
  })
  const head = `From: ${carla}\nTo: help@guichet.test\nDate: Mon, 2 Mar 2020 10:00:00 +0000\n`
  await importMail(`${head}Subject: Old printer\nMessage-ID: <old1@client.test>\n\nIt was broken then.\n`)
  await importMail(
    `${head}Subject: Re: Old printer\nMessage-ID: <old2@client.test>\nIn-Reply-To: <old1@client.test>\n\nStill broken.\n`,
  )
  expect(await gateway.ticket(1)).toMatchObject({ channel: 'import', clocks: [] })
  expect((await gateway.ticket(1)).entries.filter((entry) => entry.kind === 'customer')).toHaveLength(2)
  expect(await gateway.advance(3 * day)).toEqual([])

  const told = await gateway.exchange({
    from: carla,
    to: 'help@guichet.test',
    subject: 'Re: Old printer',
    inReplyTo: '<old2@client.test>',
    text: 'It is broken again.',
  })
  expect(only(told, 'ana@staff.test').text).toContain('It is broken again.')
  expect((await gateway.ticket(1)).clocks).toMatchObject([{ name: 'first-response', state: 'running' }])
  const answered = await gateway.reply(only(told, 'ana@staff.test'), { from: ana, text: 'We come today.' })
  expect(only(answered, 'carla@client.test').text).toContain('We come today.')
})
