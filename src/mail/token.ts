// Signed tokens: HMAC-SHA-256 cut to 128 bits, bound to desk, purpose, subject and person, with a key id and a day of issue.
// Written lower-case base32 because local parts get lower-cased on the way; a token that does not verify is treated as absent.

import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * What a token grants, one letter or two. Reply addresses: `c` customer, `a` agent. `b` envelope sender of a mail (bounces). `s` status page.
 * `w` supervisors' page. Choices by mailto: `m` mute, `u` unmute, `y` confirm, `n` refute, `ok` approve, `no` refuse, `r` release a hold,
 * `d` discard a hold, `k` add as contact, `p` add as participant, `z` undo, `g` good, `h` bad (satisfaction), `j` join, `x` resolve an uncertain delivery as arrived, `v` send again.
 * `q` an answer of somebody outside who was asked for advice, kept among the staff. `f` marks our own mail (loop header, Message-ID, footer).
 */
export const purposes = [
  'c',
  'a',
  'b',
  's',
  'w',
  'm',
  'u',
  'y',
  'n',
  'ok',
  'no',
  'r',
  'd',
  'k',
  'p',
  'z',
  'g',
  'h',
  'j',
  'x',
  'v',
  'q',
  'f',
] as const
export type Purpose = (typeof purposes)[number]

export interface Signed {
  readonly desk: string
  readonly purpose: Purpose
  /** The ticket's number; for holds and deliveries the row's id. */
  readonly id: number
  /** The person's id in the desk; 0 for nobody. */
  readonly person: number
  /** Days since 2020-01-01 UTC. */
  readonly day: number
}

/** Days a token of a purpose is good for; expired is treated as absent. */
export const lifetimeDays: Readonly<Record<Purpose, number>> = {
  c: 365,
  a: 30,
  b: 30,
  s: 90,
  w: 7,
  m: 365,
  u: 365,
  y: 90,
  n: 90,
  ok: 90,
  no: 90,
  r: 30,
  d: 30,
  k: 30,
  p: 30,
  z: 2,
  g: 90,
  h: 90,
  j: 30,
  x: 30,
  v: 30,
  q: 90,
  f: 3650,
}

const epoch = Date.UTC(2020, 0, 1)
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

/** Days since 2020-01-01 UTC of an instant. */
export const dayOf = (at: Date): number => Math.floor((at.getTime() - epoch) / 86_400_000)

export interface Keys {
  readonly sign: (signed: Signed) => string
  /** The token's contents when one of the keys signed it and it has not expired at `now` (15 minutes to a day of skew allowed); else null. */
  readonly verify: (desk: string, payload: string, now: Date) => Signed | null
}

interface Key {
  readonly id: string
  readonly secret: Buffer
}

const base32 = (bytes: Buffer): string => {
  let out = ''
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      out += alphabet[(held >>> bits) & 31]
    }
    held &= (1 << bits) - 1
  }
  if (bits > 0) out += alphabet[(held << (5 - bits)) & 31]
  return out
}

const mac = (key: Key, signed: Signed): string =>
  base32(
    createHmac('sha256', key.secret)
      .update(`v1|${signed.desk}|${signed.purpose}|${signed.id}|${signed.person}|${signed.day}`)
      .digest()
      .subarray(0, 16),
  )

const shape = /^([a-z]{1,2})([a-z2-7]{2})\.([0-9a-z]{1,9})\.([0-9a-z]{1,9})\.([0-9a-z]{1,4})\.([a-z2-7]{26})$/

/**
 * The keys of an instance; the first secret signs, all verify. A payload reads
 * `PURPOSE KID . ID . PERSON . DAY . MAC` with numbers in base 36, at most 47 octets for usual numbers.
 */
export function createKeys(secrets: readonly string[]): Keys {
  if (secrets.some((secret) => secret.trim() === '')) throw new Error('a signing secret must not be empty')
  const keys: Key[] = secrets.map((secret) => ({
    id: base32(createHmac('sha256', secret).update('guichet key id').digest()).slice(0, 2),
    secret: createHmac('sha256', secret).update('guichet signing key').digest(),
  }))
  const first = keys[0]
  if (!first) throw new Error('at least one secret is needed')
  return {
    sign: (signed) =>
      `${signed.purpose}${first.id}.${signed.id.toString(36)}.${signed.person.toString(36)}.${signed.day.toString(36)}.${mac(first, signed)}`,
    verify: (desk, payload, now) => {
      const match = shape.exec(payload.toLowerCase())
      if (!match) return null
      const [, purposeText = '', kid = '', id = '', person = '', day = '', code = ''] = match
      const purpose = purposes.find((p) => p === purposeText)
      if (!purpose) return null
      const signed: Signed = {
        desk,
        purpose,
        id: Number.parseInt(id, 36),
        person: Number.parseInt(person, 36),
        day: Number.parseInt(day, 36),
      }
      // One spelling a token: `01` is no other way to write `1`.
      if (signed.id.toString(36) !== id || signed.person.toString(36) !== person || signed.day.toString(36) !== day)
        return null
      const today = dayOf(now)
      if (signed.day > today + 1 || today - signed.day > lifetimeDays[purpose]) return null
      // Equal length: the shape asks for 26 ASCII characters. Every key of that id is tried; the id itself is no secret.
      const given = Buffer.from(code)
      const good = keys.some((key) => key.id === kid && timingSafeEqual(Buffer.from(mac(key, signed)), given))
      return good ? signed : null
    },
  }
}
