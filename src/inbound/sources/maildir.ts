// Maildir (https://cr.yp.to/proto/maildir.html): one file a mail, in new/ until somebody has seen it, then in cur/ with flags
// behind `:2,`. The name before the colon stays the same for ever.

import { lstat, open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { cutOff, headBytes } from './cut-off.ts'

export interface MaildirFile {
  readonly path: string
  /** The file's name without flags. */
  readonly unique: string
}

/** Whether a path is a Maildir: a folder with new/ and cur/ in it. */
export async function isMaildir(path: string): Promise<boolean> {
  const parts = await Promise.all(['new', 'cur'].map((part) => stat(join(path, part)).catch(() => null)))
  return parts.every((part) => part?.isDirectory() === true)
}

/** The mails in one of the parts of a Maildir, in the order of delivery as their names tell it. */
export async function listMaildir(path: string, part: 'new' | 'cur'): Promise<MaildirFile[]> {
  const names = (await readdir(join(path, part))).filter((name) => !name.startsWith('.'))
  return names
    .map((name) => ({ name, time: Number.parseInt(name, 10) || 0 }))
    .sort((a, b) => a.time - b.time || (a.name < b.name ? -1 : 1))
    .map(({ name }) => ({ path: join(path, part, name), unique: name.split(':2,')[0] ?? name }))
}

/** A mail's bytes; `size` is that of the file. Null when it is gone, or no plain file (a link could lead anywhere). */
export async function readMaildirFile(
  path: string,
  maxSize: number,
): Promise<{ readonly bytes: Buffer; readonly size: number } | null> {
  try {
    if (!(await lstat(path)).isFile()) return null
    const file = await open(path, 'r')
    try {
      const { size } = await file.stat()
      if (size <= maxSize) return { bytes: await file.readFile(), size }
      const head = Buffer.alloc(headBytes)
      const { bytesRead } = await file.read(head, 0, headBytes, 0)
      return { bytes: cutOff(head.subarray(0, bytesRead), size), size }
    } finally {
      await file.close()
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
