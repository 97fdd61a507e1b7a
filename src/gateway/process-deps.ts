// What the worker's turns need of the process they run in.

import type { Sql } from '../db/pool.ts'
import type { ParseResult } from '../inbound/parse-pool.ts'
import type { Claimed } from '../inbound/store.ts'
import type { Authentication } from '../mail/authentication.ts'
import type { Counters } from '../metrics.ts'
import type { ApplyDeps } from './apply.ts'
import type { RunningInstance } from './running-desk.ts'

export interface ProcessDeps extends ApplyDeps {
  readonly sql: Sql
  readonly instance: () => RunningInstance
  readonly parse: (
    mails: readonly { readonly id: string; readonly bytes: Buffer }[],
  ) => Promise<Map<string, ParseResult>>
  readonly authenticate: (claimed: Claimed, parsed: ParseResult, now: Date) => Promise<Authentication>
  readonly now: () => Promise<Date>
  readonly mark: () => string
  readonly log: {
    readonly error: (facts: object, what: string) => void
    readonly warn: (facts: object, what: string) => void
    readonly info: (facts: object, what: string) => void
    readonly debug: (facts: object, what: string) => void
  }
  readonly counters: Counters
  /** Called after a batch that queued mails. */
  readonly wakeOutbox: () => void
}
