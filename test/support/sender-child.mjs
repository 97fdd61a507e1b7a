// A process that does nothing but deliver, to be killed at any moment. Its clock runs SPEED times as fast.
import { openPool } from '../../dist/db/pool.js'
import { createLog } from '../../dist/log.js'
import { noCounters } from '../../dist/metrics.js'
import { createOutbox } from '../../dist/outbound/deliver.js'
import { createSmtpTransport } from '../../dist/outbound/smtp-transport.js'

const { DATABASE, PORT, EPOCH, SPEED } = process.env
const epoch = Number(EPOCH)
const sql = openPool(DATABASE, { max: 4, applicationName: 'guichet sender under test' })
const transport = createSmtpTransport(
  {
    host: '127.0.0.1',
    port: Number(PORT),
    secure: false,
    requireTls: false,
    user: null,
    password: null,
    name: 'gw.test',
    connections: 3,
  },
  { connectMs: 5_000, socketMs: 5_000, idleMs: 5_000 },
)
const outbox = createOutbox({
  sql,
  transport,
  now: () => new Date(epoch + (Date.now() - epoch) * Number(SPEED)),
  log: createLog({ level: 'silent', readable: false, addresses: 'whole' }),
  counters: noCounters,
  onTrouble: () => undefined,
  onRenamed: () => undefined,
  // The lease is virtual: half an hour passes in seconds.
  limits: { claim: 20, pollMs: 20 },
})
outbox.start()
process.send?.('started')
