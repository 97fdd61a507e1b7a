import { execFileSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { selfSignedCertificate } from '../../src/inbound/sources/certificate.ts'
import { findProgram, sharedFolder, userId } from './real-server.ts'
import { freePort, untilListening } from './sockets.ts'

/** A private Postfix on loopback that knows no DNS: what it takes goes where `routes` say, anything else bounces. */
export interface Postfix {
  readonly smtp: number
  /** Tries what waits in the queue now. */
  readonly flush: () => void
  readonly log: () => string
  readonly stop: () => Promise<void>
}

/** Why there is no Postfix to test with, or null. */
export function missingPostfix(): string | null {
  if (findProgram('postfix') === undefined) return 'Postfix is not installed'
  if (process.getuid?.() !== 0) return 'Postfix starts for root only'
  return userId('postfix') === undefined ? 'Postfix has no user of its own' : null
}

/** `routes`: domain to transport, e.g. `{ 'guichet.test': 'smtp:[127.0.0.1]:2525', 'mail.test': 'lmtp:inet:127.0.0.1:24' }`. */
export async function startPostfix(routes: Readonly<Record<string, string>>): Promise<Postfix> {
  const folder = sharedFolder('postfix')
  const conf = join(folder, 'conf')
  const smtp = await freePort()
  for (const name of ['conf', 'queue', 'data']) mkdirSync(join(folder, name), { mode: 0o755 })
  chownSync(join(folder, 'data'), userId('postfix') ?? 0, userId('postfix', true) ?? 0)
  const { key, cert } = selfSignedCertificate(['mx.test', '127.0.0.1'], new Date())
  writeFileSync(join(folder, 'key.pem'), key, { mode: 0o600 })
  writeFileSync(join(folder, 'cert.pem'), cert)
  const domains = Object.keys(routes).join(' ')
  const transports = Object.entries(routes)
    .map(([domain, transport]) => `${domain}=${transport}`)
    .join(', ')
  writeFileSync(
    join(conf, 'main.cf'),
    `compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
shlib_directory = /usr/lib/postfix
meta_directory = /etc/postfix
mail_owner = postfix
setgid_group = postdrop
multi_instance_enable = no
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.test
mydomain = test
myorigin = mx.test
mydestination =
local_recipient_maps =
alias_maps =
mynetworks = 127.0.0.0/8
maillog_file = ${folder}/maillog
maillog_file_prefixes = ${folder}
smtp_dns_support_level = disabled
smtp_host_lookup = native
smtp_tls_security_level = may
relay_domains = ${domains}
transport_maps = inline:{ ${transports} }
default_transport = error:5.1.2 no such domain in this test
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_tls_security_level = may
smtpd_tls_cert_file = ${folder}/cert.pem
smtpd_tls_key_file = ${folder}/key.pem
message_size_limit = 52428800
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
maximal_queue_lifetime = 1m
bounce_queue_lifetime = 1m
`,
  )
  writeFileSync(
    join(conf, 'master.cf'),
    `127.0.0.1:${smtp} inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
pickup unix n - n 60 1 pickup
`,
  )
  const command = (...args: string[]): void => {
    execFileSync(findProgram('postfix') ?? 'postfix', ['-c', conf, ...args], { stdio: 'ignore' })
  }
  const abort = (): void => {
    try {
      command('abort')
    } catch {
      // It had stopped.
    }
  }
  command('start')
  process.once('exit', abort)
  await untilListening(smtp)
  return {
    smtp,
    flush: () => command('flush'),
    log: () => (existsSync(join(folder, 'maillog')) ? readFileSync(join(folder, 'maillog'), 'utf8') : ''),
    async stop() {
      process.removeListener('exit', abort)
      abort()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
