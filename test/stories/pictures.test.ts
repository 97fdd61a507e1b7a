import { afterEach, expect, test } from 'vitest'
import { carla } from '../support/conversation.ts'
import { testDesk } from '../support/desk.ts'
import { only, startGateway, type TestGateway } from '../support/gateway.ts'

let gateway: TestGateway
afterEach(() => gateway.close())

const logo = { filename: 'logo.png', content: Buffer.from('the logo of Client Ltd'), contentType: 'image/png' }
const shot = (n: number) => ({
  filename: `shot-${n}.png`,
  content: Buffer.from(`screen ${n}`),
  contentType: 'image/png',
})

test('the picture of a signature disappears from what the team gets when it came three times, and is kept', async () => {
  gateway = await startGateway({ desks: [{ desk: testDesk() }], at: '2026-11-23T09:00:00Z' })
  const shown: string[][] = []
  for (const n of [1, 2, 3, 4]) {
    const told = only(
      await gateway.exchange({
        from: carla,
        to: 'help@guichet.test',
        subject: `Printer ${n}`,
        text: `It shows the error ${n}.`,
        attachments: [shot(n), logo],
      }),
      'ana@staff.test',
    )
    const listed = told.text.includes('logo.png')
    expect(told.attachments.some(({ filename }) => filename === 'logo.png')).toBe(listed)
    shown.push([...(told.text.match(/(?:shot-\d|logo)\.png/g) ?? [])])
  }
  expect(shown).toEqual([
    ['shot-1.png', 'logo.png'],
    ['shot-2.png', 'logo.png'],
    ['shot-3.png', 'logo.png'],
    ['shot-4.png'],
  ])
  const [kept] = await gateway.database.sql<{ n: number }[]>`
    select count(*)::int as n from attachment where filename = 'logo.png'`
  expect(kept?.n).toBe(4)
})
