// A self-signed certificate for STARTTLS where the configuration names none (RFC 3207: better an unverified certificate than clear
// text). X.509 v3 in DER by hand, ECDSA P-256 with SHA-256: a certificate of one shape needs no library.

import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { isIP } from 'node:net'

/** PEM texts as `tls.createSecureContext` takes them. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

const YEAR_MS = 365 * 86_400_000

const tlv = (tag: number, ...contents: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(contents)
  const length: number[] = []
  if (content.length < 0x80) length.push(content.length)
  else {
    for (let rest = content.length; rest > 0; rest = Math.floor(rest / 256)) length.unshift(rest % 256)
    length.unshift(0x80 | length.length)
  }
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}
const sequence = (...contents: readonly Buffer[]): Buffer => tlv(0x30, ...contents)
const oid = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, 'hex'))

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'))
const commonName = oid('550403')
const subjectAltName = oid('551d11')

const time = (at: Date): Buffer => tlv(0x18, Buffer.from(`${at.toISOString().replaceAll(/[-:T]|\.\d+/g, '')}`))

const nameEntry = (name: string): Buffer =>
  isIP(name) === 4 ? tlv(0x87, Buffer.from(name.split('.').map(Number))) : tlv(0x82, Buffer.from(name))

/** Valid for a year from `now`, for host names and IPv4 addresses; the first name is its common name. */
export function selfSignedCertificate(names: readonly string[], now: Date): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const name = sequence(tlv(0x31, sequence(commonName, tlv(0x0c, Buffer.from((names[0] ?? 'localhost').slice(0, 64))))))
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  const alternatives = sequence(subjectAltName, tlv(0x04, sequence(...names.map(nameEntry))))
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, serial),
    ecdsaWithSha256,
    name,
    sequence(time(new Date(now.getTime() - 3_600_000)), time(new Date(now.getTime() + YEAR_MS))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(alternatives)),
  )
  const signature = sign('sha256', body, privateKey)
  const der = sequence(body, ecdsaWithSha256, tlv(0x03, Buffer.from([0]), signature))
  const lines = der.toString('base64').replaceAll(/.{64}/g, '$&\n')
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  }
}
