// Commands about who writes: contacts, their status links, banned senders.

import type { Command } from 'commander'
import { examples, type Run } from './run.ts'

export function addPeople(program: Command, run: Run): void {
  const contacts = program
    .command('contacts')
    .description('registered people')
    .addHelpText('after', examples('contacts import people.csv --desk KEY', 'contacts export --desk KEY > people.csv'))
  contacts
    .command('import')
    .description('import contacts from CSV; doing it again changes nothing')
    .argument('<file>', 'CSV with a header line; - for standard input')
    .requiredOption('--desk <key>', 'the desk they belong to')
    .action(run(async () => (await import('../contacts.ts')).importFile))
  contacts
    .command('export')
    .description('contacts of a desk as CSV, on standard output')
    .requiredOption('--desk <key>', 'the desk')
    .action(run(async () => (await import('../contacts.ts')).exportFile))
  contacts
    .command('merge')
    .description('one person who was registered several times: the addresses of the others come to the first')
    .argument('<contact>', 'its key, or one of its addresses')
    .argument('<other...>', 'contacts that are the same person')
    .requiredOption('--desk <key>', 'the desk')
    .action(run(async () => (await import('../contacts.ts')).mergeInto))
  const links = program
    .command('links')
    .description('status links')
    .addHelpText('after', examples('links revoke ABC-12', 'links revoke ABC-12 --person ana@example.test'))
  links
    .command('revoke')
    .description('links to a request that were sent until now open nothing any more')
    .argument('<ticket>', 'e.g. ABC-12')
    .option('--person <address>', 'only the links of this person')
    .action(run(async () => (await import('../links.ts')).revoke))
  const bans = program
    .command('bans')
    .description('senders and subjects whose mail opens nothing')
    .addHelpText('after', examples('bans list --desk KEY', 'bans lift spam@example.org --desk KEY'))
  bans
    .command('list')
    .description('what is banned, by whom')
    .requiredOption('--desk <key>')
    .action(run(async () => (await import('../bans.ts')).listBans))
  bans
    .command('lift')
    .description('take a ban back that an agent wrote by mail')
    .argument('<value>', 'address, domain or subject, as in the list')
    .requiredOption('--desk <key>')
    .action(run(async () => (await import('../bans.ts')).lift))
}
