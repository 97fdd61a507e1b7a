// One incident, many tickets.

/** A ticket that an agent declared an incident, while it is open. */
export interface OpenIncident {
  readonly desk: string
  readonly number: number
  /** What people may read of it; '' when the agent said nothing. */
  readonly title: string
  readonly since: Date
}
