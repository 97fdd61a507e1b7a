// Beginnings of stories: a customer has written, an agent was told.

import type { Sent, TestGateway, Written } from './gateway.ts'
import { only } from './gateway.ts'

export const carla = 'Carla <carla@client.test>'
export const ana = 'Ana <ana@staff.test>'

export interface Opened {
  readonly number: number
  readonly ack: Sent
  /** What Ana was told. */
  readonly told: Sent
}

/** Carla’s mail has become a ticket; she has her acknowledgement and Ana her notification. */
export async function opened(gateway: TestGateway, mail: Partial<Written> = {}): Promise<Opened> {
  const sent = await gateway.exchange({
    from: carla,
    to: 'help@guichet.test',
    subject: 'The printer is on fire',
    text: 'Smoke comes out of the printer.',
    ...mail,
  })
  const ack = only(sent, (mail.from ?? carla).replace(/^.*<|>$/g, ''))
  const told = only(sent, 'ana@staff.test')
  return { number: numberIn(ack.subject), ack, told }
}

/** The ticket’s number in a subject; 0 when there is none. */
export function numberIn(subject: string): number {
  return Number(/\[[A-Z]+-(\d+)\]/.exec(subject)?.[1] ?? 0)
}
