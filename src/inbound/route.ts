// For which desks a mail is: by the addresses it was delivered to. Only the key of the desk is read from a signed address here;
// whether the signature holds is a question for later, since a tampered one is treated as absent, not refused.

import { canonicalAddress } from '../mail/address.ts'
import type { Envelope } from './message.ts'

/** The desk of mails that name none, so that nothing is lost; a gate holds them. */
export const noDesk = '-'

export interface AddressBook {
  /** Desk key by exact address. */
  readonly addresses: ReadonlyMap<string, string>
  /** Keys of the desks whose signed addresses live on a domain. */
  readonly replyDomains: ReadonlyMap<string, ReadonlySet<string>>
  /** Domains at which postmaster@ is ours. */
  readonly domains: ReadonlySet<string>
  /** Desk key by the name of a mail source that belongs to one desk alone. */
  readonly accounts: ReadonlyMap<string, string>
}

export interface DeskAddresses {
  readonly desk: string
  readonly address: string
  readonly aliases: readonly string[]
  readonly 'reply-domain'?: string | undefined
}

/** `replyDomain` is that of the instance; `accounts` maps a mailbox's name to its desk where the mailbox has one. */
export function buildAddressBook(
  desks: readonly DeskAddresses[],
  replyDomain: string,
  accounts: ReadonlyMap<string, string> = new Map(),
): AddressBook {
  const addresses = new Map<string, string>()
  const replyDomains = new Map<string, Set<string>>()
  const domains = new Set<string>()
  for (const desk of desks) {
    for (const address of [desk.address, ...desk.aliases]) {
      const canonical = canonicalAddress(address)
      if (!addresses.has(canonical)) addresses.set(canonical, desk.desk)
      domains.add(domainOf(canonical))
    }
    const reply = domainOf(canonicalAddress(`x@${desk['reply-domain'] ?? replyDomain}`))
    const keys = replyDomains.get(reply) ?? new Set()
    keys.add(desk.desk)
    replyDomains.set(reply, keys)
    domains.add(reply)
  }
  return { addresses, replyDomains, domains, accounts }
}

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1)

/** The key of the desk an address belongs to: its address or alias, a sub-address (RFC 5233) of one, or a signed address. */
export function deskOf(book: AddressBook, address: string): string | undefined {
  const canonical = canonicalAddress(address)
  const exact = book.addresses.get(canonical)
  if (exact !== undefined) return exact
  const at = canonical.lastIndexOf('@')
  if (at <= 0) return undefined
  const domain = canonical.slice(at + 1)
  const plus = canonical.indexOf('+')
  const base = plus > 0 && plus < at ? canonical.slice(0, plus) : canonical.slice(0, at)
  return (
    book.addresses.get(`${base}@${domain}`) ?? (book.replyDomains.get(domain)?.has(base) === true ? base : undefined)
  )
}

/** RFC 5321 §4.5.1: postmaster, with or without a domain of ours. */
export function isPostmaster(book: AddressBook, address: string): boolean {
  const canonical = canonicalAddress(address)
  if (canonical === 'postmaster') return true
  return canonical.startsWith('postmaster@') && book.domains.has(domainOf(canonical))
}

/** Whether a server may take a mail for this address; everything else is somebody else's mail, and we relay nothing. */
export function acceptsRecipient(book: AddressBook, address: string): boolean {
  return address.length <= 320 && (deskOf(book, address) !== undefined || isPostmaster(book, address))
}

/**
 * The desks a mail is for, never empty. A source with a desk of its own decides; SMTP and LMTP go by RCPT TO alone; the others
 * by the envelope recipients their mailbox recorded, and where these name no desk, by `headerRecipients` (To, Cc and the like).
 */
export function routeMail(book: AddressBook, envelope: Envelope, headerRecipients: readonly string[]): string[] {
  const fixed = book.accounts.get(envelope.account)
  if (fixed !== undefined) return [fixed]
  const byEnvelope = desksOf(book, envelope.rcptTo)
  if (byEnvelope.length > 0) return byEnvelope
  if (envelope.source === 'smtp' || envelope.source === 'lmtp') return [noDesk]
  const byHeader = desksOf(book, headerRecipients)
  return byHeader.length > 0 ? byHeader : [noDesk]
}

function desksOf(book: AddressBook, addresses: readonly string[]): string[] {
  const found = new Set<string>()
  for (const address of addresses) {
    const desk = deskOf(book, address)
    if (desk !== undefined) found.add(desk)
  }
  return [...found]
}
