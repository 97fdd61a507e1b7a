// How often one address of the network may ask, and how often it may guess. Kept in memory: a restart forgives.

export interface RateLimit {
  /** True when this address may ask now; counts the question. */
  readonly allow: (address: string) => boolean
  /** Counts a link that opened nothing. */
  readonly miss: (address: string) => void
}

export interface Rates {
  /** Questions a minute, and at once. */
  readonly questions: number
  /** Links that open nothing, a minute and at once; beyond them nothing is answered, good links neither. */
  readonly misses: number
}

interface Bucket {
  questions: number
  misses: number
  at: number
}

/** `clock` gives milliseconds that only rise. At most 10,000 addresses are remembered; the longest unheard goes first. */
export function createRateLimit(rates: Rates, clock: () => number): RateLimit {
  const buckets = new Map<string, Bucket>()
  const find = (address: string): Bucket => {
    const at = clock()
    const known = buckets.get(address)
    const minutes = known ? Math.max(0, at - known.at) / 60_000 : 0
    const bucket: Bucket = known
      ? {
          questions: Math.min(rates.questions, known.questions + minutes * rates.questions),
          misses: Math.min(rates.misses, known.misses + minutes * rates.misses),
          at,
        }
      : { questions: rates.questions, misses: rates.misses, at }
    buckets.delete(address)
    buckets.set(address, bucket)
    if (buckets.size > 10_000) {
      const eldest = buckets.keys().next()
      if (!eldest.done) buckets.delete(eldest.value)
    }
    return bucket
  }
  return {
    allow: (address) => {
      const bucket = find(address)
      if (bucket.questions < 1 || bucket.misses < 1) return false
      bucket.questions -= 1
      return true
    },
    miss: (address) => {
      const bucket = find(address)
      bucket.misses -= 1
    },
  }
}

/**
 * The address that asks. A peer on loopback may be a reverse proxy of this machine, so the last address it noted in
 * X-Forwarded-For counts; of an IPv6 address the first 64 bits, for a household has that many.
 */
export function askingAddress(peer: string | undefined, forwarded: string | undefined): string {
  const plain = (peer ?? '').replace(/^::ffff:/, '')
  const local = plain === '' || plain === '::1' || plain.startsWith('127.')
  const noted = local ? forwarded?.slice(-200).split(',').at(-1)?.trim() : undefined
  const address = noted === undefined || noted === '' ? plain : noted
  return address.includes(':') ? network64(address) : address
}

function network64(address: string): string {
  const [head = '', tail] = address.toLowerCase().split('%')[0]?.split('::') ?? []
  const first = head === '' ? [] : head.split(':')
  const last = tail === undefined || tail === '' ? [] : tail.split(':')
  const gap = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length)
  return [...first, ...Array<string>(gap).fill('0'), ...last]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')
}
