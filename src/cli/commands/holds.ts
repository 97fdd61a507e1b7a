// Commands about mails that are held for a person.

import type { Command } from 'commander'
import { examples, type Run } from './run.ts'

export function addHolds(program: Command, run: Run): void {
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
    .action(run(async () => (await import('../holds.ts')).listHeld))
  holds
    .command('show')
    .description('one held mail: why it is held, and its text')
    .argument('<hold>', 'DESK/ID as in the list')
    .action(run(async () => (await import('../holds.ts')).showHeld))
  holds
    .command('release')
    .description('let a held mail go its way')
    .argument('<hold...>', 'DESK/ID as in the list')
    .option('--by <who>', 'who decided it, for the history', 'guichet holds')
    .action(run(async () => (await import('../holds.ts')).releaseHeld))
  holds
    .command('discard')
    .description('set a held mail aside for good; its original is kept')
    .argument('<hold...>', 'DESK/ID as in the list')
    .option('--by <who>', 'who decided it, for the history', 'guichet holds')
    .action(run(async () => (await import('../holds.ts')).discardHeld))
}
