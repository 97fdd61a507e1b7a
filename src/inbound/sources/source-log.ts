/** Where a source tells what happened: fields, then a few words. A pino logger fits. */
export interface SourceLog {
  readonly debug: (fields: object, words: string) => void
  readonly info: (fields: object, words: string) => void
  readonly warn: (fields: object, words: string) => void
  readonly error: (fields: object, words: string) => void
}

const nothing = (): void => undefined

export const silent: SourceLog = { debug: nothing, info: nothing, warn: nothing, error: nothing }

/** The message of an error with what it hides inside (an AggregateError of a refused connection has no text of its own). */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof AggregateError && error.errors.length > 0) return errorText(error.errors[0])
  const code =
    'code' in error && typeof error.code === 'string' && !error.message.includes(error.code) ? ` (${error.code})` : ''
  return `${error.message || error.name}${code}`
}
