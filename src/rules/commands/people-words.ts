// Commands about people and about other tickets.

import {
  addresses,
  bare,
  type Entries,
  good,
  map,
  nothing,
  oneOf,
  person,
  refused,
  text,
  ticketNumber,
} from './entry.ts'

/** `Ann Lee; bank=North; category=importer`: what follows the person, as attributes of the contact. */
function attributes(given: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const part of given.slice(0, 2000).split(';').slice(1, 30)) {
    const equals = part.indexOf('=')
    const key = part.slice(0, Math.max(0, equals)).trim().toLowerCase()
    if (/^[\p{L}][\p{L}\p{N}_ -]{0,40}$/u.test(key)) found.set(key, bare(part.slice(equals + 1)).slice(0, 200))
  }
  return found
}

export const peopleWords: Entries<
  | 'cc'
  | 'uncc'
  | 'requester'
  | 'mute'
  | 'unmute'
  | 'consult'
  | 'register'
  | 'ban'
  | 'merge'
  | 'split'
  | 'link'
  | 'incident'
> = {
  requester: {
    words: {
      en: ['requester', 'for', 'customer', 'on-behalf-of'],
      fr: ['demandeur', 'pour', 'client', 'de-la-part-de'],
      es: ['solicitante', 'para', 'cliente', 'de-parte-de'],
    },
    about: 'ticket',
    takes: 'words',
    usage: { en: 'ADDRESS [NAME]', fr: 'ADRESSE [NOM]', es: 'DIRECCIÓN [NOMBRE]' },
    does: {
      en: 'opens the ticket for somebody else, or makes somebody else its requester',
      fr: 'ouvre la demande pour une autre personne, ou change son demandeur',
      es: 'abre la solicitud en nombre de otra persona, o cambia su solicitante',
    },
    example: {
      en: '#requester ann@example.org Ann Lee',
      fr: '#demandeur anne@example.org Anne Leroy',
      es: '#solicitante ana@example.org Ana Ruiz',
    },
    read: (given) => map(person(given), (value) => ({ name: 'requester', ...value })),
  },
  cc: {
    words: {
      en: ['cc', 'copy', 'participant'],
      fr: ['cc', 'copie', 'participant'],
      es: ['cc', 'copia', 'participante'],
    },
    about: 'ticket',
    takes: 'words',
    usage: { en: 'ADDRESS …', fr: 'ADRESSE …', es: 'DIRECCIÓN …' },
    does: {
      en: 'adds people to the ticket; they see what comes from now on',
      fr: 'ajoute des personnes à la demande ; elles voient ce qui vient ensuite',
      es: 'añade personas a la solicitud; ven lo que venga desde ahora',
    },
    example: { en: '#cc bob@example.org', fr: '#copie paul@example.org', es: '#copia pablo@example.org' },
    read: (given) => map(addresses(given), (found) => ({ name: 'cc', addresses: found })),
  },
  uncc: {
    words: {
      en: ['uncc', 'uncopy', 'remove'],
      fr: ['sans-cc', 'sans-copie', 'retirer'],
      es: ['sin-cc', 'sin-copia', 'quitar'],
    },
    about: 'ticket',
    takes: 'words',
    usage: { en: 'ADDRESS …', fr: 'ADRESSE …', es: 'DIRECCIÓN …' },
    does: {
      en: 'takes people off the ticket',
      fr: 'retire des personnes de la demande',
      es: 'quita personas de la solicitud',
    },
    example: { en: '#uncc bob@example.org', fr: '#sans-copie paul@example.org', es: '#sin-copia pablo@example.org' },
    read: (given) => map(addresses(given), (found) => ({ name: 'uncc', addresses: found })),
  },
  mute: {
    words: { en: ['mute'], fr: ['muet', 'silence'], es: ['silenciar', 'silencio'] },
    about: 'ticket',
    takes: 'nothing',
    usage: { en: '', fr: '', es: '' },
    does: {
      en: 'stops notifications of this ticket to you',
      fr: 'arrête vos notifications pour cette demande',
      es: 'detiene sus avisos de esta solicitud',
    },
    example: { en: '#mute', fr: '#muet', es: '#silenciar' },
    read: nothing({ name: 'mute' }),
  },
  unmute: {
    words: { en: ['unmute'], fr: ['réactiver', 'sonner'], es: ['reactivar'] },
    about: 'ticket',
    takes: 'nothing',
    usage: { en: '', fr: '', es: '' },
    does: { en: 'starts them again', fr: 'les rétablit', es: 'los reanuda' },
    example: { en: '#unmute', fr: '#réactiver', es: '#reactivar' },
    read: nothing({ name: 'unmute' }),
  },
  consult: {
    words: { en: ['consult', 'ask'], fr: ['consulter'], es: ['consultar'] },
    about: 'ticket',
    takes: 'words',
    usage: { en: 'ADDRESS …', fr: 'ADRESSE …', es: 'DIRECCIÓN …' },
    does: {
      en: 'sends the text below to a third party, not to the customer; the answer comes back as an internal entry',
      fr: 'envoie le texte qui suit à un tiers, pas au client ; la réponse revient en entrée interne',
      es: 'envía el texto que sigue a un tercero, no al cliente; la respuesta vuelve como entrada interna',
    },
    example: {
      en: '#consult vendor@example.org',
      fr: '#consulter fournisseur@example.org',
      es: '#consultar proveedor@example.org',
    },
    rest: () => 'consult',
    read: (given) => map(addresses(given), (found) => ({ name: 'consult', addresses: found })),
  },
  register: {
    words: {
      en: ['register', 'contact'],
      fr: ['enregistrer', 'inscrire', 'contact'],
      es: ['registrar', 'inscribir', 'contacto'],
    },
    about: 'desk',
    takes: 'text',
    usage: {
      en: 'ADDRESS NAME [; ATTRIBUTE=VALUE …]',
      fr: 'ADRESSE NOM [; ATTRIBUT=VALEUR …]',
      es: 'DIRECCIÓN NOMBRE [; ATRIBUTO=VALOR …]',
    },
    does: {
      en: 'registers a contact of the desk',
      fr: 'enregistre un contact du service',
      es: 'registra un contacto de la mesa',
    },
    example: {
      en: '#register ann@example.org Ann Lee; category=importer',
      fr: '#enregistrer anne@example.org Anne Leroy; category=importateur',
      es: '#registrar ana@example.org Ana Ruiz; category=importador',
    },
    read: (given) =>
      map(person(given.split(';', 1)[0] ?? ''), (value) => ({
        name: 'register',
        ...value,
        attributes: attributes(given),
      })),
  },
  ban: {
    words: { en: ['ban', 'block'], fr: ['bannir', 'bloquer'], es: ['bloquear', 'vetar'] },
    about: 'ticket',
    takes: 'text',
    usage: { en: '[ADDRESS | subject TEXT]', fr: '[ADRESSE | sujet TEXTE]', es: '[DIRECCIÓN | asunto TEXTO]' },
    does: {
      en: 'mail from this sender, or with this subject, opens nothing any more; it is kept and can be released',
      fr: 'les messages de cet expéditeur, ou de ce sujet, n’ouvrent plus rien ; ils sont gardés et peuvent être libérés',
      es: 'los mensajes de este remitente, o con este asunto, ya no abren nada; se guardan y se pueden liberar',
    },
    example: { en: '#ban', fr: '#bannir', es: '#bloquear' },
    read: (given) => {
      const what = bare(given)
      if (what === '') return good({ name: 'ban', what: null })
      const subject = /^(?:subject|sujet|objet|asunto)\s*[:=]?\s*(\S.*)$/iu.exec(what)
      if (subject) return map(text(bare(subject[1] ?? ''), 200), (found) => ({ name: 'ban', what: { subject: found } }))
      const found = addresses(what)
      if (!found.ok) return found
      const [address] = found.value
      return address === undefined || found.value.length > 1
        ? refused({ code: 'surplus', given: what.slice(0, 60) })
        : good({ name: 'ban', what: { address } })
    },
  },
  merge: {
    words: { en: ['merge', 'duplicate'], fr: ['fusionner', 'doublon'], es: ['fusionar', 'duplicado'] },
    about: 'ticket',
    takes: 'words',
    usage: { en: 'TICKET', fr: 'DEMANDE', es: 'SOLICITUD' },
    does: {
      en: 'joins this ticket to another one',
      fr: 'réunit cette demande à une autre',
      es: 'une esta solicitud a otra',
    },
    example: { en: '#merge 12', fr: '#fusionner 12', es: '#fusionar 12' },
    read: (given, names) =>
      map(ticketNumber(given.replace(/^\s*(?:into|with|avec|dans|con|en)\s+/i, ''), names), (into) => ({
        name: 'merge',
        into,
      })),
  },
  split: {
    words: { en: ['split', 'new'], fr: ['séparer', 'scinder', 'nouveau'], es: ['separar', 'dividir', 'nuevo'] },
    about: 'ticket',
    takes: 'text',
    usage: { en: '[TYPE:] SUBJECT', fr: '[TYPE :] SUJET', es: '[TIPO:] ASUNTO' },
    does: {
      en: 'makes a ticket of its own of the text below, for the same requester, linked to this one',
      fr: 'fait du texte qui suit une demande à part, pour le même demandeur, liée à celle-ci',
      es: 'hace del texto que sigue una solicitud aparte, del mismo solicitante, enlazada con esta',
    },
    example: { en: '#split Invoice of May', fr: '#séparer Facture de mai', es: '#separar Factura de mayo' },
    rest: () => 'split',
    read: (given, names) => {
      const typed = /^([^:]{1,60}?)\s*:\s*(\S.*)$/u.exec(given.trim())
      const type = typed ? oneOf(names.types, typed[1] ?? '') : null
      const subject = type?.ok ? (typed?.[2] ?? '') : given
      return map(text(bare(subject), 200), (found) => ({
        name: 'split',
        type: type?.ok ? type.value : null,
        subject: found,
      }))
    },
  },
  link: {
    words: { en: ['link', 'see', 'refers'], fr: ['lier', 'voir'], es: ['enlazar', 'ver-también'] },
    about: 'ticket',
    takes: 'words',
    usage: { en: 'TICKET', fr: 'DEMANDE', es: 'SOLICITUD' },
    does: {
      en: 'links this ticket to another one',
      fr: 'lie cette demande à une autre',
      es: 'enlaza esta solicitud con otra',
    },
    example: { en: '#link 12', fr: '#lier 12', es: '#enlazar 12' },
    read: (given, names) => map(ticketNumber(given, names), (to) => ({ name: 'link', to })),
  },
  incident: {
    words: { en: ['incident', 'outage'], fr: ['incident', 'panne'], es: ['incidente', 'avería'] },
    about: 'ticket',
    takes: 'words',
    usage: {
      en: '[TITLE | TICKET | answer | end]',
      fr: '[TITRE | DEMANDE | répondre | fin]',
      es: '[TÍTULO | SOLICITUD | responder | fin]',
    },
    does: {
      en: 'this ticket is an incident, and acknowledgements say its title; with a number: it belongs to that incident; answer: the text below goes to everybody of it; end: it is over',
      fr: 'cette demande est un incident, et les accusés de réception disent son titre ; avec un numéro : elle appartient à cet incident ; répondre : le texte qui suit va à tous ; fin : il est terminé',
      es: 'esta solicitud es un incidente, y los acuses de recibo dicen su título; con un número: pertenece a ese incidente; responder: el texto que sigue va a todos; fin: terminó',
    },
    example: { en: '#incident answer', fr: '#incident répondre', es: '#incidente responder' },
    rest: (command) => (command.act === 'answer' ? 'incident' : null),
    read: (given, names) => {
      const word = bare(given)
      if (word === '') return good({ name: 'incident', act: 'declare', title: '' })
      if (/^(?:answer|reply|r[ée]pondre|responder)$/i.test(word)) return good({ name: 'incident', act: 'answer' })
      if (/^(?:end|over|off|fin|termin[ée]|terminado)$/i.test(word)) return good({ name: 'incident', act: 'end' })
      if (!/^#?\s?(?:[a-z][a-z0-9]{0,9}-)?\d+\b/iu.test(word))
        return map(text(given, 200), (title) => ({ name: 'incident', act: 'declare', title }))
      return map(ticketNumber(word, names), (to) => ({ name: 'incident', act: 'join', to }))
    },
  },
}
