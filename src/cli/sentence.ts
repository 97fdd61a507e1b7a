// What the system says when it refuses, in words for the person who called the command.

const sentences: Readonly<Record<string, (where: string) => string>> = {
  EACCES: (where) =>
    `${where} may not be opened: permission denied. Run as the user it belongs to, or change its owner or mode.`,
  EPERM: (where) => `${where} may not be changed: operation not permitted. Run as the user it belongs to.`,
  EROFS: (where) => `${where} cannot be written: the file system is read-only.`,
  ENOSPC: (where) => `${where} cannot be written: the disk is full.`,
  EDQUOT: (where) => `${where} cannot be written: the quota of the disk is used up.`,
  ENOTDIR: (where) => `${where} cannot be made: a part of the path is a file, not a folder.`,
  EEXIST: (where) => `${where} is there already, and is not what is expected.`,
  EMFILE: () => 'Too many files are open: raise the limit (ulimit -n) and try again.',
}

/** Connection refused, lost or not answered by the database while a command worked. */
const databaseGone = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  '57P01',
  '57P03',
  '53300',
])

/** A sentence for a fault that the caller can mend; null for one of ours, which deserves its stack. */
export function sentenceOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  const { code, path } = error as NodeJS.ErrnoException
  if (code === undefined) return null
  if (databaseGone.has(code))
    return `The database does not answer any more (${code}). Try again; docs/operations.md tells what to look at.`
  const say = sentences[code]
  return say ? say(path ?? 'A file') : null
}
