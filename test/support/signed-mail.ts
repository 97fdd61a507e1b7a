import { generateKeyPairSync } from 'node:crypto'
import { dkimSign } from 'mailauth/lib/dkim/sign.js'
import type { Resolver } from '../../src/inbound/verify-mail.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'der' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})

export const signingKey = privateKey
/** The TXT record of the key that everybody in the tests signs with. */
export const keyRecord = `v=DKIM1; k=rsa; p=${publicKey.toString('base64')}`

export interface SignOptions {
  readonly domain: string
  readonly at: Date
  readonly headers?: string
  readonly maxBodyLength?: number
  readonly algorithm?: string
}

/** The mail with a real DKIM signature of `domain`, selector `s1`. */
export async function signMail(
  mail: string,
  { domain, at, headers, maxBodyLength, algorithm }: SignOptions,
): Promise<string> {
  const key = {
    signingDomain: domain,
    selector: 's1',
    privateKey: signingKey,
    ...(maxBodyLength === undefined ? {} : { maxBodyLength }),
    ...(algorithm === undefined ? {} : { algorithm }),
  }
  const { signatures, errors } = await dkimSign(mail, {
    ...key,
    canonicalization: 'relaxed/relaxed',
    signTime: at,
    // Declared as a list, read as a string with colons.
    ...(headers === undefined ? {} : { headerList: headers as unknown as string[] }),
    signatureData: [key],
  })
  if (errors.length > 0) throw errors[0]
  return `${signatures}${mail}`
}

export interface Zone {
  readonly resolver: Resolver
  /** What was looked up, in order. */
  readonly asked: string[]
}

/** Name servers in memory: `name` → TXT records, `A name` → addresses; a name of `down` does not answer. */
export function zone(records: Readonly<Record<string, readonly string[]>>, down: readonly string[] = []): Zone {
  const asked: string[] = []
  return {
    asked,
    resolver: async (name, type) => {
      asked.push(`${type} ${name}`)
      if (down.some((one) => name === one || name.endsWith(`.${one}`)))
        throw Object.assign(new Error('no answer'), { code: 'ETIMEOUT' })
      const found = records[type === 'TXT' ? name : `${type} ${name}`]
      if (found === undefined) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })
      return type === 'TXT' ? found.map((text) => [text]) : [...found]
    },
  }
}
