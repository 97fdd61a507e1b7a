import { describe, expect, test } from 'vitest'
import type { Origin } from '../../src/inbound/message.ts'
import { decide } from '../../src/rules/decide.ts'
import { context, mailEvent } from '../support/rule-work.ts'

const origin: Origin = { kind: 'human', vacation: false, suppressAutoReply: false, list: false, evidence: [] }
const flagged = mailEvent({ origin: { ...origin, spamEvidence: ['X-Spam-Flag: YES'] } })

describe('the word of a spam filter', () => {
  test('holds a mail that came by a server which is trusted', () => {
    const authentication = { result: 'none', by: 'nobody', detail: 'no signature', service: 'mx.orchard.test' } as const
    const { holds, outcome } = decide(flagged, context({ authentication }))
    expect(outcome).toBe('held')
    expect(holds).toMatchObject([{ reason: 'spam' }])
  })

  test('counts for nothing in a mail that came from anywhere else', () => {
    const authentication = { result: 'pass', by: 'dmarc', detail: 'dmarc=pass' } as const
    expect(decide(flagged, context({ authentication })).holds).toEqual([])
  })
})
