import { expect, test } from 'vitest'
import { acceptsRecipient, buildAddressBook, routeMail } from '../../src/inbound/route.ts'
import { mailBytes, rawMail } from '../support/raw-mail.ts'

const book = buildAddressBook(
  [
    { desk: 'one', address: 'one@guichet.test', aliases: ['help@example.org', 'team+one@example.org'] },
    { desk: 'two', address: 'two@guichet.test', aliases: [], 'reply-domain': 'r.example.org' },
  ],
  'reply.guichet.test',
  new Map([['box', 'two']]),
)

test.each<[string, string, boolean]>([
  ['the address of a desk is taken', 'one@guichet.test', true],
  ['in any case', 'ONE@Guichet.TEST', true],
  ['an alias is taken', 'help@example.org', true],
  ['a sub-address of a desk is taken', 'one+anything@guichet.test', true],
  ['a sub-address of an alias is taken', 'help+x@example.org', true],
  ['a signed address is taken, tampered or not', 'one+cxx.1.2.3.notasignature@reply.guichet.test', true],
  ['a desk with a reply domain of its own has its signed addresses there', 'two+b.1@r.example.org', true],
  ['and not at the common one', 'two+b.1@reply.guichet.test', false],
  ['a signed address of no desk is refused', 'three+c.1@reply.guichet.test', false],
  ['postmaster of our domains is taken', 'Postmaster@guichet.test', true],
  ['postmaster without a domain is taken', 'postmaster', true],
  ['postmaster of another domain is refused', 'postmaster@elsewhere.test', false],
  ['a stranger at our domain is refused', 'nobody@guichet.test', false],
  ['a desk at another domain is refused', 'one@elsewhere.test', false],
  ['a percent hack is refused', 'one%elsewhere.test@guichet.test', false],
  ['a quoted relay attempt is refused', '"one@guichet.test"@elsewhere.test', false],
  ['an address of absurd length is refused', `one+${'x'.repeat(400)}@guichet.test`, false],
])('%s', (_title, address, taken) => {
  expect(acceptsRecipient(book, address)).toBe(taken)
})

const { envelope } = rawMail(mailBytes())
test.each<[string, Partial<typeof envelope>, string[], string[]]>([
  ['SMTP goes by RCPT alone', { rcptTo: ['two@guichet.test'] }, ['one@guichet.test'], ['two']],
  [
    'two recipients are two desks',
    { rcptTo: ['two@guichet.test', 'one@guichet.test', 'help@example.org'] },
    [],
    ['two', 'one'],
  ],
  ['postmaster is no desk', { rcptTo: ['postmaster@guichet.test'] }, [], ['-']],
  [
    'a mailbox of one desk decides alone',
    { source: 'imap', account: 'box', rcptTo: ['one@guichet.test'] },
    [],
    ['two'],
  ],
  [
    'a shared mailbox goes by what the delivery recorded',
    { source: 'imap', account: 'shared', rcptTo: ['two@guichet.test'] },
    ['one@guichet.test'],
    ['two'],
  ],
  [
    'where that names no desk, by To and Cc',
    { source: 'imap', account: 'shared', rcptTo: ['shared@corp.test'] },
    ['x@y.test', 'one@guichet.test'],
    ['one'],
  ],
  ['a mail that names nobody is for no desk', { source: 'imap', account: 'shared', rcptTo: [] }, ['x@y.test'], ['-']],
])('%s', (_title, given, header, desks) => {
  expect(routeMail(book, { ...envelope, ...given }, header)).toEqual(desks)
})
