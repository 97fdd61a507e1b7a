// A small desk for tests; what does not matter is filled in.

import { type Desk, deskSchema } from '../../src/desks/desk.ts'

/** Opening hours of most invented desks. */
export const officeWeek = {
  mon: ['09:00-17:00'],
  tue: ['09:00-17:00'],
  wed: ['09:00-17:00'],
  thu: ['09:00-17:00'],
  fri: ['09:00-17:00'],
}

export function testDesk(input: Partial<Record<string, unknown>> = {}): Desk {
  return deskSchema.parse({
    desk: 'help',
    prefix: 'HLP',
    name: { fr: 'Assistance', en: 'Help Desk', es: 'Soporte' },
    address: 'help@guichet.test',
    language: 'en',
    languages: ['en', 'fr', 'es'],
    calendar: { zone: 'Europe/Paris', week: officeWeek },
    statuses: {
      open: {
        name: { en: 'Open', fr: 'Ouvert', es: 'Abierto' },
        kind: 'open',
        acts: { en: 'the team', fr: 'l’équipe', es: 'el equipo' },
      },
      waiting: {
        name: { en: 'Waiting for you', fr: 'En attente de vous', es: 'A la espera de usted' },
        kind: 'waiting',
        pauses: ['resolution'],
      },
      solved: { name: { en: 'Solved', fr: 'Résolu', es: 'Resuelto' }, kind: 'solved' },
      closed: {
        name: { en: 'Closed', fr: 'Fermé', es: 'Cerrado' },
        kind: 'closed',
        stops: ['resolution', 'first-response'],
      },
    },
    start: { status: 'open', priority: 'normal', type: 'question', queue: 'first' },
    'on-answer': { status: 'waiting' },
    priorities: { high: { name: 'High', rank: 1 }, normal: { name: 'Normal', rank: 2 } },
    types: { question: { name: { en: 'Question', fr: 'Question', es: 'Pregunta' } } },
    queues: { first: { name: 'First line', team: 'first' }, second: { name: 'Second line', team: 'second', tier: 2 } },
    teams: { first: { name: 'First line' }, second: { name: 'Second line' } },
    staff: [
      { address: 'ana@staff.test', name: 'Ana', groups: ['first'], language: 'en' },
      { address: 'bob@staff.test', name: 'Bob', groups: ['second'], language: 'en' },
    ],
    supervisors: ['chief@staff.test'],
    clocks: [{ name: 'first-response', after: '4bh', starts: ['created'], stops: ['agent-reply'] }],
    ...input,
  })
}
