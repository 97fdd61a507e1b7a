// What commands share: the environment read, the database opened for as long as the command runs.

import { type OpenDatabase, openDatabase } from './database.ts'
import { type Environment, readEnvironment } from './environment.ts'
import { Refusal } from './refusal.ts'

export function environmentOf(): Environment {
  const read = readEnvironment(process.env)
  if (!read.ok) throw new Refusal(read.faults.join('\n'))
  return read.environment
}

export async function withDatabase<T>(
  work: (open: OpenDatabase & { readonly environment: Environment }) => Promise<T>,
): Promise<T> {
  const environment = environmentOf()
  const database = await openDatabase(environment)
  try {
    return await work({ ...database, environment })
  } finally {
    await database.close()
  }
}
