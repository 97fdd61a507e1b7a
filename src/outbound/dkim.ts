// DKIM (RFC 6376) for mail of our own making, relaxed/relaxed. Signed when the mail is composed, so the bytes are the same at every attempt.

import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto'
import type { Signer } from './compose.ts'
import type { Field } from './headers.ts'

// Everything a receiver may rely on; From twice, so that a second From added on the way breaks the signature (RFC 6376 §8.15).
const signedFields = [
  'From',
  'From',
  'To',
  'Subject',
  'Date',
  'Message-ID',
  'Reply-To',
  'In-Reply-To',
  'References',
  'MIME-Version',
  'Content-Type',
  'Auto-Submitted',
  'List-Unsubscribe',
]

/** RFC 6376 §3.4.4: runs of blanks become one, none at line ends, empty lines at the end go. */
export function relaxedBody(body: string): string {
  const lines = body.split('\r\n').map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''))
  let end = lines.length
  while (end > 0 && lines[end - 1] === '') end--
  return end === 0 ? '' : `${lines.slice(0, end).join('\r\n')}\r\n`
}

/** RFC 6376 §3.4.2. */
export function relaxedField([name, value]: Field): string {
  return `${name.toLowerCase()}:${value
    .replace(/\r\n/g, '')
    .replace(/[ \t]+/g, ' ')
    .trim()}`
}

/** A signer for a domain; throws when the key is no private RSA or Ed25519 key. Signatures carry the time, so that old ones can be told. */
export function createSigner(settings: {
  readonly domain: string
  readonly selector: string
  readonly key: string
}): Signer {
  const key: KeyObject = createPrivateKey(settings.key)
  const kind = key.asymmetricKeyType
  if (kind !== 'rsa' && kind !== 'ed25519') throw new Error('a DKIM key is an RSA or Ed25519 key')
  return (fields, body, now) => {
    const hash = createHash('sha256').update(relaxedBody(body), 'latin1').digest('base64')
    const names: string[] = []
    const lines: string[] = []
    const left = new Map<string, Field[]>()
    for (const field of fields) left.set(field[0].toLowerCase(), [...(left.get(field[0].toLowerCase()) ?? []), field])
    for (const name of signedFields) {
      const field = left.get(name.toLowerCase())?.pop()
      if (field === undefined && name !== 'From') continue
      names.push(name)
      if (field !== undefined) lines.push(relaxedField(field))
    }
    const head = `v=1; a=${kind === 'rsa' ? 'rsa' : 'ed25519'}-sha256; c=relaxed/relaxed; d=${settings.domain}; s=${settings.selector}; t=${Math.floor(now.getTime() / 1000)};\r\n h=${names.join(':\r\n ')};\r\n bh=${hash};\r\n b=`
    const signed = Buffer.from([...lines, relaxedField(['DKIM-Signature', head])].join('\r\n'), 'latin1')
    // RFC 8463 §3: Ed25519 signs the SHA-256 of the data.
    const signature =
      kind === 'rsa' ? sign('sha256', signed, key) : sign(null, createHash('sha256').update(signed).digest(), key)
    return ['DKIM-Signature', head + (signature.toString('base64').match(/.{1,72}/g) ?? []).join('\r\n ')]
  }
}
