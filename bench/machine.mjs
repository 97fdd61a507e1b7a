// What the machine gives: CPU time of process trees, peak memory, a private Dovecot with filled mailboxes.

import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** User and system milliseconds of a process and its children (Linux). */
export function treeCpuMs(root) {
  const children = new Map()
  const cpu = new Map()
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    let line
    try {
      line = fs.readFileSync(`/proc/${name}/stat`, 'latin1')
    } catch {
      continue
    }
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
    const parent = Number(fields[1])
    children.set(parent, [...(children.get(parent) ?? []), Number(name)])
    cpu.set(Number(name), (Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14])) * 10)
  }
  let sum = 0
  const queue = [root]
  while (queue.length > 0) {
    const pid = queue.pop()
    sum += cpu.get(pid) ?? 0
    queue.push(...(children.get(pid) ?? []))
  }
  return sum
}

/** Peak resident memory of a process in MB. */
export function peakMb(pid) {
  const line = /VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'latin1'))
  return line ? Math.round(Number(line[1]) / 1024) : 0
}

export const freePort = () =>
  new Promise((resolve, reject) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
    server.on('error', reject)
  })

export function hasDovecot() {
  try {
    execFileSync('dovecot', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const conf = (dir, port, uid, gid, me) => `base_dir = ${dir}/run
state_dir = ${dir}/state
protocols = imap
listen = 127.0.0.1
${me === null ? '' : `default_internal_user = ${me}\ndefault_login_user = ${me}\n`}log_path = ${dir}/log
disable_plaintext_auth = no
ssl = no
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:${dir}/mail/%n
mail_uid = ${uid}
mail_gid = ${gid}
mail_home = ${dir}/mail/%n
mail_max_userip_connections = 100
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=${uid} gid=${gid} home=${dir}/mail/%n
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
namespace inbox {
  inbox = yes
}
`

/** A private Dovecot in `dir`; any user, password secret. */
export async function startDovecot(dir) {
  const root = process.getuid() === 0
  const id = (flag, name) => Number(execFileSync('id', [flag, name]).toString())
  const uid = root ? id('-u', 'mail') : process.getuid()
  const gid = root ? id('-g', 'mail') : process.getgid()
  const port = await freePort()
  fs.chmodSync(dir, 0o755)
  for (const name of ['run', 'state', 'mail']) fs.mkdirSync(join(dir, name), { recursive: true, mode: 0o755 })
  if (root) fs.chownSync(join(dir, 'mail'), uid, gid)
  fs.writeFileSync(
    join(dir, 'dovecot.conf'),
    conf(dir, port, uid, gid, root ? null : execFileSync('id', ['-un']).toString().trim()),
  )
  const child = spawn('dovecot', ['-F', '-c', join(dir, 'dovecot.conf')], { stdio: 'ignore', detached: true })
  for (let i = 0; i < 200; i++) {
    const up = await new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false))
      socket.on('connect', () => socket.destroy())
    })
    if (up) break
    await pause(25)
  }
  return {
    port,
    pid: child.pid,
    fill(user, mails) {
      const box = join(dir, 'mail', user)
      fs.rmSync(box, { recursive: true, force: true })
      for (const name of ['cur', 'new', 'tmp']) fs.mkdirSync(join(box, name), { recursive: true })
      for (const [i, mail] of mails.entries())
        fs.writeFileSync(
          join(box, 'cur', `${1_700_000_000 + i}.M${i}P1.bench,S=${mail.length},W=${mail.length}:2,`),
          mail,
        )
      if (root) execFileSync('chown', ['-R', `${uid}:${gid}`, box])
    },
    stop() {
      try {
        process.kill(-child.pid, 'SIGKILL')
      } catch {
        child.kill('SIGKILL')
      }
    },
  }
}
