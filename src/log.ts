import { type DestinationStream, destination, type Logger, pino } from 'pino'

export type Log = Logger

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

export type LogOptions = {
  level: LogLevel
  /** Lines for people instead of JSON: a terminal. */
  readable: boolean
  /** Mail addresses in lines: as they are, or with the local part cut to its first character. */
  addresses: 'whole' | 'masked'
  /** Where the lines go; standard output when left out. */
  out?: DestinationStream
}

/** The level that LOG_LEVEL names, or undefined for an unknown word. */
export function parseLogLevel(word: string): LogLevel | undefined {
  return logLevels.find((level) => level === word.trim().toLowerCase())
}

/*
 * Every line passes here, whoever wrote it: an error of a library may carry a URL with a password, an SMTP answer the
 * signed address it refused. Replacements contain neither quotes nor backslashes, so JSON stays JSON; each pattern is
 * bounded, so a long line costs its length.
 */
const secretField =
  /("(?:pass|password|secret|token|authorization|cookie|accessToken|refreshToken)"\s*:\s*)"(?:[^"\\]|\\.)*"/gi
const urlPassword = /([a-z][a-z0-9+]{1,20}:\/\/[^\s:/@"]{0,200}:)[^\s/@"]{1,400}@/gi
const pageToken = /(\/t\/|[?&]link=)[A-Za-z0-9._-]{16,}/g
const bearer = /\b(Bearer |token=)[A-Za-z0-9._~+/-]{8,}/gi
/** The signed part of a reply address: 26 or more base32 characters after `+` or `.`, in front of the `@`. */
const signedAddress = /([+.=-])[a-z2-7]{16,64}(?=@)/gi
const localPart = /([A-Za-z0-9])[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{0,63}@(?=[A-Za-z0-9])/g

/** Takes secrets, tokens and, when asked to, addresses out of one finished line. */
export function redact(line: string, addresses: LogOptions['addresses']): string {
  const clean = line
    .replace(secretField, '$1"[redacted]"')
    .replace(urlPassword, '$1[redacted]@')
    .replace(pageToken, '$1[redacted]')
    .replace(bearer, '$1[redacted]')
    .replace(signedAddress, '$1[redacted]')
  return addresses === 'masked' ? clean.replace(localPart, '$1***@') : clean
}

/** One line for a person: time, level when it is not plain information, the verb, then what belongs to it. */
export function formatForPeople(line: string): string {
  const { level, time, msg, err, ...rest } = JSON.parse(line) as Record<string, unknown>
  const at = new Date(Number(time)).toISOString().slice(11, 19)
  const name = level === 'info' ? '' : `${String(level).toUpperCase()} `
  const fields = Object.entries(rest).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  const { message, stack } = (err ?? {}) as { message?: unknown; stack?: unknown }
  const fault = err === undefined ? [] : [`: ${String(message ?? '')}`]
  const trace = typeof stack === 'string' && level !== 'warn' ? `\n${stack.split('\n').slice(1, 8).join('\n')}` : ''
  return `${[`${at} ${name}${String(msg ?? '')}${fault.join('')}`, ...fields].join(' ')}${trace}\n`
}

/**
 * The log: one JSON line an event, `msg` a verb, the ids of what it is about beside it. Lines are written at once, so
 * that the last one before a crash is there.
 */
export function createLog(options: LogOptions): Log {
  const out = options.out ?? standardOutput()
  const write = (line: string): void => {
    const clean = redact(line, options.addresses)
    out.write(options.readable ? formatForPeople(clean) : clean)
  }
  return pino({ level: options.level, base: null, formatters: { level: (label) => ({ level: label }) } }, { write })
}

function standardOutput(): DestinationStream {
  const out = destination({ dest: 1, sync: true })
  // The reader of our output may leave (`| head`); that ends the log, not the gateway.
  out.on('error', () => undefined)
  return out
}

/** A child that writes its information lines at any level: for the one line that scripts wait for. */
export function unsilenced(log: Log): Log {
  return log.child({}, { level: 'info' })
}
