// `guichet plan`: what the configuration as it is now would decide differently for mail that is stored.

import { resolve } from 'node:path'
import { formatFaults } from '../config/fault.ts'
import { loadConfiguration } from '../config/load.ts'
import { planMails } from '../gateway/plan.ts'
import type { RunningInstance } from '../gateway/running-desk.ts'
import { withConfiguration } from './configuration.ts'
import { instanceOf, keysOf } from './parts.ts'
import { deskArgument, plain } from './print.ts'
import { Refusal } from './refusal.ts'

export interface PlanArguments {
  readonly desk?: string
  readonly last: string
  readonly against?: string
  readonly json?: true
}

export async function plan(options: PlanArguments): Promise<number> {
  if (!/^[1-9]\d{0,5}$/.test(options.last)) throw new Refusal(`--last ${options.last}: how many mails, such as 100.`)
  return withConfiguration(async ({ sql, configuration, environment }) => {
    if (options.desk !== undefined) deskArgument(configuration, options.desk)
    const keys = await keysOf(environment)
    const url = environment.publicUrl ?? ''
    let against: RunningInstance | undefined
    if (options.against !== undefined) {
      const other = await loadConfiguration(resolve(options.against), process.env)
      if (other.configuration === null) throw new Refusal(formatFaults(other.faults))
      against = instanceOf(other.configuration, keys, url)
    }
    let all = 0
    let different = 0
    for await (const one of planMails(sql, instanceOf(configuration, keys, url), {
      last: Number(options.last),
      ...(options.desk === undefined ? {} : { desk: options.desk }),
      ...(against === undefined ? {} : { against }),
    })) {
      all += 1
      if (one.gone.length + one.added.length === 0 && one.before === one.after) continue
      different += 1
      if (options.json) {
        process.stdout.write(`${JSON.stringify(one)}\n`)
        continue
      }
      process.stdout.write(
        `${one.raw} ${one.desk}  ${plain(one.sender ?? '')}  ${plain(one.subject ?? '').slice(0, 70)}\n` +
          `  ${one.before}${one.before === one.after ? '' : ` → ${one.after}`}\n` +
          one.gone.map((line) => `  - ${plain(line)}\n`).join('') +
          one.added.map((line) => `  + ${plain(line)}\n`).join(''),
      )
    }
    if (!options.json)
      process.stdout.write(
        `${all} ${all === 1 ? 'mail' : 'mails'}: ${all - different} as before, ${different} decided differently. Nothing was changed.\n`,
      )
    return 0
  })
}
