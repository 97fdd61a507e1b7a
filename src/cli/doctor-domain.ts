// What the name servers say of the domains that desks write from and answers come back to: MX, SPF, DKIM, DMARC.

import { createPublicKey } from 'node:crypto'
import { domainOf, related } from '../inbound/trust.ts'
import type { Resolver } from '../inbound/verify-mail.ts'
import { type Finding, fault, fine, warning } from './finding.ts'

export interface DomainQuestion {
  /** Addresses of the desks. */
  readonly desks: readonly string[]
  readonly replyDomains: readonly string[]
  /** Addresses of agents and supervisors. */
  readonly staff: readonly string[]
  /** null: mail is not signed here. `key`: private key in PEM, null when it could not be read. */
  readonly dkim: { readonly domain: string; readonly selector: string; readonly key: string | null } | null
}

type Answer = { readonly known: true; readonly texts: readonly string[] } | { readonly known: false }

async function ask(resolver: Resolver, name: string, type: 'TXT' | 'MX'): Promise<Answer> {
  try {
    const answers = await resolver(name, type)
    return { known: true, texts: answers.map((one) => (Array.isArray(one) ? one.join('') : JSON.stringify(one))) }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    return code === 'ENOTFOUND' || code === 'ENODATA' ? { known: true, texts: [] } : { known: false }
  }
}

/** RFC 2606 and 6761: names that no name server answers for. */
const invented = (domain: string): boolean =>
  /(?:^|\.)(?:test|example|invalid|localhost)$|(?:^|\.)example\.(?:com|net|org)$/.test(domain)

export async function domainFindings(question: DomainQuestion, resolver: Resolver): Promise<Finding[]> {
  const from = [...new Set(question.desks.map(domainOf))]
  const reply = [...new Set(question.replyDomains.map((domain) => domain.toLowerCase()))]
  const findings = reply.flatMap((domain) => signInFindings(domain, question))
  for (const domain of new Set([...reply, ...from])) {
    const about = `domain ${domain}`
    if (invented(domain)) {
      findings.push(
        warning(
          about,
          'it is a name for examples',
          'no mail from outside reaches it',
          'name a domain of your own before you go to work',
        ),
      )
      continue
    }
    const asked = await Promise.all([
      receivesFindings(about, domain, reply.includes(domain), resolver),
      senderFindings(about, domain, reply.includes(domain), from.includes(domain), resolver),
    ])
    const found = asked.flat()
    findings.push(...(found.length > 0 ? found : [fine(about, 'its records are as they should be')]))
  }
  return [...findings, ...(await signatureFindings(question, from, resolver))]
}

/** Whoever opens a ticket gets an address on the reply domain: it must not count as one of the house (threats T05). */
function signInFindings(domain: string, { staff }: DomainQuestion): Finding[] {
  const shared = [...new Set(staff.map(domainOf))].find((one) => one === domain)
  return shared === undefined
    ? []
    : [
        warning(
          `domain ${domain}`,
          'answers come back to the domain of your staff',
          'whoever opens a request gets an address of your house: services that let in everybody of your domain (chat, code, wiki) let strangers in',
          `set reply-domain to a domain of its own, such as reply.${domain}`,
        ),
      ]
}

const silent = (about: string): Finding =>
  warning(
    about,
    'the name servers do not answer',
    'its records could not be checked',
    'try again, or from a machine with name servers',
  )

async function receivesFindings(about: string, domain: string, reply: boolean, resolver: Resolver): Promise<Finding[]> {
  const mx = await ask(resolver, domain, 'MX')
  if (!mx.known) return [silent(about)]
  if (mx.texts.length > 0) return []
  const consequence = reply ? 'answers to the desks do not arrive' : 'mail to the desks may not arrive'
  return [
    (reply ? fault : warning)(
      about,
      'it has no MX record',
      consequence,
      `let an MX record of ${domain} name the server that takes its mail`,
    ),
  ]
}

async function senderFindings(
  about: string,
  domain: string,
  reply: boolean,
  from: boolean,
  resolver: Resolver,
): Promise<Finding[]> {
  const findings: Finding[] = []
  // SPF is asked of the return path, which stands on the reply domain (VERP).
  if (reply) {
    const spf = await ask(resolver, domain, 'TXT')
    const records = spf.known ? spf.texts.filter((text) => /^v=spf1(?:\s|$)/i.test(text)) : []
    if (spf.known && records.length === 0)
      findings.push(
        warning(
          about,
          'it has no SPF record',
          'receivers may take our mail for forged',
          `publish a TXT record: v=spf1 with the relay’s addresses, then -all`,
        ),
      )
    if (records.length > 1)
      findings.push(
        fault(about, 'it has several SPF records', 'none of them counts (RFC 7208 §4.5)', 'join them into one'),
      )
    if (records.some((text) => /[+?]?all\b/i.test(text) && !/[-~]all\b/i.test(text)))
      findings.push(
        warning(about, 'its SPF record lets everybody send', 'anybody writes in its name', 'end it with -all or ~all'),
      )
  }
  if (from) {
    const dmarc = await ask(resolver, `_dmarc.${domain}`, 'TXT')
    const record = dmarc.known ? dmarc.texts.find((text) => /^v=DMARC1\b/i.test(text)) : undefined
    if (dmarc.known && record === undefined)
      findings.push(
        warning(
          about,
          'it has no DMARC record',
          'anybody can write in the desk’s name, and large providers distrust its mail',
          `publish a TXT record at _dmarc.${domain}: v=DMARC1; p=none; rua=mailto:…, and raise p later`,
        ),
      )
  }
  return findings
}

async function signatureFindings(
  { dkim, replyDomains }: DomainQuestion,
  from: readonly string[],
  resolver: Resolver,
): Promise<Finding[]> {
  const real = from.filter((domain) => !invented(domain))
  if (dkim === null) {
    const unaligned = real.filter((domain) => !replyDomains.some((reply) => related(reply, domain)))
    return real.length === 0
      ? []
      : [
          warning(
            'signature',
            'mail is not signed here (dkim: in guichet.yaml)',
            unaligned.length > 0
              ? `unless the relay signs for ${unaligned.join(', ')}, neither DKIM nor SPF is aligned and DMARC fails`
              : 'unless the relay signs it, forwarded mail fails DMARC',
            'let the relay sign, or give dkim: a domain, a selector and a key',
          ),
        ]
  }
  const about = `signature ${dkim.selector}._domainkey.${dkim.domain}`
  const findings = real
    .filter((domain) => !related(dkim.domain, domain))
    .map((domain) =>
      fault(
        about,
        `it is not aligned with ${domain}`,
        'mail of that desk fails DMARC',
        'sign with the domain of the desk, or one above it',
      ),
    )
  if (invented(dkim.domain)) return findings
  const answer = await ask(resolver, `${dkim.selector}._domainkey.${dkim.domain}`, 'TXT')
  if (!answer.known) return [...findings, silent(about)]
  const published = /(?:^|;)\s*p\s*=\s*([A-Za-z0-9+/=\s]*)/.exec(answer.texts.join(''))?.[1]?.replace(/\s/g, '')
  const ours = dkim.key === null ? null : publicPart(dkim.key)
  if (!published)
    findings.push(
      fault(
        about,
        'its public key is not published',
        'every signature of ours fails',
        `publish a TXT record there: v=DKIM1; k=${ours?.kind ?? 'rsa'}; p=${ours?.text ?? '…'}`,
      ),
    )
  else if (ours !== null && published !== ours.text)
    findings.push(
      fault(
        about,
        'another public key is published',
        'every signature of ours fails',
        'publish the key that belongs to dkim.key, or use the selector of the published one',
      ),
    )
  return findings.length > 0 ? findings : [fine(about, 'the published key is ours')]
}

/** `p=` of a private key (RFC 6376 §3.6.1, RFC 8463 §4); null when it is none. */
function publicPart(pem: string): { readonly kind: 'rsa' | 'ed25519'; readonly text: string } | null {
  try {
    const key = createPublicKey(pem)
    const der = key.export({ type: 'spki', format: 'der' })
    return key.asymmetricKeyType === 'ed25519'
      ? { kind: 'ed25519', text: der.subarray(-32).toString('base64') }
      : { kind: 'rsa', text: der.toString('base64') }
  } catch {
    return null
  }
}
