// Commands that run the gateway and set it up.

import type { Command } from 'commander'
import { hearHangUps } from '../hang-up.ts'
import { examples, type Run } from './run.ts'

export function addGateway(program: Command, run: Run): void {
  program
    .command('serve')
    .description('start the gateway: reception, workers, delivery, status pages')
    .option(
      '--role <role...>',
      'only these parts: inbound, worker, outbound, web (needs DATABASE_URL and GUICHET_SECRET)',
    )
    .addHelpText('after', examples('serve', 'serve --role inbound worker', 'serve --role web'))
    .action(
      run(async () => {
        const hangUps = process.stdout.isTTY === true ? null : hearHangUps()
        const { serve } = await import('../serve.ts')
        return (options: Parameters<typeof serve>[0]) => serve(options, hangUps)
      }),
    )
  program
    .command('check')
    .description('check the configuration: every fault at once, with file, line and column')
    .addHelpText('after', examples('check'))
    .action(run(async () => (await import('../check.ts')).check))
  program
    .command('doctor')
    .description('look at database, mailboxes, relay and DNS: what is wrong, what follows, what to do')
    .option('--json', 'one JSON object a line')
    .option('--probe', 'also send a mail to a signed address and wait until it is back (the gateway has to run)')
    .addHelpText(
      'after',
      `\nExit status: 0 all in order, 1 warnings, 2 errors.\n${examples('doctor', 'doctor --probe')}`,
    )
    .action(run(async () => (await import('../doctor.ts')).doctor))
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
    .action(run(async () => (await import('../new-desk.ts')).newDesk))
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
    .addHelpText(
      'after',
      `
Without --against it also reports what differs for another reason than the configuration: because a contact
was registered since the mail came, for one, or because an update says it in other words.
${examples('plan --last 200', 'plan --desk KEY --last 50 --json')}`,
    )
    .action(run(async () => (await import('../plan.ts')).plan))
  program
    .command('migrate')
    .description('bring the database to this version')
    .addHelpText('after', examples('migrate'))
    .action(run(async () => (await import('../migrate.ts')).migrateDatabase))
}
