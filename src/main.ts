#!/usr/bin/env node
// The command line. Each command is a file of its own in cli/, loaded when it is called.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, CommanderError } from 'commander'
import { packageRoot } from './package-root.ts'
import { Refusal } from './cli/refusal.ts'

const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }

/** Something that `COMMAND | head` or a closed terminal does; not worth a stack. */
const isBrokenPipe = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EPIPE'

async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('guichet')
    .description('A help desk that runs on e-mail: mail in, tickets, rules, signed replies, status pages.')
    .version(version)
    .showHelpAfterError('(guichet COMMAND --help tells more)')
    .showSuggestionAfterError()
    .exitOverride()
    .configureHelp({ sortSubcommands: false })
  let status = 0
  const run =
    <A extends readonly unknown[]>(load: () => Promise<(...args: A) => Promise<number | void>>) =>
    async (...args: A): Promise<void> => {
      status = (await (await load())(...args)) ?? 0
    }

  program
    .command('serve')
    .description('start the gateway: reception, workers, delivery, status pages')
    .option('--role <role...>', 'only these parts: inbound, worker, outbound, web (needs DATABASE_URL and GUICHET_SECRET)')
    .action(run(async () => (await import('./cli/serve.ts')).serve))
  program
    .command('check')
    .description('check the configuration: every fault at once, with file, line and column')
    .action(run(async () => (await import('./cli/check.ts')).check))
  program
    .command('explain')
    .description('read mails and say what would become of them; sends nothing, changes nothing')
    .argument('<file...>', 'message files (RFC 5322)')
    .option('--parse-only', 'what is understood of them; needs no database and no configuration')
    .option('--desk <key>', 'judge as mail to this desk')
    .option('--json', 'one JSON object a line')
    .action(run(async () => (await import('./cli/explain.ts')).explain))
  program
    .command('replay')
    .description('decide stored mails again and show what would be different')
    .argument('<id...>', 'ids of stored mails (as in the log and in `guichet holds`)')
    .option('--apply', 'carry the new decision out')
    .action(run(async () => (await import('./cli/replay.ts')).replay))
  const holds = program.command('holds').description('mails that are held for a person')
  holds
    .command('list')
    .description('held mails, newest first')
    .option('--desk <key>')
    .option('--all', 'also those that are settled')
    .option('--json', 'one JSON object a line')
    .action(run(async () => (await import('./cli/holds.ts')).listHeld))
  holds
    .command('show')
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
  const outbox = program.command('outbox').description('outgoing mail')
  outbox
    .command('list')
    .description('outgoing mails that need a look: uncertain, delayed, bounced, given up')
    .option('--desk <key>')
    .option('--state <state>', 'only this state, e.g. queued, sent, suppressed')
    .option('--json', 'one JSON object a line')
    .action(run(async () => (await import('./cli/outbox.ts')).listOutgoing))
  outbox.command('show').argument('<mail>', 'DESK/ID as in the list').option('--raw', 'the bytes as they are sent').action(run(async () => (await import('./cli/outbox.ts')).showOutgoing))
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
  outbox.command('release').description('send mails that are held back').argument('<mail...>', 'DESK/ID as in the list').action(run(async () => (await import('./cli/outbox.ts')).releaseOutgoing))
  program.command('show').description('a ticket with its history').argument('<ticket>', 'e.g. ABC-12').option('--json').action(run(async () => (await import('./cli/show.ts')).show))
  const contacts = program.command('contacts').description('registered people')
  contacts
    .command('import')
    .description('import contacts from CSV; doing it again changes nothing')
    .argument('<file>', 'CSV with a header line')
    .requiredOption('--desk <key>')
    .action(run(async () => (await import('./cli/contacts.ts')).importFile))
  contacts.command('export').description('contacts of a desk as CSV').requiredOption('--desk <key>').action(run(async () => (await import('./cli/contacts.ts')).exportFile))
  program
    .command('import')
    .description('import a backlog from mbox files or Maildirs')
    .argument('<path...>', 'mbox files or Maildirs')
    .option('--desk <key>', 'desk of every mail; absent: by its recipient addresses')
    .action(run(async () => (await import('./cli/import.ts')).importFiles))
  program
    .command('demo')
    .description('a conversation with each example desk over real SMTP, with virtual time, printed as people would read it')
    .option('--desk <key...>', 'only these desks')
    .action(run(async () => (await import('./cli/demo.ts')).demo))
  const attempt = program.command('try').description('be customer and agent of the running gateway, without any mailbox')
  attempt
    .command('send')
    .requiredOption('--as <address>')
    .requiredOption('--to <address>')
    .requiredOption('--subject <text>')
    .requiredOption('--text <text>')
    .action(run(async () => (await import('./cli/try.ts')).trySend))
  attempt.command('read').requiredOption('--as <address>').action(run(async () => (await import('./cli/try.ts')).tryRead))
  attempt
    .command('reply')
    .argument('<n>', 'number of the mail in `try read`')
    .requiredOption('--as <address>')
    .requiredOption('--text <text>')
    .action(run(async () => (await import('./cli/try.ts')).tryReply))
  attempt.action(run(async () => (await import('./cli/try.ts')).tryInteractive))
  const links = program.command('links').description('status links')
  links
    .command('revoke')
    .description('links to a request that were sent until now open nothing any more')
    .argument('<ticket>', 'e.g. ABC-12')
    .option('--person <address>', 'only the links of this person')
    .action(run(async () => (await import('./cli/links.ts')).revoke))
  program.command('migrate').description('bring the database to this version').action(run(async () => (await import('./cli/migrate.ts')).migrateDatabase))

  try {
    await program.parseAsync([...argv])
    return status
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (error instanceof Refusal) {
      process.stderr.write(`${error.message}\n`)
      return error.status
    }
    if (isBrokenPipe(error)) return 0
    throw error
  }
}

process.exitCode = await main(process.argv)
