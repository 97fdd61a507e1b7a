// docs/agents.md: how agents work from their mail client, with every command of the vocabulary.

import { commandHelp } from './help.ts'

const opening = `# Working from a mail client

An agent needs no other program than a mail client. Each mail of a customer reaches the assignee, or the team while nobody
is assigned; the answer to that mail goes back to the customer as a new mail of the desk, without the agent's own address,
signature or headers.

## Who may answer

An answer is relayed when three things agree: it came to the signed address that the notification named for this agent and
ticket, its From is an address of the agent, and sender authentication passed (or the agent logged in by SMTP). Otherwise it
is held, and a notice goes to the agent's directory address: answering that notice releases it. Mail that failed
authentication is never released in the agent's name. Absence notices are recognised and never relayed.

## Commands

Commands stand in the first lines, one a line or several on one, before any text:

    #status waiting for customer
    #priority high

    Dear Ann,
    could you send us the number on the label?

- They are taken out before the customer sees the answer. A mail of commands alone sends nothing to the customer.
- Each mail with commands gets a receipt to the directory address: what was done, what was not and why, and how to undo it.
- Capitals, accents, a blank after \`#\`, \`＃\`, a colon, quotes of any kind and a full stop at the end do not matter.
- Names may be shortened as long as they are unique: \`#status wait\`. Words of all three languages work everywhere.
- Text meant for staff stays with staff: everything below \`#note\` is internal, even when \`#note\` was misspelt or came late.
- A command in a quotation, or from anybody but a proved agent, does nothing.

A new mail to the desk can carry commands too: \`#list\`, \`#search\` and the like are answered, and \`#requester\` opens a
ticket on behalf of somebody. A customer's mail forwarded to the desk opens a ticket for its author.
`

const cell = (text: string): string => text.replaceAll('|', '\\|')
const code = (text: string): string => `\`${cell(text)}\``

/** The whole page, as it is committed. */
export function agentsGuide(): string {
  const parts = [opening]
  const french = commandHelp('fr').flatMap(({ commands }) => commands)
  const spanish = commandHelp('es').flatMap(({ commands }) => commands)
  for (const { title, commands } of commandHelp('en')) {
    const rows = commands.map(({ name, usage, also, does, example }) => {
      const fr = french.find((one) => one.name === name)?.example ?? ''
      const es = spanish.find((one) => one.name === name)?.example ?? ''
      const words = [usage, ...also].map(code).join(' ')
      return `| ${words} | ${cell(does)} | ${[...new Set([example, fr, es])].map(code).join('<br>')} |`
    })
    parts.push([`### ${title}`, '', '| write | does | examples |', '| --- | --- | --- |', ...rows, ''].join('\n'))
  }
  parts.push(
    [
      '## What customers can say',
      '',
      'Mails to customers offer signed addresses: mute, unmute, confirm, refute, approve, refuse, good, bad. Where the desk has asked',
      'whether a request is solved or work is agreed to, a plain first line does the same: “yes”, “oui, merci”, “sigue sin funcionar”.',
      '“Yes, but …” is a text like any other, a quoted word never counts, and nothing happens by opening a link.',
      '',
    ].join('\n'),
  )
  return parts.join('\n')
}
