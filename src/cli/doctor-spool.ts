// Whether large mails have a place to wait in while they are received. Nothing is made here: who asks may be another user.

import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Finding, fault, fine } from './finding.ts'

/** The folder may be missing: then it is made when it is needed, and the nearest one above it has to be writable. */
export async function spoolFinding(folder: string): Promise<Finding> {
  for (let at = folder; ; at = dirname(at)) {
    try {
      await access(at, constants.W_OK | constants.X_OK)
      return fine('spool', 'large mails can wait in the data folder')
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? String(error)
      if (code === 'ENOENT' && dirname(at) !== at) continue
      return fault(
        'spool',
        `${at} cannot be written (${code})`,
        'mails of more than a megabyte are put off by SMTP and LMTP, and come back to their authors after days',
        'let the user that runs guichet write there, or set GUICHET_DATA to a folder where it may',
      )
    }
  }
}
