import { expect, test } from 'vitest'
import { createParsePool } from '../../src/inbound/parse-pool.ts'
import { bombs } from '../support/bombs.ts'

test('a mail of two hundred megabytes gives sender and subject within 256 MB of heap', async () => {
  const pool = createParsePool({ threads: 1, heapMb: 256 })
  try {
    const bytes = bombs(true).at(-1)?.bytes ?? Buffer.alloc(0)
    const result = (await pool.parseBatch([{ id: 'large', bytes }])).get('large')
    expect(result?.message).toMatchObject({ from: { address: 'ann@example.org' }, subject: 'still here' })
  } finally {
    await pool.close()
  }
})
