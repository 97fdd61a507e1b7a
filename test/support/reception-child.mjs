// A reception that may be killed: `node reception-child.mjs JSON` with { url, imap?, smtp? }. Says `ready` and what it listens on.
import { openPool } from '../../dist/db/pool.js'
import { receive } from '../../dist/inbound/receive.js'
import { createImapAccount } from '../../dist/inbound/sources/imap-account.js'
import { mailboxSchema } from '../../dist/inbound/sources/schema.js'
import { createSmtpReception } from '../../dist/inbound/sources/smtp.js'

const { url, imap, smtp } = JSON.parse(process.argv[2])
const sql = openPool(url, { max: 3 })
const deps = { sql, now: async () => new Date(), route: () => ['one'] }
const save = (mails) => receive(deps, mails)

if (smtp) {
  const reception = createSmtpReception({
    protocol: 'smtp',
    host: '127.0.0.1',
    port: 0,
    hostname: 'x',
    accepts: () => true,
    save,
  })
  console.log(`ready ${(await reception.listen()).port}`)
}
if (imap) {
  const account = createImapAccount(mailboxSchema.parse(imap), {
    sql,
    receive: save,
    secret: () => 'secret',
    now: deps.now,
    random: () => 0.5,
  })
  console.log('ready 0')
  await account.runOnce()
  await sql.end()
  console.log('done 0')
}
