// `guichet demo`: a conversation with each example desk, over real SMTP in and out, in virtual time.

import { join, resolve } from 'node:path'
import type { Configuration } from '../config/load.ts'
import { environmentOf } from './command.ts'
import { play } from './demo-play.ts'
import { loadScenes } from './demo-scene.ts'
import { demoConfiguration, openStage } from './demo-stage.ts'

export async function demo(options: { readonly desk?: readonly string[] }): Promise<number> {
  const environment = environmentOf()
  const { configuration, password } = await demoConfiguration(environment)
  const folder = resolve(configuration.folder, configuration.settings.desks, 'demo')
  const scenes = await loadScenes(folder, options.desk)
  const say = (text: string): void => {
    process.stdout.write(text)
  }
  say('A gateway of its own, with a database that is thrown away, starts …\n')
  const started = performance.now()
  const stage = await openStage(configuration, password)
  try {
    const { addresses } = stage
    say(
      `It receives mail on ${addresses.smtp} and shows pages on http://${addresses.web}. Time is made up; everything else is real.\n`,
    )
    for (const scene of scenes) await play(stage, scene, say)
    say(`\n${'═'.repeat(78)}\nLimits of automatic mail in this run\n${limits(configuration)}`)
    say(
      `\n${scenes.length === 1 ? 'One conversation' : `${scenes.length} conversations`} in ${Math.round((performance.now() - started) / 1000)} s. Scenes: ${join(configuration.settings.desks, 'demo')}.\n`,
    )
    return 0
  } finally {
    await stage.close()
  }
}

/** The budgets of the desks; those with the same share a line. */
function limits(configuration: Configuration): string {
  const byLine = new Map<string, string[]>()
  for (const desk of configuration.desks.values()) {
    const line = Object.entries(desk.budgets)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')
    byLine.set(line, [...(byLine.get(line) ?? []), desk.desk])
  }
  return [...byLine].map(([line, desks]) => `  ${desks.join(', ')}:\n    ${line}\n`).join('')
}
