// SIGHUP before the gateway runs: whoever starts it may not know how far it is.

import { connect, createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serve } from '../support/command-line.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

test('SIGHUP while the gateway starts does not end it: it reads its configuration again as soon as it runs', async () => {
  const { hostname, port } = new URL(database.url)
  // The way to the database: nothing passes before the signal is out, so the gateway has it before it gets any further.
  const way = createServer((socket) => {
    const server = connect(Number(port), hostname)
    for (const [from, to] of [
      [socket, server],
      [server, socket],
    ] as const)
      from
        .on('error', () => to.destroy())
        .on('close', () => to.destroy())
        .pipe(to)
  })
  await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve))
  const address = way.address()
  const url = new URL(database.url)
  url.port = String(typeof address === 'object' ? address?.port : '')
  const gateway = await serve(
    { DATABASE_URL: url.href, GUICHET_SECRET: 'a-secret-of-the-hang-up-test' },
    undefined,
    (signal) => way.once('connection', () => signal('SIGHUP')),
  )
  try {
    await gateway.line(/"msg":"configuration reloaded"/)
    expect(await gateway.stop()).toBe(0)
  } finally {
    await gateway.close()
    way.close()
  }
})
