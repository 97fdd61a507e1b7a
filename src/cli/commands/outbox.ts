// Commands about outgoing mail.

import type { Command } from 'commander'
import { examples, type Run } from './run.ts'

export function addOutbox(program: Command, run: Run): void {
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
    .action(run(async () => (await import('../outbox.ts')).listOutgoing))
  outbox
    .command('show')
    .description('one outgoing mail: its state and what the next server said')
    .argument('<mail>', 'DESK/ID as in the list')
    .option('--raw', 'the bytes as they are sent')
    .action(run(async () => (await import('../outbox.ts')).showOutgoing))
  outbox
    .command('retry')
    .description('send again, the same bytes')
    .argument('<mail...>', 'DESK/ID as in the list')
    .action(run(async () => (await import('../outbox.ts')).retryOutgoing))
  outbox
    .command('resolve')
    .description('an uncertain mail did arrive')
    .argument('<mail...>', 'DESK/ID as in the list')
    .action(run(async () => (await import('../outbox.ts')).resolveOutgoing))
  outbox
    .command('release')
    .description('send mails that are held back')
    .argument('<mail...>', 'DESK/ID as in the list')
    .action(run(async () => (await import('../outbox.ts')).releaseOutgoing))
}
