import { expect, test } from 'vitest'
import { type Ban, banOf } from '../../src/desks/banned.ts'

const ban = (kind: Ban['kind'], value: string): Ban => ({ kind, value })

test.each([
  ['the address itself', ban('address', 'a@spam.example'), 'a@spam.example', '', true],
  ['another address of the domain', ban('address', 'a@spam.example'), 'b@spam.example', '', false],
  ['a domain', ban('address', 'spam.example'), 'b@spam.example', '', true],
  ['a domain below it', ban('address', 'spam.example'), 'b@mail.spam.example', '', true],
  ['a domain that only ends like it', ban('address', 'spam.example'), 'b@nospam.example', '', false],
  ['a domain with its sign', ban('address', '@spam.example'), 'b@spam.example', '', true],
  [
    'words of the subject, whatever their case and accents',
    ban('subject', 'Offre spéciale'),
    '',
    'Re: OFFRE SPECIALE !',
    true,
  ],
  ['words between others', ban('subject', 'offre spéciale'), '', 'une offre très spéciale', false],
  ['a part of a word', ban('subject', 'offre'), '', 'coffre-fort', false],
  ['a subject without a sender', ban('address', 'spam.example'), '', 'spam.example', false],
])('a ban: %s', (_title, one, address, subject, held) => {
  expect(banOf([one], { address, subject }) !== null).toBe(held)
})
