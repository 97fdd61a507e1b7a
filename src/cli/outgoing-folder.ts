// The folder that finished mails go to when there is no relay, read as if it were everybody's mailbox.

import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type LocalMail, readLocalMail } from './mail-client.ts'
import { Refusal } from './refusal.ts'
import { sentenceOf } from './sentence.ts'

export interface Filed {
  readonly file: string
  readonly mail: LocalMail
}

const names = async (folder: string): Promise<string[]> => {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.eml') && !name.startsWith('.'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new Refusal(sentenceOf(error) ?? String(error), 1)
  }
}

async function read(folder: string, files: readonly string[]): Promise<Filed[]> {
  const found = await Promise.all(
    files.map(async (file) => {
      const path = join(folder, file)
      const [bytes, about] = await Promise.all([readFile(path), stat(path)])
      return { file, mail: await readLocalMail(bytes), at: about.mtimeMs }
    }),
  )
  return found.sort((a, b) => a.at - b.at || (a.file < b.file ? -1 : 1)).map(({ file, mail }) => ({ file, mail }))
}

/** The mails to an address, newest last. */
export async function mailsTo(folder: string, address: string): Promise<Filed[]> {
  return (await read(folder, await names(folder))).filter(({ mail }) => mail.to.address === address)
}

/** Whom mails have been sent to, with how many. */
export async function mailboxes(folder: string): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>()
  for (const { mail } of await read(folder, await names(folder)))
    found.set(mail.to.address, (found.get(mail.to.address) ?? 0) + 1)
  return found
}

/** What the folder holds now; `arrivals` gives what came after it, once nothing more has come for a moment, or nothing for `patienceMs`. */
export async function watchOutgoing(
  folder: string,
): Promise<{ readonly arrivals: (patienceMs: number) => Promise<Filed[]> }> {
  const before = new Set(await names(folder))
  return {
    arrivals: async (patienceMs) => {
      const until = performance.now() + patienceMs
      let fresh: string[] = []
      for (let quiet = 0; performance.now() < until && quiet < 5; ) {
        await pause(100)
        const now = (await names(folder)).filter((name) => !before.has(name))
        quiet = now.length > 0 && now.length === fresh.length ? quiet + 1 : 0
        fresh = now
      }
      // In the order they were decided: they are written several at a time.
      return (await read(folder, fresh)).sort((a, b) => (a.file < b.file ? -1 : 1))
    },
  }
}
