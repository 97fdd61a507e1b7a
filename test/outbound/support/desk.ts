import type { Desk } from '../../../src/desks/desk.ts'
import type { MailDraft } from '../../../src/outbound/draft.ts'
import { emptyTicket } from '../../../src/tickets/empty-ticket.ts'
import type { Ticket } from '../../../src/tickets/ticket.ts'
import { testDesk } from '../../support/desk.ts'

/** A small desk that speaks French first. */
export function deskOf(overrides: Record<string, unknown> = {}): Desk {
  return testDesk({
    desk: 'garage',
    prefix: 'GAR',
    name: { fr: 'Le Garage', en: 'The Garage', es: 'El Taller' },
    address: 'garage@desk.test',
    language: 'fr',
    languages: ['fr', 'en', 'es'],
    statuses: {
      open: {
        name: { fr: 'Ouvert', en: 'Open', es: 'Abierto' },
        kind: 'open',
        acts: { fr: 'l’atelier', en: 'the workshop', es: 'el taller' },
        meaning: { fr: 'Nous avons votre demande', en: 'We have your request', es: 'Tenemos su solicitud' },
      },
      waiting: {
        name: { fr: 'En attente', en: 'Waiting', es: 'En espera' },
        kind: 'waiting',
        acts: { fr: 'vous', en: 'you', es: 'usted' },
      },
      closed: { name: { fr: 'Fermé', en: 'Closed', es: 'Cerrado' }, kind: 'closed' },
    },
    start: { status: 'open', priority: 'normal', type: 'repair', queue: 'front' },
    priorities: { normal: { name: { fr: 'Normale', en: 'Normal', es: 'Normal' }, rank: 3 } },
    types: { repair: { name: { fr: 'Réparation', en: 'Repair', es: 'Reparación' } } },
    queues: { front: { name: 'Accueil', team: 'workshop' } },
    teams: { workshop: { name: 'Atelier', members: ['ana@staff.test'] } },
    staff: [{ address: 'ana@staff.test', name: 'Ana Prieto', groups: ['workshop'] }],
    fields: {
      plate: { name: { fr: 'Immatriculation', en: 'Plate', es: 'Matrícula' }, public: true },
      cost: { name: 'Coût interne' },
    },
    phones: ['+33 1 99 00 00 00'],
    signature: { fr: 'L’équipe du Garage', en: 'The Garage team', es: 'El equipo del Taller' },
    portal: { url: 'https://portal.desk.test/{ticket}' },
    ...overrides,
  })
}

export function ticketOf(overrides: Partial<Ticket> = {}): Ticket {
  const createdAt = new Date('2025-03-03T08:30:00Z')
  const beginning = {
    desk: 'garage',
    subject: 'La porte grince',
    status: 'open',
    priority: 'normal',
    type: 'repair',
    queue: 'front',
    language: 'fr',
    channel: 'mail' as const,
  }
  return {
    ...emptyTicket(beginning, createdAt),
    number: 12,
    version: 1,
    requester: 5,
    fields: { plate: 'AB-123-CD', cost: '40' },
    participants: [
      {
        person: 5,
        address: 'zoe@client.test',
        name: 'Zoé Marin',
        role: 'requester',
        muted: false,
        language: 'fr',
        addedAt: createdAt,
        contact: null,
      },
    ],
    ...overrides,
  }
}

export function draftOf(overrides: Partial<MailDraft> = {}): MailDraft {
  return {
    template: 'acknowledged',
    desk: 'garage',
    to: { address: 'zoe@client.test', name: 'Zoé Marin', person: 5 },
    role: 'customer',
    language: 'fr',
    automatic: 'auto-replied',
    ticket: ticketOf(),
    subjectId: null,
    fill: null,
    data: {},
    choices: ['m'],
    attachments: [],
    files: [],
    calendar: null,
    inReplyTo: 'abc@client.test',
    references: [],
    budget: 'acknowledgement',
    author: null,
    once: null,
    ...overrides,
  }
}
