// What the rooms count, without knowing who listens. The process hands in one that feeds /metrics; tests hand in `noCounters`.

/** Durations that are measured, each from the first word to the second. */
export type Stage = 'received-stored' | 'received-settled' | 'received-answered' | 'parse' | 'deliver'

export interface Counters {
  /** Mails whose bytes are committed, by the kind of source (imap, smtp, lmtp, folder, import). */
  readonly received: (source: string, mails?: number) => void
  /** A second receipt of a mail that was known. */
  readonly duplicate: (source: string, mails?: number) => void
  /** A mail or due clock that was decided and carried out, by its outcome. */
  readonly decided: (desk: string, outcome: string, events?: number) => void
  /** A mail set aside after its last attempt. */
  readonly parked: (desk: string) => void
  /** What became of an attempt to deliver: sent, delayed, bounced, dead, uncertain. */
  readonly delivered: (desk: string, state: string, mails?: number) => void
  /** A failure that was caught where the work is owned, by the room that caught it. */
  readonly failed: (room: string) => void
  /** How long a stage took, in seconds. */
  readonly took: (stage: Stage, seconds: number) => void
}

const ignore = (): void => undefined

/** Counts nothing. */
export const noCounters: Counters = {
  received: ignore,
  duplicate: ignore,
  decided: ignore,
  parked: ignore,
  delivered: ignore,
  failed: ignore,
  took: ignore,
}
