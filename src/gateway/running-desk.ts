// A desk made ready to judge with: its policy, its compiled rules and calendars.

import type { Desk } from '../desks/desk.ts'
import { type AddressBook, acceptsRecipient } from '../inbound/route.ts'
import type { Keys } from '../mail/token.ts'
import type { CompiledRule, Context } from '../rules/context.ts'
import { type Calendar, compileCalendar } from '../tickets/calendar.ts'

export interface RunningDesk {
  readonly desk: Desk
  readonly rules: readonly CompiledRule[]
  readonly calendar: (name?: string) => Calendar
}

export function prepareDesk(desk: Desk, rules: readonly CompiledRule[]): RunningDesk {
  const own = compileCalendar(desk.calendar)
  const named = new Map(Object.entries(desk.calendars).map(([name, definition]) => [name, compileCalendar(definition)]))
  return { desk, rules, calendar: (name) => (name === undefined ? own : (named.get(name) ?? own)) }
}

/** What all desks of a gateway share. */
export interface RunningInstance {
  readonly desks: ReadonlyMap<string, RunningDesk>
  readonly keys: Keys
  readonly publicUrl: string
  readonly replyDomain: string
  readonly addressBook: AddressBook
  /** Every domain that signed addresses may stand on. */
  readonly signedDomains: ReadonlySet<string>
  readonly deskAddresses: ReadonlySet<string>
}

export function prepareInstance(input: {
  readonly desks: readonly RunningDesk[]
  readonly keys: Keys
  readonly publicUrl: string
  readonly replyDomain: string
  readonly addressBook: AddressBook
}): RunningInstance {
  const addresses = input.desks.flatMap(({ desk }) => [desk.address, ...desk.aliases])
  const domains = input.desks.flatMap(({ desk }) => [desk['reply-domain'] ?? input.replyDomain])
  return {
    desks: new Map(input.desks.map((running) => [running.desk.desk, running])),
    keys: input.keys,
    publicUrl: input.publicUrl,
    replyDomain: input.replyDomain,
    addressBook: input.addressBook,
    signedDomains: new Set(
      [input.replyDomain, ...domains, ...addresses.map((address) => address.slice(address.lastIndexOf('@') + 1))].map(
        (d) => d.toLowerCase(),
      ),
    ),
    deskAddresses: new Set(addresses),
  }
}

/** What rules may know of the gateway. */
export function instanceFacts({
  keys,
  publicUrl,
  replyDomain,
  deskAddresses,
  addressBook,
}: RunningInstance): Context['instance'] {
  return { keys, publicUrl, replyDomain, deskAddresses, isOurs: (address) => acceptsRecipient(addressBook, address) }
}
