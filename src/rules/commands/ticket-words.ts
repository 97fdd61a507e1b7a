// Commands that change the ticket itself.

import { bare, type Entries, good, isNone, map, nothing, oneOf, refused, text } from './entry.ts'
import { readField } from './field.ts'
import type { Named } from './names.ts'
import { parseWhen } from './when.ts'

const channels: readonly Named[] = [
  { key: 'phone', names: ['phone', 'call', 'téléphone', 'tel', 'appel', 'teléfono', 'llamada'] },
  { key: 'visit', names: ['visit', 'field', 'visite', 'terrain', 'visita'] },
  { key: 'chat', names: ['chat', 'messaging', 'skype', 'remote', 'messagerie', 'distance', 'mensajería', 'remoto'] },
  { key: 'mail', names: ['mail', 'e-mail', 'courriel', 'correo'] },
  { key: 'portal', names: ['portal', 'portail'] },
]
const channelKeys = ['phone', 'visit', 'chat', 'mail', 'portal'] as const

/** `a, b c` as `a`, `b`, `c` in lower case; quotes keep blanks together. */
function tags(given: string): string[] {
  const found = new Set<string>()
  for (const match of given.slice(0, 1000).matchAll(/["“«]([^"”»]{1,60})["”»]|[^\s,;#"“”«»]{1,60}/gu)) {
    const tag = bare(match[1] ?? match[0])
      .toLowerCase()
      .replace(/\s+/g, '-')
    if (tag !== '' && found.size < 20) found.add(tag)
  }
  return [...found]
}

export const ticketWords: Entries<
  | 'status'
  | 'priority'
  | 'type'
  | 'queue'
  | 'assign'
  | 'take'
  | 'escalate'
  | 'subject'
  | 'language'
  | 'channel'
  | 'tag'
  | 'untag'
  | 'field'
  | 'due'
  | 'solve'
  | 'close'
  | 'reopen'
  | 'spam'
  | 'reference'
  | 'undo'
> = {
  status: {
    words: { en: ['status', 'state'], fr: ['statut', 'état'], es: ['estado'] },
    about: 'ticket',
    takes: 'words',
    usage: { en: 'STATUS', fr: 'STATUT', es: 'ESTADO' },
    does: {
      en: 'gives the ticket a status of the desk',
      fr: 'donne à la demande un statut du service',
      es: 'da a la solicitud un estado de la mesa',
    },
    example: {
      en: '#status waiting for customer',
      fr: '#statut en attente client',
      es: '#estado en espera del cliente',
    },
    read: (given, names) => map(oneOf(names.statuses, given), (status) => ({ name: 'status', status })),
  },
  priority: {
    words: { en: ['priority', 'prio'], fr: ['priorité', 'criticité', 'prio'], es: ['prioridad'] },
    about: 'ticket',
    takes: 'words',
    usage: { en: 'PRIORITY', fr: 'PRIORITÉ', es: 'PRIORIDAD' },
    does: { en: 'sets the priority', fr: 'fixe la priorité', es: 'fija la prioridad' },
    example: { en: '#priority high', fr: '#priorité haute', es: '#prioridad alta' },
    read: (given, names) => map(oneOf(names.priorities, given), (priority) => ({ name: 'priority', priority })),
  },
  type: {
    words: { en: ['type', 'kind'], fr: ['type', 'genre'], es: ['tipo'] },
    about: 'ticket',
    takes: 'words',
    usage: { en: 'TYPE', fr: 'TYPE', es: 'TIPO' },
    does: { en: 'sets the type', fr: 'fixe le type', es: 'fija el tipo' },
    example: { en: '#type question', fr: '#type question', es: '#tipo consulta' },
    read: (given, names) => map(oneOf(names.types, given), (type) => ({ name: 'type', type })),
  },
  queue: {
    words: { en: ['queue', 'move'], fr: ['file', 'déplacer'], es: ['cola', 'mover'] },
    about: 'ticket',
    takes: 'words',
    usage: { en: 'QUEUE', fr: 'FILE', es: 'COLA' },
    does: {
      en: 'moves the ticket to another queue',
      fr: 'change la demande de file',
      es: 'mueve la solicitud a otra cola',
    },
    example: { en: '#queue second line', fr: '#file deuxième niveau', es: '#cola segundo nivel' },
    read: (given, names) => map(oneOf(names.queues, given), (queue) => ({ name: 'queue', queue })),
  },
  assign: {
    words: { en: ['assign', 'assignee', 'owner'], fr: ['assigner', 'attribuer', 'affecter'], es: ['asignar'] },
    about: 'ticket',
    takes: 'words',
    usage: { en: 'AGENT | me | nobody', fr: 'AGENT | moi | personne', es: 'AGENTE | yo | nadie' },
    does: {
      en: 'gives the ticket to an agent, by name or address',
      fr: 'confie la demande à un agent, par son nom ou son adresse',
      es: 'asigna la solicitud a un agente, por nombre o dirección',
    },
    example: { en: '#assign Ann', fr: '#assigner Anne', es: '#asignar Ana' },
    read: (given, names) => {
      const who = bare(given)
      if (/^(?:me|moi|yo|mi|mí)$/i.test(who)) return good({ name: 'assign', agent: names.me })
      if (isNone(who)) return good({ name: 'assign', agent: null })
      const address = /[^\s<>:]{1,64}@[^\s<>]{1,253}/.exec(who)?.[0]
      return map(oneOf(names.agents, address ?? who), (agent) => ({ name: 'assign', agent }))
    },
  },
  take: {
    words: { en: ['take', 'mine'], fr: ['prendre', 'prends'], es: ['tomar', 'tomo'] },
    about: 'ticket',
    takes: 'nothing',
    usage: { en: '', fr: '', es: '' },
    does: { en: 'gives the ticket to you', fr: 'vous confie la demande', es: 'le asigna la solicitud a usted' },
    example: { en: '#take', fr: '#prendre', es: '#tomar' },
    read: nothing({ name: 'take' }),
  },
  escalate: {
    words: { en: ['escalate'], fr: ['escalader', 'escalade'], es: ['escalar'] },
    about: 'ticket',
    takes: 'words',
    usage: { en: '[QUEUE]', fr: '[FILE]', es: '[COLA]' },
    does: {
      en: 'hands the ticket to the next tier, or to the queue named',
      fr: 'passe la demande au niveau suivant, ou à la file nommée',
      es: 'pasa la solicitud al nivel siguiente, o a la cola indicada',
    },
    example: { en: '#escalate', fr: '#escalader', es: '#escalar' },
    read: (given, names) =>
      bare(given) === ''
        ? good({ name: 'escalate', queue: null })
        : map(oneOf(names.queues, given), (queue) => ({ name: 'escalate', queue })),
  },
  subject: {
    words: { en: ['subject', 'title'], fr: ['sujet', 'objet', 'titre'], es: ['asunto', 'título'] },
    about: 'ticket',
    takes: 'text',
    usage: { en: 'TEXT', fr: 'TEXTE', es: 'TEXTO' },
    does: {
      en: 'gives the ticket another subject',
      fr: 'change le sujet de la demande',
      es: 'cambia el asunto de la solicitud',
    },
    example: {
      en: '#subject Printer on the second floor',
      fr: '#sujet Imprimante du deuxième étage',
      es: '#asunto Impresora del segundo piso',
    },
    read: (given) => map(text(given, 200), (subject) => ({ name: 'subject', subject })),
  },
  language: {
    words: { en: ['language', 'lang'], fr: ['langue'], es: ['idioma'] },
    about: 'ticket',
    takes: 'words',
    usage: { en: 'LANGUAGE', fr: 'LANGUE', es: 'IDIOMA' },
    does: {
      en: 'sets the language the requester is written to in',
      fr: 'fixe la langue dans laquelle on écrit au demandeur',
      es: 'fija el idioma en que se escribe al solicitante',
    },
    example: { en: '#language fr', fr: '#langue en', es: '#idioma fr' },
    read: (given, names) => map(oneOf(names.languages, given), (language) => ({ name: 'language', language })),
  },
  channel: {
    words: { en: ['channel', 'via'], fr: ['canal', 'moyen'], es: ['canal', 'medio'] },
    about: 'ticket',
    takes: 'words',
    usage: {
      en: 'phone | visit | chat | mail | portal',
      fr: 'téléphone | visite | messagerie | courriel | portail',
      es: 'teléfono | visita | chat | correo | portal',
    },
    does: {
      en: 'records how the request came or was served',
      fr: 'note par quel moyen la demande est venue ou a été servie',
      es: 'anota por qué medio llegó o se atendió la solicitud',
    },
    example: { en: '#channel phone', fr: '#canal téléphone', es: '#canal teléfono' },
    read: (given) =>
      map(oneOf(channels, given), (key) => ({
        name: 'channel',
        channel: channelKeys.find((channel) => channel === key) ?? 'mail',
      })),
  },
  tag: {
    words: { en: ['tag', 'tags', 'label'], fr: ['étiquette', 'étiquettes', 'tag'], es: ['etiqueta', 'etiquetas'] },
    about: 'ticket',
    takes: 'words',
    usage: { en: 'TAG …', fr: 'ÉTIQUETTE …', es: 'ETIQUETA …' },
    does: { en: 'adds tags', fr: 'ajoute des étiquettes', es: 'añade etiquetas' },
    example: { en: '#tag vip invoice', fr: '#étiquette vip facture', es: '#etiqueta vip factura' },
    read: (given) => (tags(given).length > 0 ? good({ name: 'tag', tags: tags(given) }) : refused({ code: 'missing' })),
  },
  untag: {
    words: { en: ['untag', 'unlabel'], fr: ['désétiqueter', 'sans-étiquette'], es: ['desetiquetar', 'sin-etiqueta'] },
    about: 'ticket',
    takes: 'words',
    usage: { en: 'TAG …', fr: 'ÉTIQUETTE …', es: 'ETIQUETA …' },
    does: { en: 'removes tags', fr: 'retire des étiquettes', es: 'quita etiquetas' },
    example: { en: '#untag vip', fr: '#désétiqueter vip', es: '#desetiquetar vip' },
    read: (given) =>
      tags(given).length > 0 ? good({ name: 'untag', tags: tags(given) }) : refused({ code: 'missing' }),
  },
  field: {
    words: { en: ['field', 'set'], fr: ['champ'], es: ['campo'] },
    about: 'ticket',
    takes: 'text',
    usage: { en: 'FIELD = VALUE', fr: 'CHAMP = VALEUR', es: 'CAMPO = VALOR' },
    does: {
      en: 'fills in a field; “-” empties it',
      fr: 'remplit un champ ; « - » le vide',
      es: 'rellena un campo; «-» lo vacía',
    },
    example: { en: '#field amount = 120.50 EUR', fr: '#champ montant = 120,50 EUR', es: '#campo importe = 120,50 EUR' },
    read: (given, names) => map(readField(given, names), ({ field, value }) => ({ name: 'field', field, value })),
  },
  due: {
    words: {
      en: ['due', 'deadline', 'follow-up'],
      fr: ['échéance', 'relance', 'délai'],
      es: ['vence', 'vencimiento', 'plazo'],
    },
    about: 'ticket',
    takes: 'words',
    usage: {
      en: 'DATE [TIME] | 3d | 2bd | none',
      fr: 'DATE [HEURE] | 3d | 2bd | aucune',
      es: 'FECHA [HORA] | 3d | 2bd | ninguna',
    },
    does: {
      en: 'sets when the ticket is due',
      fr: 'fixe l’échéance de la demande',
      es: 'fija el vencimiento de la solicitud',
    },
    example: { en: '#due friday 14:00', fr: '#échéance vendredi 14h', es: '#vence viernes 14:00' },
    read: (given, names) => {
      if (bare(given) === '') return refused({ code: 'missing' })
      if (isNone(given)) return good({ name: 'due', when: null })
      const when = parseWhen(bare(given), names.today, names.language)
      if (when === null) return refused({ code: 'no-date', given: bare(given).slice(0, 60) })
      if ('date' in when && when.date < names.today) return refused({ code: 'past-date', given: when.date })
      return good({ name: 'due', when })
    },
  },
  solve: {
    words: {
      en: ['solve', 'solved', 'resolve', 'resolved', 'done'],
      fr: ['résoudre', 'résolu', 'fait'],
      es: ['resolver', 'resuelto', 'hecho'],
    },
    about: 'ticket',
    takes: 'nothing',
    usage: { en: '', fr: '', es: '' },
    does: {
      en: 'says the request is solved; the requester is asked to confirm where the desk asks',
      fr: 'déclare la demande résolue ; le demandeur confirme là où le service le demande',
      es: 'da la solicitud por resuelta; el solicitante confirma donde la mesa lo pide',
    },
    example: { en: '#solve', fr: '#résolu', es: '#resuelto' },
    read: nothing({ name: 'solve' }),
  },
  close: {
    words: { en: ['close', 'closed'], fr: ['fermer', 'fermé', 'clore', 'clôturer', 'clos'], es: ['cerrar', 'cerrado'] },
    about: 'ticket',
    takes: 'nothing',
    usage: { en: '', fr: '', es: '' },
    does: { en: 'closes the ticket', fr: 'ferme la demande', es: 'cierra la solicitud' },
    example: { en: '#close', fr: '#fermer', es: '#cerrar' },
    read: nothing({ name: 'close' }),
  },
  reopen: {
    words: { en: ['reopen', 'open'], fr: ['rouvrir', 'réouvrir', 'ouvrir'], es: ['reabrir', 'abrir'] },
    about: 'ticket',
    takes: 'nothing',
    usage: { en: '', fr: '', es: '' },
    does: { en: 'takes the ticket up again', fr: 'reprend la demande', es: 'retoma la solicitud' },
    example: { en: '#reopen', fr: '#rouvrir', es: '#reabrir' },
    read: nothing({ name: 'reopen' }),
  },
  spam: {
    words: { en: ['spam', 'junk'], fr: ['spam', 'indésirable', 'pourriel'], es: ['spam', 'basura'] },
    about: 'ticket',
    takes: 'nothing',
    usage: { en: '', fr: '', es: '' },
    does: {
      en: 'closes the ticket as unwanted, without a word to its sender',
      fr: 'ferme la demande comme indésirable, sans un mot à l’expéditeur',
      es: 'cierra la solicitud como no deseada, sin avisar al remitente',
    },
    example: { en: '#spam', fr: '#indésirable', es: '#basura' },
    read: nothing({ name: 'spam' }),
  },
  reference: {
    words: { en: ['reference', 'ref', 'external'], fr: ['référence', 'ref'], es: ['referencia', 'ref'] },
    about: 'ticket',
    takes: 'text',
    usage: { en: 'REFERENCE', fr: 'RÉFÉRENCE', es: 'REFERENCIA' },
    does: {
      en: 'notes the reference of a developer or supplier outside',
      fr: 'note la référence d’un développeur ou fournisseur extérieur',
      es: 'anota la referencia de un desarrollador o proveedor externo',
    },
    example: { en: '#reference BUG-4711', fr: '#référence BUG-4711', es: '#referencia BUG-4711' },
    read: (given) => map(text(bare(given), 200), (reference) => ({ name: 'reference', reference })),
  },
  undo: {
    words: { en: ['undo'], fr: ['annuler', 'défaire'], es: ['deshacer'] },
    about: 'ticket',
    takes: 'nothing',
    usage: { en: '', fr: '', es: '' },
    does: {
      en: 'takes back what your last commands on this ticket changed',
      fr: 'défait ce que vos dernières commandes ont changé à cette demande',
      es: 'deshace lo que cambiaron sus últimos comandos en esta solicitud',
    },
    example: { en: '#undo', fr: '#annuler', es: '#deshacer' },
    read: nothing({ name: 'undo' }),
  },
}
