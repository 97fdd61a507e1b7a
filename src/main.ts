#!/usr/bin/env node
// The command line. Its commands are registered in cli/commands/; each is a file of its own in cli/, loaded when it is called.

import { CommanderError } from 'commander'
import { buildProgram } from './cli/commands/program.ts'
import { Refusal } from './cli/refusal.ts'
import { sentenceOf } from './cli/sentence.ts'

/** Something that `COMMAND | head` or a closed terminal does; not worth a word. */
const isBrokenPipe = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EPIPE'

async function main(argv: readonly string[]): Promise<number> {
  let status = 0
  const program = buildProgram((ended) => {
    status = ended
  })
  try {
    await program.parseAsync([...argv])
    return status
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
