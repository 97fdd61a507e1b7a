// Secrets stand outside the configuration: `env:NAME` in the environment, `file:PATH` in a file. Neither value nor file content
// ever reaches a message.

import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'

export type Environment = Readonly<Record<string, string | undefined>>

export type SecretResult =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly message: string }

/** The value of `env:NAME` or `file:PATH` (relative to `folder`; one line end at its end is no part of it). */
export async function readSecret(reference: string, env: Environment, folder: string): Promise<SecretResult> {
  if (reference.startsWith('env:')) {
    const name = reference.slice(4)
    const value = env[name]
    return value === undefined || value === ''
      ? { ok: false, message: `the environment has no ${name}` }
      : { ok: true, value }
  }
  const path = resolve(folder, reference.slice('file:'.length))
  try {
    const value = (await readFile(path, 'utf8')).replace(/\r?\n$/, '')
    return value === '' ? { ok: false, message: `the file ${path} is empty` } : { ok: true, value }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    return {
      ok: false,
      message:
        code === 'ENOENT'
          ? `there is no file ${path}`
          : code === 'EACCES'
            ? `the file ${path} cannot be read: permission denied`
            : `the file ${path} cannot be read (${code ?? 'error'})`,
    }
  }
}
