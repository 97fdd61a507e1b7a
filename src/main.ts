#!/usr/bin/env node
// The command line. Each command is a file of its own in cli/, loaded when it is called.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, CommanderError } from 'commander'
import { Refusal } from './cli/refusal.ts'
import { sentenceOf } from './cli/sentence.ts'
import { packageRoot } from './package-root.ts'

const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }

/** Something that `COMMAND | head` or a closed terminal does; not worth a word. */
const isBrokenPipe = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EPIPE'

/** Examples under the help of a command, as one would type them. */
const examples = (...lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  ./script/guichet ${line}`).join('\n')}\n`

const environment = `
Environment (all of it: docs/operations.md):
  GUICHET_CONFIG   the configuration file, ./guichet.yaml
  GUICHET_DATA     where the embedded database and outgoing copies live, ./data
  DATABASE_URL     PostgreSQL 15 or later, instead of the embedded one

Exit status: 0 done, 1 failed, 2 wrong use or wrong configuration.
`

interface Running {
  status: number
}

/** A command; the number it may give is its exit status. */
type Work<A extends readonly unknown[]> = (...args: A) => Promise<unknown>

function buildProgram(running: Running): Command {
  const program = new Command('guichet')
    .description('A help desk that runs on e-mail: mail in, tickets, rules, signed replies, status pages.')
    .version(version)
    .showHelpAfterError('(guichet COMMAND --help tells more)')
    .showSuggestionAfterError()
    .exitOverride()
    .configureHelp({ sortSubcommands: false })
    .addHelpText('after', environment)
  const run =
    <A extends readonly unknown[]>(load: () => Promise<Work<A>>) =>
    async (...args: A): Promise<void> => {
      const status = await (await load())(...args)
      running.status = typeof status === 'number' ? status : 0
    }
  addGateway(program, run)
  addTrial(program, run)
  addMails(program, run)
  addHolds(program, run)
  addOutbox(program, run)
  addPeople(program, run)
  addTables(program, run)
  addAnnouncements(program, run)
  return program
}

type Run = <A extends readonly unknown[]>(load: () => Promise<Work<A>>) => (...args: A) => Promise<void>

function addGateway(program: Command, run: Run): void {
  program
    .command('serve')
    .description('start the gateway: reception, workers, delivery, status pages')
    .option(
      '--role <role...>',
      'only these parts: inbound, worker, outbound, web (needs DATABASE_URL and GUICHET_SECRET)',
    )
    .addHelpText('after', examples('serve', 'serve --role inbound worker', 'serve --role web'))
    .action(run(async () => (await import('./cli/serve.ts')).serve))
  program
    .command('check')
    .description('check the configuration: every fault at once, with file, line and column')
    .addHelpText('after', examples('check'))
    .action(run(async () => (await import('./cli/check.ts')).check))
  program
    .command('doctor')
    .description('look at database, mailboxes, relay and DNS: what is wrong, what follows, what to do')
    .option('--json', 'one JSON object a line')
    .option('--probe', 'also send a mail to a signed address and wait until it is back (the gateway has to run)')
    .addHelpText(
      'after',
      `\nExit status: 0 all in order, 1 warnings, 2 errors.\n${examples('doctor', 'doctor --probe')}`,
    )
    .action(run(async () => (await import('./cli/doctor.ts')).doctor))
  program
    .command('new-desk')
    .description('write a desk to begin with: commented YAML, a table of contacts, a template')
    .argument('<key>', 'up to 16 small letters, digits and hyphens')
    .option('--name <text>', 'the name customers see')
    .option('--address <address>', 'where people write')
    .option('--prefix <letters>', 'ABC for tickets ABC-1, ABC-2 …')
    .option('--language <code>', 'en, fr or es', 'en')
    .option('--zone <zone>', 'time zone of the opening hours', 'UTC')
    .option('--agent <address>', 'the first agent, who is the supervisor too')
    .addHelpText(
      'after',
      examples('new-desk help', 'new-desk aide --language fr --zone Europe/Paris --name "Service d’aide"'),
    )
    .action(run(async () => (await import('./cli/new-desk.ts')).newDesk))
  program
    .command('plan')
    .description(
      'what the configuration as it is now would decide differently for mail that is stored; changes nothing',
    )
    .option('--desk <key>', 'only mail of this desk')
    .option('--last <n>', 'how many mails, the latest first', '100')
    .option(
      '--against <file>',
      'compare with another guichet.yaml, such as the one that runs, instead of what was decided then',
    )
    .option('--json', 'one JSON object a mail')
    .addHelpText('after', examples('plan --last 200', 'plan --desk KEY --last 50 --json'))
    .action(run(async () => (await import('./cli/plan.ts')).plan))
  program
    .command('migrate')
    .description('bring the database to this version')
    .addHelpText('after', examples('migrate'))
    .action(run(async () => (await import('./cli/migrate.ts')).migrateDatabase))
}

function addTrial(program: Command, run: Run): void {
  program
    .command('demo')
    .description(
      'a conversation with each example desk over real SMTP, with virtual time, printed as people would read it',
    )
    .option('--desk <key...>', 'only these desks')
    .addHelpText('after', examples('demo', 'demo --desk KEY'))
    .action(run(async () => (await import('./cli/demo.ts')).demo))
  const attempt = program
    .command('try')
    .description('be customer and agent of the running gateway, without any mailbox; asks when called alone')
    .addHelpText(
      'after',
      examples(
        'try',
        'try send --as ana@example.test --to KEY@guichet.test --subject "A question" --text "How much is it?"',
        'try read --as ana@example.test',
        'try reply 1 --as ana@example.test --text "Thank you"',
      ),
    )
  attempt
    .command('send')
    .description('write a mail to a desk')
    .requiredOption('--as <address>', 'who you are')
    .requiredOption('--to <address>', 'the desk')
    .requiredOption('--subject <text>')
    .requiredOption('--text <text>')
    .action(run(async () => (await import('./cli/try.ts')).trySend))
  attempt
    .command('read')
    .description('the mails that the gateway has sent to somebody, newest last')
    .requiredOption('--as <address>', 'who you are')
    .option('--last <n>', 'only the last so many')
    .action(run(async () => (await import('./cli/try.ts')).tryRead))
  attempt
    .command('reply')
    .description('answer a mail, as a mail client would')
    .argument('<n>', 'its number in `try read`')
    .requiredOption('--as <address>', 'who you are')
    .requiredOption('--text <text>')
    .action(run(async () => (await import('./cli/try.ts')).tryReply))
  attempt.action(run(async () => (await import('./cli/try-session.ts')).trySession))
}

function addMails(program: Command, run: Run): void {
  program
    .command('explain')
    .description('read mails and say what would become of them; sends nothing, changes nothing')
    .argument('<file...>', 'message files (RFC 5322)')
    .option('--parse-only', 'what is understood of them; needs no database and no configuration')
    .option('--desk <key>', 'judge as mail to this desk')
    .option('--json', 'one JSON object a line')
    .addHelpText(
      'after',
      examples('explain mail.eml', 'explain --desk KEY mail.eml', 'explain --parse-only --json *.eml'),
    )
    .action(run(async () => (await import('./cli/explain.ts')).explain))
  program
    .command('replay')
    .description('decide stored mails again and show what would be different')
    .argument('<id...>', 'ids of stored mails (as in the log and in `guichet holds`)')
    .option('--apply', 'carry the new decision out')
    .addHelpText('after', examples('replay 12', 'replay 12 13 --apply'))
    .action(run(async () => (await import('./cli/replay.ts')).replay))
  program
    .command('show')
    .description('a ticket with its history, internal entries too, and why each thing happened')
    .argument('<ticket>', 'e.g. ABC-12')
    .option('--json', 'one JSON object')
    .addHelpText('after', examples('show ABC-12'))
    .action(run(async () => (await import('./cli/show.ts')).show))
  program
    .command('import')
    .description(
      'import a backlog from mbox files or Maildirs; running it again imports what is new. It opens tickets and writes to nobody',
    )
    .argument('<path...>', 'mbox files or Maildirs')
    .option('--desk <key>', 'desk of every mail; absent: by its recipient addresses')
    .addHelpText('after', examples('import archive.mbox', 'import --desk KEY ~/Maildir'))
    .action(run(async () => (await import('./cli/import-files.ts')).importFiles))
}

function addHolds(program: Command, run: Run): void {
  const holds = program
    .command('holds')
    .description('mails that are held for a person')
    .addHelpText('after', examples('holds list', 'holds show KEY/3', 'holds release KEY/3', 'holds discard KEY/3'))
  holds
    .command('list')
    .description('held mails, newest first')
    .option('--desk <key>', 'only of this desk')
    .option('--all', 'also those that are settled')
    .option('--json', 'one JSON object a line')
    .action(run(async () => (await import('./cli/holds.ts')).listHeld))
  holds
    .command('show')
    .description('one held mail: why it is held, and its text')
    .argument('<hold>', 'DESK/ID as in the list')
    .action(run(async () => (await import('./cli/holds.ts')).showHeld))
  holds
    .command('release')
    .description('let a held mail go its way')
    .argument('<hold...>', 'DESK/ID as in the list')
    .option('--by <who>', 'who decided it, for the history', 'guichet holds')
    .action(run(async () => (await import('./cli/holds.ts')).releaseHeld))
  holds
    .command('discard')
    .description('set a held mail aside for good; its original is kept')
    .argument('<hold...>', 'DESK/ID as in the list')
    .option('--by <who>', 'who decided it, for the history', 'guichet holds')
    .action(run(async () => (await import('./cli/holds.ts')).discardHeld))
}

function addOutbox(program: Command, run: Run): void {
  const outbox = program
    .command('outbox')
    .description('outgoing mail')
    .addHelpText(
      'after',
      examples('outbox list', 'outbox list --state queued', 'outbox show KEY/7 --raw', 'outbox retry KEY/7'),
    )
  outbox
    .command('list')
    .description('outgoing mails that need a look: uncertain, delayed, bounced, given up, held back')
    .option('--desk <key>', 'only of this desk')
    .option('--state <state>', 'only this state, e.g. queued, sent, suppressed')
    .option('--json', 'one JSON object a line')
    .action(run(async () => (await import('./cli/outbox.ts')).listOutgoing))
  outbox
    .command('show')
    .description('one outgoing mail: its state and what the next server said')
    .argument('<mail>', 'DESK/ID as in the list')
    .option('--raw', 'the bytes as they are sent')
    .action(run(async () => (await import('./cli/outbox.ts')).showOutgoing))
  outbox
    .command('retry')
    .description('send again, the same bytes')
    .argument('<mail...>', 'DESK/ID as in the list')
    .action(run(async () => (await import('./cli/outbox.ts')).retryOutgoing))
  outbox
    .command('resolve')
    .description('an uncertain mail did arrive')
    .argument('<mail...>', 'DESK/ID as in the list')
    .action(run(async () => (await import('./cli/outbox.ts')).resolveOutgoing))
  outbox
    .command('release')
    .description('send mails that are held back')
    .argument('<mail...>', 'DESK/ID as in the list')
    .action(run(async () => (await import('./cli/outbox.ts')).releaseOutgoing))
}

function addAnnouncements(program: Command, run: Run): void {
  const announcements = program
    .command('announce')
    .description('a message to many contacts of a desk: single mails, so many a minute, each once')
    .option('--desk <key>', 'the desk')
    .option('--filter <attribute=value...>', 'only these contacts, e.g. category=bank,agency country=CD; absent: all')
    .option('--subject <text>', 'subject of the mails')
    .option('--text <text>', 'the message')
    .option('--file <path>', 'the message from a file; - is standard input')
    .option('--by <address>', 'the agent who gets the summary')
    .option('--dry-run', 'only list who would get it')
    .addHelpText(
      'after',
      examples(
        'announce --desk KEY --filter category=bank --subject "New version" --file notes.txt --dry-run',
        'announce --desk KEY --subject "Maintenance on Sunday" --text "The platform rests from 6 to 8."',
        'announce list',
        'announce stop KEY/3',
      ),
    )
    .action(run(async () => (await import('./cli/announce.ts')).announce))
  announcements
    .command('list')
    .description('announcements and how far they are')
    .argument('[desk]', 'only of this desk')
    .action(run(async () => (await import('./cli/announce.ts')).listAnnouncements))
  announcements
    .command('stop')
    .description('end an announcement: who has no mail yet gets none')
    .argument('<announcement>', 'DESK/ID as in the list')
    .action(run(async () => (await import('./cli/announce.ts')).stopAnnouncing))
}

function addTables(program: Command, run: Run): void {
  const bans = program
    .command('bans')
    .description('senders and subjects whose mail opens nothing')
    .addHelpText('after', examples('bans list --desk KEY', 'bans lift spam@example.org --desk KEY'))
  bans
    .command('list')
    .description('what is banned, by whom')
    .requiredOption('--desk <key>')
    .action(run(async () => (await import('./cli/bans.ts')).listBans))
  bans
    .command('lift')
    .description('take a ban back that an agent wrote by mail')
    .argument('<value>', 'address, domain or subject, as in the list')
    .requiredOption('--desk <key>')
    .action(run(async () => (await import('./cli/bans.ts')).lift))
  const tables = program
    .command('export')
    .description('tables of a desk over a period, as CSV; without dates the last 90 days')
    .addHelpText(
      'after',
      examples(
        'export analysis --desk KEY --from 2026-01-01 --to 2026-03-31',
        'export analysis --desk KEY --by country,type,channel',
        'export billables --desk KEY --from 2026-01-01 --to 2026-01-31',
        'export changes --desk KEY --from 2026-01-01 --to 2026-03-31',
      ),
    )
  tables
    .command('analysis')
    .description('tickets counted by what the desk’s analysis: names')
    .requiredOption('--desk <key>')
    .option('--from <date>', 'opened on this day or later')
    .option('--to <date>', 'opened on this day or before')
    .option('--by <names>', 'type, priority, queue, channel, status, organisation or fields, with commas')
    .action(run(async () => (await import('./cli/export.ts')).exportAnalysis))
  tables
    .command('billables')
    .description('tickets that are to be invoiced: those that rules tagged so')
    .requiredOption('--desk <key>')
    .option('--from <date>', 'opened on this day or later')
    .option('--to <date>', 'opened on this day or before')
    .option('--tag <tag>', 'another tag', 'billable')
    .action(run(async () => (await import('./cli/export.ts')).exportBillables))
  tables
    .command('changes')
    .description('change records opened or closed in the period, with who tested and who approved them')
    .requiredOption('--desk <key>')
    .option('--from <date>', 'on this day or later')
    .option('--to <date>', 'on this day or before')
    .action(run(async () => (await import('./cli/export.ts')).exportChanges))
}

function addPeople(program: Command, run: Run): void {
  const contacts = program
    .command('contacts')
    .description('registered people')
    .addHelpText('after', examples('contacts import people.csv --desk KEY', 'contacts export --desk KEY > people.csv'))
  contacts
    .command('import')
    .description('import contacts from CSV; doing it again changes nothing')
    .argument('<file>', 'CSV with a header line; - for standard input')
    .requiredOption('--desk <key>', 'the desk they belong to')
    .action(run(async () => (await import('./cli/contacts.ts')).importFile))
  contacts
    .command('export')
    .description('contacts of a desk as CSV, on standard output')
    .requiredOption('--desk <key>', 'the desk')
    .action(run(async () => (await import('./cli/contacts.ts')).exportFile))
  contacts
    .command('merge')
    .description('one person who was registered several times: the addresses of the others come to the first')
    .argument('<contact>', 'its key, or one of its addresses')
    .argument('<other...>', 'contacts that are the same person')
    .requiredOption('--desk <key>', 'the desk')
    .action(run(async () => (await import('./cli/contacts.ts')).mergeInto))
  const links = program
    .command('links')
    .description('status links')
    .addHelpText('after', examples('links revoke ABC-12', 'links revoke ABC-12 --person ana@example.test'))
  links
    .command('revoke')
    .description('links to a request that were sent until now open nothing any more')
    .argument('<ticket>', 'e.g. ABC-12')
    .option('--person <address>', 'only the links of this person')
    .action(run(async () => (await import('./cli/links.ts')).revoke))
}

async function main(argv: readonly string[]): Promise<number> {
  const running: Running = { status: 0 }
  try {
    await buildProgram(running).parseAsync([...argv])
    return running.status
  } catch (error) {
    // A group of commands called alone shows its help and counts as wrong use.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (error instanceof Refusal) {
      process.stderr.write(`${error.message}\n`)
      return error.status
    }
    if (isBrokenPipe(error)) return 0
    const sentence = sentenceOf(error)
    if (sentence === null) throw error
    process.stderr.write(`${sentence}\n`)
    return 1
  }
}

process.stdout.on('error', (error) => {
  if (!isBrokenPipe(error)) throw error
  process.exit(0)
})
process.exitCode = await main(process.argv)
