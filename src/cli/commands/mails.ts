// Commands about single mails and tickets.

import type { Command } from 'commander'
import { examples, type Run } from './run.ts'

export function addMails(program: Command, run: Run): void {
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
    .action(run(async () => (await import('../explain.ts')).explain))
  program
    .command('replay')
    .description('decide stored mails again and show what would be different')
    .argument('<id...>', 'ids of stored mails (as in the log and in `guichet holds`)')
    .option('--apply', 'carry the new decision out')
    .addHelpText('after', examples('replay 12', 'replay 12 13 --apply'))
    .action(run(async () => (await import('../replay.ts')).replay))
  program
    .command('show')
    .description('a ticket with its history, internal entries too, and why each thing happened')
    .argument('<ticket>', 'e.g. ABC-12')
    .option('--json', 'one JSON object')
    .addHelpText('after', examples('show ABC-12'))
    .action(run(async () => (await import('../show.ts')).show))
  program
    .command('import')
    .description(
      'import a backlog from mbox files or Maildirs; running it again imports what is new. It opens tickets and writes to nobody',
    )
    .argument('<path...>', 'mbox files or Maildirs')
    .option('--desk <key>', 'desk of every mail; absent: by its recipient addresses')
    .addHelpText('after', examples('import archive.mbox', 'import --desk KEY ~/Maildir'))
    .action(run(async () => (await import('../import-files.ts')).importFiles))
}
