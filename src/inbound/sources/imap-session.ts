// One connection to an IMAP server. imapflow answers "nothing there" where it should say "no connection": a dead client's fetch
// ends, its search is undefined, a NO is false. Here all of that throws, so that "nothing" means nothing.
//
// One object is one connection; after an error it is closed, and the next one is new. No command runs inside a fetch: imapflow
// waits for the end of the fetch then, and the fetch for the command.

import type { SearchObject } from 'imapflow'

export interface ImapLogin {
  readonly host: string
  readonly port: number
  readonly security: 'tls' | 'starttls' | 'none'
  /** False takes any certificate. */
  readonly verify: boolean
  /** PEM of an authority of one's own. */
  readonly ca: string | undefined
  readonly user: string
  readonly password: string | undefined
  readonly token: string | undefined
  /** Silence of the server after which a connection counts as lost; IDLE is renewed twice as often. */
  readonly silenceMs: number
}

export interface OpenFolder {
  readonly uidValidity: number
  /** The UID the next mail will have (RFC 3501 §2.3.1.1). */
  readonly uidNext: number
}

export interface ImapSession {
  /** Selects a folder; `readOnly` uses EXAMINE. Throws when there is none. */
  readonly open: (folder: string, readOnly: boolean) => Promise<OpenFolder>
  /** Makes a folder that is not there. */
  readonly ensureFolder: (folder: string) => Promise<void>
  /** UIDs in ascending order. */
  readonly search: (query: SearchObject) => Promise<number[]>
  /** RFC822.SIZE by UID; what is gone is left out. */
  readonly sizes: (uids: readonly number[]) => Promise<Map<number, number>>
  /** Whole mails by UID, or their first `maxBytes`; what is gone, or comes without text, is left out. */
  readonly fetch: (uids: readonly number[], maxBytes?: number) => Promise<Map<number, Buffer>>
  /** False when the server refuses or the folder allows no such keyword. */
  readonly flag: (uids: readonly number[], keyword: string) => Promise<boolean>
  /** UIDs in the target by UID here, where the server tells (UIDPLUS). 'refused': the mails are where they were. */
  readonly move: (
    uids: readonly number[],
    target: string,
  ) => Promise<{ readonly uidValidity: number; readonly uids: ReadonlyMap<number, number> } | 'unknown' | 'refused'>
  /** MOVE, or UIDPLUS by which it can be done without expunging what others deleted. */
  readonly canMove: () => boolean
  /** What the server says of itself: its capabilities, and its folders with their special use (RFC 6154). */
  readonly describe: () => Promise<{
    readonly capabilities: readonly string[]
    readonly folders: readonly { readonly path: string; readonly use: string | null }[]
  }>
  /** Resolves at new mail, after `ms`, or when the connection ends or `signal` is aborted. */
  readonly waitForNews: (ms: number, signal: AbortSignal) => Promise<void>
  readonly close: () => Promise<void>
}

/** Refused by the server for its credentials: trying again soon locks accounts. */
export class LoginRefused extends Error {}

/** Connects and logs in; rejects with a sentence, without secrets. */
export async function openImapSession(login: ImapLogin): Promise<ImapSession> {
  // Loaded with the first connection: a gateway without mailboxes does not need it.
  const { ImapFlow } = await import('imapflow')
  const client = new ImapFlow({
    host: login.host,
    port: login.port,
    secure: login.security === 'tls',
    ...(login.security === 'tls' ? {} : { doSTARTTLS: login.security === 'starttls' }),
    auth: {
      user: login.user,
      ...(login.token === undefined ? { pass: login.password ?? '' } : { accessToken: login.token }),
    },
    tls: {
      rejectUnauthorized: login.verify,
      minVersion: 'TLSv1.2',
      ...(login.ca === undefined ? {} : { ca: login.ca }),
    },
    logger: false,
    clientInfo: { name: 'Guichet' },
    disableAutoIdle: true,
    disableCompression: true,
    connectionTimeout: 30_000,
    greetingTimeout: 30_000,
    socketTimeout: login.silenceMs,
    maxIdleTime: Math.floor(login.silenceMs / 2),
    maxLiteralSize: 512 * 1024 * 1024,
    maxResponseSize: 513 * 1024 * 1024,
  })
  let failure: Error | null = null
  let news = false
  let woken = (): void => undefined
  client.on('error', (error) => {
    failure ??= error
  })
  client.on('exists', () => {
    news = true
    woken()
  })
  client.on('close', () => {
    failure ??= new Error('the server closed the connection')
    woken()
  })

  try {
    await client.connect()
  } catch (error) {
    client.close()
    throw plainError(error)
  }

  /** Runs a command and makes sure that the connection outlived it. */
  const run = async <T>(command: () => Promise<T>): Promise<T> => {
    let result: T
    try {
      result = await command()
    } catch (error) {
      throw plainError(error)
    }
    if (!client.usable) throw failure ?? new Error('the connection ended')
    return result
  }
  const selected = (): void => {
    if (!client.mailbox) throw failure ?? new Error('the folder was closed by the server')
  }
  const range = (uids: readonly number[]): string => uids.join(',')

  const search = async (query: SearchObject): Promise<number[]> => {
    news = false
    const found = await run(() => client.search(query, { uid: true }))
    selected()
    if (!Array.isArray(found)) throw new Error('the server refused a search')
    return found.sort((a, b) => a - b)
  }

  return {
    async open(folder, readOnly) {
      const box = await run(() => client.mailboxOpen(folder, { readOnly }))
      news = false
      const uidNext = box.uidNext || Math.max(0, ...(await search({ all: true }))) + 1
      return { uidValidity: Number(box.uidValidity), uidNext }
    },
    async ensureFolder(folder) {
      const folders = await run(() => client.list())
      if (!folders.some((one) => one.path === folder)) await run(() => client.mailboxCreate(folder))
    },
    search,
    async sizes(uids) {
      const found = new Map<number, number>()
      await run(async () => {
        for await (const item of client.fetch(range(uids), { uid: true, size: true }, { uid: true }))
          if (item.size !== undefined) found.set(item.uid, item.size)
      })
      selected()
      return found
    },
    async fetch(uids, maxBytes) {
      const wanted = new Set(uids)
      const found = new Map<number, Buffer>()
      const source = maxBytes === undefined ? true : { maxLength: maxBytes }
      await run(async () => {
        // Flag changes by other clients come out of the iterator too, as items without a source.
        for await (const item of client.fetch(range(uids), { uid: true, source }, { uid: true }))
          if (item.source !== undefined && item.source.length > 0 && wanted.has(item.uid))
            found.set(item.uid, item.source)
      })
      selected()
      return found
    },
    async flag(uids, keyword) {
      return run(() => client.messageFlagsAdd(range(uids), [keyword], { uid: true, silent: true }))
    },
    async move(uids, target) {
      const moved = await run(() => client.messageMove(range(uids), target, { uid: true }))
      if (!moved) return 'refused'
      if (moved.uidMap === undefined || moved.uidValidity === undefined) return 'unknown'
      return { uidValidity: Number(moved.uidValidity), uids: moved.uidMap }
    },
    canMove: () => client.capabilities.has('MOVE') || client.capabilities.has('UIDPLUS'),
    async describe() {
      const folders = await run(() => client.list())
      return {
        capabilities: [...client.capabilities.keys()],
        folders: folders.map(({ path, specialUse }) => ({ path, use: specialUse ?? null })),
      }
    },
    async waitForNews(ms, signal) {
      if (news || signal.aborted || !client.usable) return
      // Resolves false at once on a lost connection, and when a later command ends it; neither is news.
      client.idle().catch(() => undefined)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms)
        woken = () => {
          clearTimeout(timer)
          resolve()
        }
        signal.addEventListener('abort', woken, { once: true })
      })
      signal.removeEventListener('abort', woken)
      woken = () => undefined
    },
    async close() {
      if (client.usable) {
        const limit = new Promise<void>((resolve) => setTimeout(resolve, 1000).unref())
        await Promise.race([client.logout().catch(() => undefined), limit])
      }
      client.close()
    },
  }
}

function plainError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error))
  const text = (key: string): string => {
    const value: unknown = Reflect.get(error, key)
    return typeof value === 'string' ? value : ''
  }
  if (Reflect.get(error, 'authenticationFailed') === true)
    return new LoginRefused(
      `login refused: ${text('serverResponseCode') || text('responseText') || 'user or password is wrong'}`,
    )
  const detail = [text('responseText'), text('code')].filter((part) => part !== '' && !error.message.includes(part))
  return new Error([error.message, ...detail].join(': '))
}
