// Who a mail is from, by the strongest proof there is: an SMTP login, the word of a trusted server, or our own verification.
// An absent result is no failure, a name server that does not answer is neither (it is asked again later), and nothing that a
// mail says about itself counts unless it stands where only a trusted server could have written it.

import type { Address } from '../mail/address.ts'
import type { Authentication } from '../mail/authentication.ts'
import { readHeaderBlock } from '../mail/header.ts'
import type { Envelope } from './message.ts'
import { isPrivateAddress, type TrustSettings } from './trust.ts'
import { servicesFor, trustedResult } from './trusted-results.ts'
import type { Resolver } from './verify-mail.ts'

export interface AuthenticateInput {
  readonly bytes: Buffer
  readonly envelope: Envelope
  /** The strict From; null when the mail has no single author address. */
  readonly from: Address | null
  readonly trust: TrustSettings
  readonly resolver: Resolver
  /** The desk that the mail is for: a portal speaks to its own alone. Absent: any. */
  readonly desk?: string
}

const nobody = (detail: string): Authentication => ({ result: 'none', by: 'nobody', detail })

/** Authenticates the author of a mail. Asks the network only when there is a signature to verify or a client to ask about. */
export async function authenticateMail(input: AuthenticateInput): Promise<Authentication> {
  const found = await author(input)
  const [service] = input.envelope.authUser === null ? servicesFor(input.trust.services, input.envelope) : []
  return service === undefined ? found : { ...found, service: service.authservId }
}

async function author(input: AuthenticateInput): Promise<Authentication> {
  const { bytes, envelope, from, trust, resolver } = input
  if (from === null) return nobody('no single author address')
  if (envelope.authUser !== null) return submitted(envelope.authUser.toLowerCase(), from.address, trust, input.desk)
  const { fields, bodyAt, truncated } = readHeaderBlock(bytes)
  const trusted = trustedResult(fields, trust.services, envelope, from.address)
  // A server that found nothing, or could not ask, leaves it to us.
  if (trusted?.result === 'pass' || trusted?.result === 'fail') return trusted
  if (truncated) return trusted ?? nobody('header too large to verify')
  const direct = envelope.source === 'smtp' && envelope.ip !== null && !isPrivateAddress(envelope.ip)
  const signed = fields.some(({ key }) => key === 'dkim-signature' || key === 'arc-seal')
  if (!signed && !direct) return trusted ?? nobody('no signature')
  // Loaded with the first mail that has something to verify: many gateways trust a server before them and never need it.
  const { verifyMail } = await import('./verify-mail.ts')
  const verified = await verifyMail({
    bytes,
    fields,
    bodyAt,
    address: from.address,
    client:
      direct && envelope.ip !== null ? { ip: envelope.ip, helo: envelope.helo, mailFrom: envelope.mailFrom } : null,
    forwarders: trust.forwarders,
    resolver,
    at: envelope.receivedAt,
  })
  return verified.result === 'none' && trusted !== null ? trusted : verified
}

/** An SMTP login proves its user and nobody else. */
function submitted(user: string, address: string, trust: TrustSettings, desk: string | undefined): Authentication {
  const submitter = trust.submitters.get(user)
  if (submitter?.kind === 'portal' && desk !== undefined && desk !== submitter.desk)
    return nobody(`login of the portal of another desk (${submitter.desk})`)
  if (submitter?.kind === 'portal') return { result: 'pass', by: 'portal', detail: `portal login (${submitter.desk})` }
  if (user === address || (submitter?.kind === 'agent' && submitter.addresses.includes(address))) {
    return { result: 'pass', by: 'smtp-auth', detail: `SMTP login (${user})` }
  }
  return nobody(`SMTP login of ${user}, but From names another address`)
}
