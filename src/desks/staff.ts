// Who works at a desk, by the address a mail comes from.

import type { Desk, Staff } from './desk.ts'

/**
 * The active agent with that directory or further address, or a supervisor, who may do what an agent may. undefined: nobody of
 * the desk. Addresses are compared as they are: a name that only looks alike is somebody else (threats T31).
 */
export function staffAt(desk: Desk, address: string): Staff | undefined {
  const agent = desk.staff.find((staff) => staff.active && (staff.address === address || staff.also.includes(address)))
  if (agent) return agent
  if (!desk.supervisors.includes(address)) return undefined
  const known = desk.staff.find((staff) => staff.address === address)
  return known ? undefined : { address, name: '', also: [], groups: [], away: [], digest: 'none', active: true }
}

/** The name of whoever works at the desk, or did, by an address of theirs; the address where there is none. */
export const staffName = (desk: Desk, address: string): string =>
  desk.staff.find((staff) => staff.address === address || staff.also.includes(address))?.name || address
