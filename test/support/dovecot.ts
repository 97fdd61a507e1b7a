import { execFileSync, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { selfSignedCertificate } from '../../src/inbound/sources/certificate.ts'
import { findProgram, type ServerProcess, sharedFolder, startServer, userId } from './real-server.ts'
import { freePort, talk, untilListening } from './sockets.ts'

/** A private Dovecot on loopback. Every user exists and has the password `secret`. */
export interface Dovecot {
  readonly imap: number
  readonly imaps: number
  readonly lmtp: number
  /** File of the certificate, for clients that verify. */
  readonly ca: string
  /** Delivers by LMTP, as a mail server would. */
  readonly deliver: (user: string, bytes: Buffer) => Promise<void>
  /** Puts files straight into the mailbox, for many mails; the folder is `INBOX` or a name below it. */
  readonly drop: (user: string, mails: readonly Buffer[], folder?: string) => void
  /** Forgets UIDs and UIDVALIDITY of a folder, as a restored or migrated server does. */
  readonly renumber: (user: string, folder?: string) => Promise<void>
  readonly log: () => string
  /** Kills it as a crash would; its mail stays for `start`. */
  readonly halt: () => Promise<void>
  readonly start: () => Promise<void>
  /** Kills it and removes its mail. */
  readonly stop: () => Promise<void>
}

/** Why there is no Dovecot to test with, or null. */
export function missingDovecot(): string | null {
  const program = findProgram('dovecot')
  if (program === undefined) return 'Dovecot is not installed (dovecot-imapd, dovecot-lmtpd)'
  const version = execFileSync(program, ['--version'], { encoding: 'utf8' })
  if (!version.startsWith('2.3.')) return `Dovecot ${version.trim()} has another configuration language than 2.3`
  return existsSync('/usr/lib/dovecot/lmtp') ? null : 'Dovecot has no LMTP (dovecot-lmtpd)'
}

export async function startDovecot(): Promise<Dovecot> {
  const folder = sharedFolder('dovecot')
  const [imap, imaps, lmtp] = [await freePort(), await freePort(), await freePort()]
  const root = process.getuid?.() === 0
  const me = userInfo()
  const uid = root ? (userId('mail') ?? 8) : me.uid
  const gid = root ? (userId('mail', true) ?? 8) : me.gid
  const mailFolder = join(folder, 'mail')
  mkdirSync(mailFolder)
  chownSync(mailFolder, uid, gid)
  const { key, cert } = selfSignedCertificate(['localhost', '127.0.0.1'], new Date())
  const ca = join(folder, 'cert.pem')
  writeFileSync(ca, cert)
  writeFileSync(join(folder, 'key.pem'), key, { mode: 0o600 })
  const config = join(folder, 'dovecot.conf')
  writeFileSync(
    config,
    configuration({
      folder,
      imap,
      imaps,
      lmtp,
      uid,
      gid,
      internal: root ? 'dovecot' : me.username,
      login: root ? 'dovenull' : me.username,
    }),
  )
  let server: ServerProcess | null = null
  const start = async (): Promise<void> => {
    server = startServer(findProgram('dovecot') ?? 'dovecot', ['-F', '-c', config])
    await untilListening(imap)
    await untilListening(lmtp)
  }
  const halt = async (): Promise<void> => {
    await server?.kill()
    server = null
  }
  await start()
  const box = (user: string, name: string): string => join(mailFolder, user, ...(name === 'INBOX' ? [] : [name]))
  const doveadm = (...args: string[]): void => {
    // It also fails when there was nobody to log out.
    spawnSync(findProgram('doveadm') ?? 'doveadm', ['-c', config, ...args], { stdio: 'ignore' })
  }
  return {
    imap,
    imaps,
    lmtp,
    ca,
    async deliver(user, bytes) {
      const one = await talk(lmtp)
      await one.read()
      await one.say('LHLO test')
      await one.say('MAIL FROM:<sender@client.test>')
      await one.say(`RCPT TO:<${user}@guichet.test>`)
      await one.say('DATA')
      one.write(Buffer.from(bytes.toString('latin1').replaceAll(/^\./gm, '..'), 'latin1'))
      one.write('\r\n.\r\n')
      const answer = await one.read()
      one.end()
      if (!answer.startsWith('250')) throw new Error(answer)
    },
    drop(user, mails, name = 'INBOX') {
      const path = box(user, name)
      for (const below of [join(mailFolder, user), path, join(path, 'tmp'), join(path, 'cur'), join(path, 'new')]) {
        mkdirSync(below, { recursive: true })
        chownSync(below, uid, gid)
      }
      for (const [i, mail] of mails.entries()) {
        const file = `${String(1_700_000_000 + i)}.${randomUUID()}.test`
        writeFileSync(join(path, 'tmp', file), mail)
        chownSync(join(path, 'tmp', file), uid, gid)
        renameSync(join(path, 'tmp', file), join(path, 'new', file))
      }
    },
    async renumber(user, name = 'INBOX') {
      doveadm('kick', user)
      for (const file of ['dovecot-uidlist', 'dovecot.index', 'dovecot.index.log', 'dovecot.index.cache'])
        rmSync(join(box(user, name), file), { force: true })
      // The new UIDVALIDITY is the time in seconds, or one above the last one known here.
      const known = join(box(user, 'INBOX'), 'dovecot-uidvalidity')
      const value = existsSync(known) ? Number.parseInt(readFileSync(known, 'utf8'), 16) : 0
      const next = (Math.max(value, Math.floor(Date.now() / 1000)) + 10).toString(16).padStart(8, '0')
      writeFileSync(known, next)
      chownSync(known, uid, gid)
    },
    log: () => (existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8') : ''),
    halt,
    start,
    async stop() {
      await halt()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function configuration(of: {
  folder: string
  imap: number
  imaps: number
  lmtp: number
  uid: number
  gid: number
  internal: string
  login: string
}): string {
  const group = execFileSync('id', ['-gn', of.internal], { encoding: 'utf8' }).trim()
  return `
base_dir = ${of.folder}/run
state_dir = ${of.folder}/state
instance_name = guichet-${of.imap}
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = ${of.internal}
default_login_user = ${of.login}
default_internal_group = ${group}
log_path = ${of.folder}/log
disable_plaintext_auth = no
ssl = yes
ssl_cert = <${of.folder}/cert.pem
ssl_key = <${of.folder}/key.pem
first_valid_uid = 1
last_valid_uid = 0
first_valid_gid = 1
mail_location = maildir:${of.folder}/mail/%n:LAYOUT=fs
mail_home = ${of.folder}/mail/%n
mail_uid = ${of.uid}
mail_gid = ${of.gid}
mail_max_userip_connections = 100
namespace inbox {
  inbox = yes
  separator = /
}
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=${of.uid} gid=${of.gid} home=${of.folder}/mail/%n allow_all_users=yes
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
auth_failure_delay = 0
service imap-login {
  chroot =
  process_min_avail = 1
  inet_listener imap {
    port = ${of.imap}
  }
  inet_listener imaps {
    port = ${of.imaps}
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${of.lmtp}
  }
  unix_listener lmtp {
    mode = 0600
  }
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
protocol lmtp {
  postmaster_address = postmaster@localhost
  hostname = localhost
  auth_username_format = %n
}
`
}
