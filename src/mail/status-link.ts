// Links to the pages, as mails carry them. A token reads `DESK.PAYLOAD`, so that it names its desk; who holds one may look, never act.

import { dayOf, type Keys, type Purpose, type Signed } from './token.ts'

const longest = 100

const write = (keys: Keys, signed: Signed): string => `${signed.desk}.${keys.sign(signed)}`

function read(keys: Keys, purpose: Purpose, token: string, now: Date): Signed | null {
  const dot = token.indexOf('.')
  if (dot < 1 || token.length > longest) return null
  const signed = keys.verify(token.slice(0, dot).toLowerCase(), token.slice(dot + 1), now)
  return signed?.purpose === purpose ? signed : null
}

const under = (publicUrl: string, path: string): string => publicUrl.replace(/\/{1,9}$/, '') + path

/** The token of one person's page of one request; good for 90 days. */
export function statusToken(
  keys: Keys,
  of: { readonly desk: string; readonly ticket: number; readonly person: number; readonly now: Date },
): string {
  return write(keys, { desk: of.desk, purpose: 's', id: of.ticket, person: of.person, day: dayOf(of.now) })
}

/** What a status token grants; null when it is malformed, was not signed by us for this purpose, or has expired. */
export function readStatusToken(keys: Keys, token: string, now: Date): Signed | null {
  return read(keys, 's', token, now)
}

/** The address of a request's page. */
export function statusLink(publicUrl: string, token: string): string {
  return under(publicUrl, `/t/${token}`)
}

/** The token of one supervisor's page of one desk; good for 7 days. `person` is the supervisor as a person of the desk. */
export function supervisorToken(
  keys: Keys,
  of: { readonly desk: string; readonly person: number; readonly now: Date },
): string {
  return write(keys, { desk: of.desk, purpose: 'w', id: 0, person: of.person, day: dayOf(of.now) })
}

/** What a supervisor's token grants; null as for `readStatusToken`. */
export function readSupervisorToken(keys: Keys, token: string, now: Date): Signed | null {
  return read(keys, 'w', token, now)
}

/** The address that opens a desk's page: the page keeps the token in a cookie and goes on to the address without it. */
export function supervisorLink(publicUrl: string, desk: string, token: string): string {
  return under(publicUrl, `/desks/${desk}?link=${token}`)
}
