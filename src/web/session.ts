// Who is a supervisor: a bearer of the instance's token, or of a signed link to one desk. A link sets a stateless cookie that
// holds no more than the link did, and every look checks anew that its person still is a supervisor of the desk.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Desk } from '../desks/desk.ts'
import { readSupervisorToken } from '../mail/status-link.ts'
import { dayOf, type Keys, lifetimeDays } from '../mail/token.ts'

export interface Door {
  readonly keys: Keys
  /** Opens every desk. */
  readonly supervisorToken: string
  readonly desks: ReadonlyMap<string, Desk>
  /** The address of a desk's person, unless their links were withdrawn. */
  readonly findSupervisor: (of: { desk: string; person: number; day: number }) => Promise<string | undefined>
  readonly now: Date
}

/** What somebody may see: every desk, or these. */
export type Sight = 'all' | ReadonlySet<string>

export const cookiePrefix = 'guichet-'
const allCookie = `${cookiePrefix}all.`

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Compares in a time that tells nothing about where two texts differ. */
const same = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other))

const allValue = (token: string, day: number): string =>
  `${day.toString(36)}.${createHmac('sha256', token).update(`supervisor's cookie|${day}`).digest('base64url')}`

/** What an `Authorization` field and the cookies of a request open. */
export async function sightOf(
  door: Door,
  credentials: { authorization: string | undefined; cookies: Readonly<Record<string, string>> },
): Promise<Sight> {
  const bearer = /^bearer +(\S{1,500})$/i.exec(credentials.authorization ?? '')?.[1]
  if (bearer !== undefined && same(bearer, door.supervisorToken)) return 'all'
  const all = credentials.cookies[allCookie]
  if (all !== undefined && holdsAll(door, all)) return 'all'
  const seen = new Set<string>()
  for (const [name, value] of Object.entries(credentials.cookies).slice(0, 50)) {
    if (!name.startsWith(cookiePrefix) || name === allCookie) continue
    const desk = await deskOf(door, value)
    if (desk !== null) seen.add(desk)
  }
  return seen
}

function holdsAll(door: Door, value: string): boolean {
  const day = Number.parseInt(value.slice(0, value.indexOf('.')), 36)
  const age = dayOf(door.now) - day
  if (!(age >= -1 && age <= lifetimeDays.w)) return false
  return same(value, allValue(door.supervisorToken, day))
}

async function deskOf(door: Door, token: string): Promise<string | null> {
  const signed = readSupervisorToken(door.keys, token, door.now)
  const desk = signed ? door.desks.get(signed.desk) : undefined
  if (!signed || !desk) return null
  const address = await door.findSupervisor({ desk: signed.desk, person: signed.person, day: signed.day })
  return address !== undefined && desk.supervisors.includes(address.toLowerCase()) ? signed.desk : null
}

/** The cookie that a link earns; null when the link opens nothing. */
export async function cookieOf(door: Door, link: string): Promise<{ name: string; value: string } | null> {
  if (same(link, door.supervisorToken))
    return { name: allCookie, value: allValue(door.supervisorToken, dayOf(door.now)) }
  const desk = await deskOf(door, link)
  return desk === null ? null : { name: `${cookiePrefix}${desk}`, value: link }
}

export const cookieSeconds: number = lifetimeDays.w * 86_400
