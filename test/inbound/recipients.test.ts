import { expect, test } from 'vitest'
import { deliveryEnvelope, headerRecipients } from '../../src/inbound/recipients.ts'
import { mailBytes } from '../support/raw-mail.ts'

test('To, Cc and delivery fields are recipients', () => {
  const bytes = mailBytes({ headers: { To: 'A <A@x.test>, b@x.test', Cc: 'c@x.test', 'Delivered-To': 'd@x.test' } })
  expect(headerRecipients(bytes)).toEqual(['a@x.test', 'b@x.test', 'c@x.test', 'd@x.test'])
})

test('only what stands above the first Received was written by the last delivery', () => {
  const bytes = mailBytes({
    trace: ['Return-Path: <v@x.test>', 'Delivered-To: mine@x.test', 'Received: by mx', 'Delivered-To: forged@x.test'],
  })
  expect(deliveryEnvelope(bytes)).toEqual({ mailFrom: 'v@x.test', rcptTo: ['mine@x.test'] })
})

test('an empty return path is the null path, a missing one is unknown', () => {
  expect(deliveryEnvelope(mailBytes({ trace: ['Return-Path: <>', 'Received: x'] })).mailFrom).toBe('')
  expect(deliveryEnvelope(mailBytes()).mailFrom).toBeNull()
})
