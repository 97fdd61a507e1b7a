// What `guichet doctor` finds: what is so, what follows from it, what to do about it.

import { plain } from './print.ts'

export type Severity = 'fine' | 'warning' | 'error'

export interface Finding {
  readonly severity: Severity
  /** What it is about: `database`, `mailbox support`, `domain example.org`. */
  readonly about: string
  readonly what: string
  /** Empty when all is well. */
  readonly consequence: string
  readonly remedy: string
}

export const fine = (about: string, what: string): Finding => ({
  severity: 'fine',
  about,
  what,
  consequence: '',
  remedy: '',
})

export const warning = (about: string, what: string, consequence: string, remedy: string): Finding => ({
  severity: 'warning',
  about,
  what,
  consequence,
  remedy,
})

export const fault = (about: string, what: string, consequence: string, remedy: string): Finding => ({
  severity: 'error',
  about,
  what,
  consequence,
  remedy,
})

/** 0: nothing, 1: warnings, 2: errors. */
export const statusOf = (findings: readonly Finding[]): number =>
  findings.some((f) => f.severity === 'error') ? 2 : findings.some((f) => f.severity === 'warning') ? 1 : 0

const marks: Readonly<Record<Severity, string>> = { fine: 'ok      ', warning: 'warning ', error: 'error   ' }

/** A finding as lines for a terminal. */
export function findingText(finding: Finding): string {
  const lines = [`${marks[finding.severity]}${finding.about}: ${finding.what}`]
  if (finding.consequence !== '') lines.push(`          So: ${finding.consequence}`)
  if (finding.remedy !== '') lines.push(`          Do: ${finding.remedy}`)
  return `${lines.map(plain).join('\n')}\n`
}
