// The command line: every group of commands in the order in which the help lists them.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { packageRoot } from '../../package-root.ts'
import { addAnnouncements } from './announcements.ts'
import { addExports } from './exports.ts'
import { addGateway } from './gateway.ts'
import { addHolds } from './holds.ts'
import { addMails } from './mails.ts'
import { addOutbox } from './outbox.ts'
import { addPeople } from './people.ts'
import { type Run, runner } from './run.ts'
import { addTrial } from './trial.ts'

const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }

const environment = `
Environment (all of it: docs/operations.md):
  GUICHET_CONFIG   the configuration file, ./guichet.yaml
  GUICHET_DATA     where the embedded database and outgoing copies live, ./data
  DATABASE_URL     PostgreSQL 15 or later, instead of the embedded one

Exit status: 0 done, 1 failed, 2 wrong use or wrong configuration.
`

const groups: readonly ((program: Command, run: Run) => void)[] = [
  addGateway,
  addTrial,
  addMails,
  addHolds,
  addOutbox,
  addPeople,
  addExports,
  addAnnouncements,
]

/** The program; `ended` hears the exit status of the command that ran. */
export function buildProgram(ended: (status: number) => void): Command {
  const program = new Command('guichet')
    .description('A help desk that runs on e-mail: mail in, tickets, rules, signed replies, status pages.')
    .version(version)
    .showHelpAfterError('(guichet COMMAND --help tells more)')
    .showSuggestionAfterError()
    .exitOverride()
    .configureHelp({ sortSubcommands: false })
    .addHelpText('after', environment)
  const run = runner(ended)
  for (const add of groups) add(program, run)
  return program
}
