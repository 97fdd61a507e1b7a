// Commands about messages to many contacts.

import type { Command } from 'commander'
import { examples, type Run } from './run.ts'

export function addAnnouncements(program: Command, run: Run): void {
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
    .action(run(async () => (await import('../announce.ts')).announce))
  announcements
    .command('list')
    .description('announcements and how far they are')
    .argument('[desk]', 'only of this desk')
    .action(run(async () => (await import('../announce.ts')).listAnnouncements))
  announcements
    .command('stop')
    .description('end an announcement: who has no mail yet gets none')
    .argument('<announcement>', 'DESK/ID as in the list')
    .action(run(async () => (await import('../announce.ts')).stopAnnouncing))
}
