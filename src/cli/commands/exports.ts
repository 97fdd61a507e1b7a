// Tables of a desk.

import type { Command } from 'commander'
import { examples, type Run } from './run.ts'

export function addExports(program: Command, run: Run): void {
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
    .action(run(async () => (await import('../export.ts')).exportAnalysis))
  tables
    .command('billables')
    .description('tickets that are to be invoiced: those that rules tagged so')
    .requiredOption('--desk <key>')
    .option('--from <date>', 'opened on this day or later')
    .option('--to <date>', 'opened on this day or before')
    .option('--tag <tag>', 'another tag', 'billable')
    .action(run(async () => (await import('../export.ts')).exportBillables))
  tables
    .command('changes')
    .description('change records opened or closed in the period, with who tested and who approved them')
    .requiredOption('--desk <key>')
    .option('--from <date>', 'on this day or later')
    .option('--to <date>', 'on this day or before')
    .action(run(async () => (await import('../export.ts')).exportChanges))
}
