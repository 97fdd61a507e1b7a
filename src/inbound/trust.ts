// What the configuration believes about the way of a mail: whose Authentication-Results count where, who logs in as whom,
// whose ARC seal counts.

export interface TrustedService {
  /** authserv-id, compared as a whole and in lower case. */
  readonly authservId: string
  /** Where mails come from whose fields are believed: clients on the loopback interface, or one configured account or listener. */
  readonly from: 'loopback' | { readonly account: string }
  /**
   * How many Received fields the trusted servers write above their result; 0 when the field stands on top of everything, as
   * milters of a mail server of one's own put it. A hosted mailbox usually needs 1 or 2.
   */
  readonly hops: number
}

export type Submitter =
  /** An agent and all addresses that agent writes from. */
  | { readonly kind: 'agent'; readonly addresses: readonly string[] }
  /** A portal, which speaks for the people of its desk. */
  | { readonly kind: 'portal'; readonly desk: string }

export interface TrustSettings {
  readonly services: readonly TrustedService[]
  /** Domains whose ARC seal counts (and their subdomains). */
  readonly forwarders: readonly string[]
  /** By SMTP AUTH user, lower case. */
  readonly submitters: ReadonlyMap<string, Submitter>
}

/** Addresses from which a client is no sender of its own: SPF cannot be asked about them. RFC 1918, 3927, 4193, 4291, 6598. */
export function isPrivateAddress(ip: string): boolean {
  const four = /^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.\d{1,3}\.\d{1,3}$/i.exec(ip)
  if (four) {
    const a = Number(four[1])
    const b = Number(four[2])
    return (
      a === 127 ||
      a === 10 ||
      a === 0 ||
      (a === 172 && b >= 16 && b <= 31) ||
      (a === 192 && b === 168) ||
      (a === 169 && b === 254) ||
      (a === 100 && b >= 64 && b <= 127)
    )
  }
  const six = ip.toLowerCase()
  return six === '::1' || six === '::' || /^f[cd]/.test(six) || /^fe[89ab]/.test(six)
}

export const isLoopback = (ip: string): boolean =>
  /^(?:::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/i.test(ip) || ip === '::1'

/** One name equals the other or lies below it. Nobody can sign for a public suffix, so no list of them is needed here. */
export function related(one: string, other: string): boolean {
  const a = one.toLowerCase().replace(/\.$/, '')
  const b = other.toLowerCase().replace(/\.$/, '')
  if (!a.includes('.') || !b.includes('.')) return false
  return a === b || a.endsWith(`.${b}`) || b.endsWith(`.${a}`)
}

export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase()
