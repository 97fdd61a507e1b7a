// `guichet try` alone: asks who one is, and then lists, shows, writes, answers and chooses.

import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { createInterface, type Interface } from 'node:readline/promises'
import { parseContactsCsv } from '../desks/contacts-csv.ts'
import { answerByChoice, answerTo, type Someone, someone } from './mail-client.ts'
import { mailLine, mailPage } from './mail-page.ts'
import { mailboxes, mailsTo } from './outgoing-folder.ts'
import { plain } from './print.ts'
import { Refusal } from './refusal.ts'
import { exchange, numbered, openTrial, type Trial, told } from './try.ts'

const help = `  list          your mails
  read N        show one (read alone: the newest)
  reply N       answer it
  choose N      follow one of its links: mute, confirm, refute ...
  write         write to a desk
  who           be somebody else
  quit
`

interface Session {
  readonly trial: Trial
  readonly ask: (question: string) => Promise<string>
  readonly say: (text: string) => void
  me: Someone
}

/** The lines of a text, until an empty one. */
async function askText(session: Session): Promise<string> {
  session.say('Text, an empty line ends it:\n')
  const lines: string[] = []
  for (;;) {
    const line = await session.ask('| ')
    if (line.trim() === '') return lines.join('\n')
    lines.push(line)
  }
}

/** Somebody one can be: the first two contacts of each desk, its staff, and whoever has got mail. */
async function peopleOf({ folder, configuration }: Trial): Promise<ReadonlyMap<string, string>> {
  const people = new Map<string, string>()
  for (const desk of configuration.desks.values()) {
    if (desk.contacts !== undefined) {
      const path = resolve(configuration.folder, configuration.settings.desks, desk.contacts)
      const { contacts } = parseContactsCsv(await readFile(path, 'utf8').catch(() => ''))
      for (const contact of contacts.slice(0, 2))
        people.set(contact.addresses[0] ?? '', `${contact.name ?? ''}, customer of ${desk.desk}`)
    }
    for (const member of desk.staff) people.set(member.address, `${member.name}, staff of ${desk.desk}`)
  }
  for (const [address, count] of await mailboxes(folder)) {
    const mails = count === 1 ? '1 mail' : `${count} mails`
    people.set(address, people.has(address) ? `${people.get(address)}: ${mails}` : mails)
  }
  return people
}

async function askWho(session: Session): Promise<void> {
  const { trial, say } = session
  const list = [...(await peopleOf(trial))]
  const width = Math.max(0, ...list.map(([address]) => address.length))
  say('People (any other address will do too):\n')
  for (const [i, [address, what]] of list.entries())
    say(`${String(i + 1).padStart(3)}  ${address.padEnd(width)}  ${plain(what)}\n`)
  const answer = (await session.ask('Who are you? (number or address) ')).trim()
  const chosen = /^\d{1,4}$/.test(answer) ? list[Number(answer) - 1]?.[0] : answer
  session.me = someone(chosen ?? answer)
  say(`You are ${session.me.address}.\n`)
}

async function write(session: Session): Promise<void> {
  const { trial, ask, say, me } = session
  const desks = [...trial.configuration.desks.values()]
  for (const [i, desk] of desks.entries()) say(`${String(i + 1).padStart(3)}  ${desk.address}\n`)
  const answer = (await ask('To which desk? (number or address) ')).trim()
  const to = someone((/^\d{1,3}$/.test(answer) ? desks[Number(answer) - 1]?.address : undefined) ?? answer)
  const subject = await ask('Subject: ')
  const text = await askText(session)
  say(told(trial, await exchange(trial, { from: me, to: to.address, subject, text })))
}

async function choose(session: Session, number: string): Promise<void> {
  const { trial, ask, say, me } = session
  const { mail } = numbered(await mailsTo(trial.folder, me.address), number, me.address)
  if (mail.choices.length === 0) return say('That mail offers no choice.\n')
  for (const [i, choice] of mail.choices.entries()) say(`${String(i + 1).padStart(3)}  ${choice.label}\n`)
  const choice = mail.choices[Number((await ask('Which? ')).trim()) - 1]
  if (!choice) return say('None of these.\n')
  say(told(trial, await exchange(trial, answerByChoice(mail, choice, me))))
}

async function act(session: Session, line: string): Promise<void> {
  const { trial, say, me } = session
  const [verb = '', given] = line.trim().split(/\s+/)
  const mails = await mailsTo(trial.folder, me.address)
  const number = given ?? String(mails.length)
  switch (verb) {
    case 'list':
      return say(
        mails.length === 0 ? 'No mail yet.\n' : `${mails.map(({ mail }, i) => mailLine(mail, i + 1)).join('\n')}\n`,
      )
    case 'read':
      return say(mailPage(numbered(mails, number, me.address).mail, Number(number)))
    case 'reply': {
      const { mail } = numbered(mails, number, me.address)
      const text = await askText(session)
      return say(told(trial, await exchange(trial, answerTo(mail, { ...me, name: me.name || mail.to.name }, text))))
    }
    case 'choose':
      return choose(session, number)
    case 'write':
      return write(session)
    case 'who':
      return askWho(session)
    case '':
      return
    default:
      return say(help)
  }
}

/** Lines of the terminal, or of a file that is piped in. Its end ends the session. */
function asker(lines: Interface): (question: string) => Promise<string> {
  const waiting = lines[Symbol.asyncIterator]()
  return async (question) => {
    process.stdout.write(question)
    const next = await waiting.next()
    if (next.done) throw new End()
    return next.value
  }
}

class End extends Error {}

export async function trySession(): Promise<void> {
  const trial = await openTrial()
  const lines = createInterface({ input: process.stdin, terminal: process.stdin.isTTY === true })
  const session: Session = {
    trial,
    ask: asker(lines),
    say: (text) => {
      process.stdout.write(text)
    },
    me: { address: '', name: '' },
  }
  try {
    let begun = false
    for (;;) {
      try {
        if (!begun) {
          await askWho(session)
          session.say(help)
          begun = true
        }
        const line = await session.ask(`${session.me.address}> `)
        if (/^\s*(quit|exit|q)\s*$/.test(line)) return
        await act(session, line)
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        session.say(`${error.message}\n`)
      }
    }
  } catch (error) {
    if (!(error instanceof End)) throw error
    session.say('\n')
  } finally {
    lines.close()
  }
}
