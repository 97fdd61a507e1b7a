// Commands that ask the desk something or are about the agent. Their answers go to the directory address only.

import type { ListWish } from './command.ts'
import { bare, day, type Entries, good, map, nothing, oneOf, type Read, refused, text, ticketNumber } from './entry.ts'
import { fold, type Names } from './names.ts'

const wishes: readonly {
  readonly kind: Exclude<ListWish['kind'], 'queue' | 'status'>
  readonly words: readonly string[]
}[] = [
  { kind: 'mine', words: ['mine', 'my', 'me', 'miennes', 'mes', 'moi', 'mias', 'mis', 'yo'] },
  { kind: 'open', words: ['open', 'all', 'ouvertes', 'ouvert', 'toutes', 'abiertas', 'abierto', 'todas'] },
  { kind: 'unassigned', words: ['unassigned', 'nobody', 'libres', 'non attribuees', 'non assignees', 'sin asignar'] },
  { kind: 'waiting', words: ['waiting', 'attente', 'en attente', 'espera', 'en espera'] },
  { kind: 'overdue', words: ['overdue', 'late', 'retard', 'en retard', 'vencidas', 'atrasadas'] },
  { kind: 'incidents', words: ['incidents', 'incidentes'] },
]

function readWish(given: string, names: Names): Read<ListWish> {
  const word = fold(bare(given))
  if (word === '') return good({ kind: 'mine' })
  const wish = wishes.find(({ words }) => words.includes(word))
  if (wish) return good({ kind: wish.kind })
  const named = /^(queue|file|cola|status|statut|estado)\s+(\S.*)$/.exec(word)
  if (named && /^(?:queue|file|cola)$/.test(named[1] ?? ''))
    return map(oneOf(names.queues, named[2] ?? ''), (key) => ({ kind: 'queue', key }))
  if (named) return map(oneOf(names.statuses, named[2] ?? ''), (key) => ({ kind: 'status', key }))
  const queue = oneOf(names.queues, word)
  if (queue.ok) return good({ kind: 'queue', key: queue.value })
  const status = oneOf(names.statuses, word)
  if (status.ok) return good({ kind: 'status', key: status.value })
  return refused({
    code: 'unknown-name',
    given: bare(given).slice(0, 60),
    near: ['mine', 'open', 'unassigned', 'waiting', 'overdue', 'queue …'],
  })
}

export const deskWords: Entries<
  'help' | 'show' | 'list' | 'search' | 'away' | 'back' | 'digest' | 'page' | 'unblock' | 'announce'
> = {
  help: {
    words: { en: ['help', 'commands'], fr: ['aide', 'commandes'], es: ['ayuda', 'comandos', 'órdenes'] },
    about: 'desk',
    takes: 'words',
    usage: { en: '', fr: '', es: '' },
    does: { en: 'mails you this list', fr: 'vous envoie cette liste', es: 'le envía esta lista' },
    example: { en: '#help', fr: '#aide', es: '#ayuda' },
    read: () => good({ name: 'help' }),
  },
  show: {
    words: { en: ['show', 'history'], fr: ['montrer', 'afficher', 'historique'], es: ['mostrar', 'historial'] },
    about: 'desk',
    takes: 'words',
    usage: { en: '[TICKET]', fr: '[DEMANDE]', es: '[SOLICITUD]' },
    does: {
      en: 'mails you the whole history, internal notes marked',
      fr: 'vous envoie tout l’historique, notes internes marquées',
      es: 'le envía todo el historial, con las notas internas marcadas',
    },
    example: { en: '#show 12', fr: '#montrer 12', es: '#mostrar 12' },
    read: (given, names) =>
      bare(given) === ''
        ? good({ name: 'show', ticket: null })
        : map(ticketNumber(given, names), (ticket) => ({ name: 'show', ticket })),
  },
  list: {
    words: { en: ['list', 'tickets'], fr: ['liste', 'lister'], es: ['lista', 'listar'] },
    about: 'desk',
    takes: 'words',
    usage: {
      en: 'mine | open | unassigned | waiting | overdue | queue NAME | status NAME',
      fr: 'miennes | ouvertes | libres | attente | retard | file NOM | statut NOM',
      es: 'mías | abiertas | sin asignar | espera | vencidas | cola NOMBRE | estado NOMBRE',
    },
    does: {
      en: 'mails you a list of tickets that are neither solved nor closed, those that wait included',
      fr: 'vous envoie une liste de demandes ni résolues ni fermées, celles en attente comprises',
      es: 'le envía una lista de solicitudes ni resueltas ni cerradas, incluidas las que esperan',
    },
    example: { en: '#list unassigned', fr: '#liste libres', es: '#lista sin asignar' },
    read: (given, names) => map(readWish(given, names), (wish) => ({ name: 'list', wish })),
  },
  search: {
    words: { en: ['search', 'find'], fr: ['chercher', 'recherche'], es: ['buscar'] },
    about: 'desk',
    takes: 'text',
    usage: { en: 'WORDS', fr: 'MOTS', es: 'PALABRAS' },
    does: {
      en: 'mails you the tickets in which these words stand',
      fr: 'vous envoie les demandes où se trouvent ces mots',
      es: 'le envía las solicitudes que contienen esas palabras',
    },
    example: { en: '#search toner', fr: '#chercher toner', es: '#buscar tóner' },
    read: (given) => map(text(given, 200), (words) => ({ name: 'search', words })),
  },
  away: {
    words: { en: ['away', 'absent'], fr: ['absent', 'absente', 'absence'], es: ['ausente', 'ausencia'] },
    about: 'desk',
    takes: 'words',
    usage: { en: '[from DATE] until DATE', fr: '[du DATE] jusqu’au DATE', es: '[desde FECHA] hasta FECHA' },
    does: {
      en: 'nothing is assigned to you while you are away',
      fr: 'rien ne vous est confié pendant votre absence',
      es: 'no se le asigna nada durante su ausencia',
    },
    example: { en: '#away until 2026-12-24', fr: '#absent jusqu’au 24/12/2026', es: '#ausente hasta 24/12/2026' },
    read: (given, names) => {
      const line = bare(given)
      const [head = '', tail] = line.split(
        /(?:^|\s)(?:until|till|to|jusqu['’]?(?:au|à|a)?|au|hasta(?: el)?|al)\s+/iu,
        2,
      )
      const start = head.trim().replace(/^(?:from|since|du|dès|des|depuis|desde(?: el)?|del)\s+/iu, '')
      const until = day(tail ?? start, names)
      if (!until.ok) return until
      const from = tail === undefined || start === '' ? good(names.today) : day(start, names)
      if (!from.ok) return from
      return until.value < names.today || until.value < from.value
        ? refused({ code: 'past-date', given: until.value })
        : good({ name: 'away', from: from.value, until: until.value })
    },
  },
  back: {
    words: { en: ['back'], fr: ['retour', 'présent', 'présente'], es: ['vuelta', 'presente'] },
    about: 'desk',
    takes: 'nothing',
    usage: { en: '', fr: '', es: '' },
    does: { en: 'ends your absence', fr: 'met fin à votre absence', es: 'termina su ausencia' },
    example: { en: '#back', fr: '#retour', es: '#vuelta' },
    read: nothing({ name: 'back' }),
  },
  digest: {
    words: { en: ['digest', 'summary'], fr: ['résumé', 'bilan'], es: ['resumen'] },
    about: 'desk',
    takes: 'words',
    usage: { en: 'daily | none', fr: 'quotidien | aucun', es: 'diario | ninguno' },
    does: {
      en: 'a daily mail with your open tickets, or none',
      fr: 'un message quotidien avec vos demandes ouvertes, ou aucun',
      es: 'un mensaje diario con sus solicitudes abiertas, o ninguno',
    },
    example: { en: '#digest daily', fr: '#résumé quotidien', es: '#resumen diario' },
    read: (given) =>
      map(
        oneOf(
          [
            { key: 'daily', names: ['daily', 'on', 'quotidien', 'oui', 'diario', 'sí'] },
            { key: 'none', names: ['none', 'off', 'aucun', 'non', 'ninguno', 'no'] },
          ],
          given,
        ),
        (key) => ({ name: 'digest', digest: key === 'daily' ? 'daily' : 'none' }),
      ),
  },
  page: {
    words: { en: ['page', 'dashboard'], fr: ['page', 'tableau'], es: ['página', 'tablero'] },
    about: 'desk',
    takes: 'nothing',
    usage: { en: '', fr: '', es: '' },
    does: {
      en: 'mails a supervisor the link to the desk’s page',
      fr: 'envoie à un superviseur le lien de la page du service',
      es: 'envía a un supervisor el enlace de la página de la mesa',
    },
    example: { en: '#page', fr: '#page', es: '#página' },
    read: nothing({ name: 'page' }),
  },
  unblock: {
    words: { en: ['unblock'], fr: ['débloquer'], es: ['desbloquear'] },
    about: 'desk',
    takes: 'nothing',
    usage: { en: '', fr: '', es: '' },
    does: {
      en: 'lets automatic mail of the desk go on after its limit was reached; supervisors only',
      fr: 'laisse repartir les messages automatiques du service après leur limite ; réservé aux superviseurs',
      es: 'deja salir de nuevo los mensajes automáticos de la mesa tras su límite; solo supervisores',
    },
    example: { en: '#unblock', fr: '#débloquer', es: '#desbloquear' },
    read: nothing({ name: 'unblock' }),
  },
  announce: {
    words: { en: ['announce', 'announcement'], fr: ['annoncer', 'annonce'], es: ['anunciar', 'anuncio'] },
    about: 'desk',
    takes: 'text',
    usage: { en: 'all | ATTRIBUTE=VALUE …', fr: 'tous | ATTRIBUT=VALEUR …', es: 'todos | ATRIBUTO=VALOR …' },
    does: {
      en: 'sends the subject and the text below to the contacts chosen, one mail each; supervisors only',
      fr: 'envoie le sujet et le texte qui suit aux contacts choisis, un message à chacun ; réservé aux superviseurs',
      es: 'envía el asunto y el texto que sigue a los contactos elegidos, un mensaje a cada uno; solo supervisores',
    },
    example: { en: '#announce category=bank', fr: '#annoncer category=banque', es: '#anunciar category=banco' },
    rest: () => 'announcement',
    read: (given) => {
      const line = bare(given).slice(0, 1000)
      if (line === '') return refused({ code: 'missing' })
      if (/^(?:all|everybody|tous|toutes|todos|todas)$/i.test(line)) return good({ name: 'announce', filter: [] })
      const filter: { attribute: string; value: string }[] = []
      for (const match of line.matchAll(
        /([\p{L}][\p{L}\p{N}_-]{0,40})\s?[=:]\s?(?:["“«]\s?([^"”»]{1,80}?)\s?["”»]|([^\s,;]{1,80}))/gu,
      )) {
        filter.push({ attribute: (match[1] ?? '').toLowerCase(), value: match[2] ?? match[3] ?? '' })
      }
      // Who is meant must be said entirely: a word left over could have been a condition.
      const left = line
        .replace(/[\p{L}][\p{L}\p{N}_-]{0,40}\s?[=:]\s?(?:["“«]\s?[^"”»]{1,80}?\s?["”»]|[^\s,;]{1,80})/gu, '')
        .replace(/[\s,;]+|\b(?:and|et|y)\b/g, '')
      return filter.length === 0 || left !== ''
        ? refused({ code: 'unknown-name', given: line.slice(0, 60), near: ['all', 'category=…', 'country=…'] })
        : good({ name: 'announce', filter })
    },
  },
}
