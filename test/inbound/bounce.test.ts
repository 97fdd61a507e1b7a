import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseMail } from '../../src/inbound/parse.ts'
import { packageRoot } from '../../src/package-root.ts'

const corpus = join(packageRoot, '..', 'shared', 'corpus')
const sources = ['sisimai', 'mailman-bounces', 'mikel-mail', 'enmime', 'mimekit']

/** Message-IDs that stand in the body at the beginning of a line, as in a returned mail. */
const idsBelow = (raw: string): string[] =>
  [...raw.slice(raw.search(/\r?\n\r?\n/)).matchAll(/^[> \t|]{0,8}message-id:\s{0,8}<([^>\s]+)>/gim)].flatMap(
    ([, id]) => id ?? [],
  )

describe.skipIf(!existsSync(corpus))('bounces that others received (needs ../shared/corpus)', () => {
  test('name the Message-ID of the returned mail where it is there', async () => {
    const lost: string[] = []
    let measured = 0
    for (const source of sources) {
      const facts: Record<string, unknown> = JSON.parse(readFileSync(join(corpus, source, 'expected.json'), 'utf8'))
      for (const name of Object.keys(facts)) {
        const file = join(corpus, source, name)
        if (!existsSync(file)) continue
        const raw = readFileSync(file, 'latin1').replace(/\r?\n/g, '\r\n')
        const { origin, bounces, messageId } = await parseMail(Buffer.from(raw, 'latin1'))
        const ids = idsBelow(raw).filter((id) => id !== messageId)
        if (!['bounce', 'dsn-success', 'feedback'].includes(origin.kind) || ids.length === 0) continue
        measured++
        const found = bounces[0]?.originalMessageId
        if (found === undefined || found === null || !ids.includes(found)) lost.push(`${source}/${name}: ${found}`)
      }
    }
    expect(measured).toBeGreaterThan(250)
    expect(lost).toEqual([])
  }, 60_000)
})
