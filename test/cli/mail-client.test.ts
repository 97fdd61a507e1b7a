import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { answerByChoice, answerTo, readLocalMail, someone } from '../../src/cli/mail-client.ts'
import { mailPage } from '../../src/cli/mail-page.ts'

const crlf = (text: string): Buffer => Buffer.from(text.replace(/\n/g, '\r\n'))

const mail = await readLocalMail(
  crlf(`From: "The desk" <desk@guichet.test>
To: Ana <ana@client.test>
Reply-To: desk+abc@reply.guichet.test
Subject: =?utf-8?Q?Re:_=5BABC-1=5D_Imprimante_cass=C3=A9e?=
Message-ID: <two@reply.guichet.test>
References: <one@client.test>
Date: Mon, 23 Nov 2026 09:00:00 +0000
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8

Hello Ana,
we have it.
--b
Content-Type: text/html; charset=utf-8

<p>Hello</p><a href="mailto:desk+y@reply.guichet.test?subject=It%20is%20solved%20%5BABC-1%5D&amp;body=Yes%2C%20thank%20you">It is solved</a>
<a href="mailto:desk@guichet.test">desk@guichet.test</a> <a href="https://x.test">Page</a>
--b--
`),
)

describe('an address as people write it', () => {
  test.each([
    ['ana@client.test', { address: 'ana@client.test', name: '' }],
    ['Ana Ruiz <Ana@Client.test>', { address: 'ana@client.test', name: 'Ana Ruiz' }],
    ['"Ruiz, Ana" <ana@client.test>', { address: 'ana@client.test', name: 'Ruiz, Ana' }],
  ])('%s', (words, expected) => {
    expect(someone(words)).toEqual(expected)
  })

  test('anything else is refused with what to write, and never with another error', () => {
    for (const words of ['', 'ana', 'ana@', '<>', 'a b@c.test', 'Ana <ana>'])
      expect(() => someone(words)).toThrow(/is no mail address: write name@example\.org/)
    fc.assert(
      fc.property(fc.string(), (words) => {
        try {
          return /^[^\s@<>"]+@[^\s@<>"]+$/.test(someone(words).address)
        } catch (error) {
          return error instanceof Error && error.message.includes('is no mail address')
        }
      }),
    )
  })
})

describe('a mail of the gateway, read as its reader’s client does', () => {
  test('has its names, its text and the links that write a mail', () => {
    expect(mail).toMatchObject({
      from: { address: 'desk@guichet.test', name: 'The desk' },
      to: { address: 'ana@client.test', name: 'Ana' },
      subject: 'Re: [ABC-1] Imprimante cassée',
      text: 'Hello Ana,\nwe have it.',
      automatic: true,
    })
    expect(mail.choices).toEqual([
      {
        label: 'It is solved',
        address: 'desk+y@reply.guichet.test',
        subject: 'It is solved [ABC-1]',
        body: 'Yes, thank you',
      },
    ])
  })

  test('is answered to Reply-To, in its thread, with the whole of it quoted', () => {
    const answer = answerTo(mail, { address: 'ana@client.test', name: 'Ana' }, 'Thank you')
    expect(answer).toMatchObject({
      to: 'desk+abc@reply.guichet.test',
      subject: 'Re: [ABC-1] Imprimante cassée',
      inReplyTo: '<two@reply.guichet.test>',
      references: ['<one@client.test>', '<two@reply.guichet.test>'],
    })
    expect(answer.text).toBe('Thank you\n\nThe desk wrote on 2026-11-23 09:00:\n> Hello Ana,\n> we have it.\n')
  })

  test('a link followed writes what it offers', () => {
    const [choice] = mail.choices
    if (!choice) throw new Error('no choice')
    expect(answerByChoice(mail, choice, { address: 'ana@client.test', name: '' })).toMatchObject({
      to: 'desk+y@reply.guichet.test',
      subject: 'It is solved [ABC-1]',
      text: 'Yes, thank you',
    })
  })

  test('shows no control characters of strangers on the terminal', () => {
    const page = mailPage({ ...mail, subject: 'a\u001b[2Jb\u202ec', text: 'x\u0007\ny' }, 1)
    expect(page).toContain('Subject:  a [2Jb c')
    expect(page).toContain('x \ny')
  })
})
