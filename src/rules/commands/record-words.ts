// Commands that write something down or send the text elsewhere than to the customer.

import { bare, type Entries, good, map, oneOf, refused, text } from './entry.ts'
import { readAmount } from './field.ts'
import { parseDay, parseMinutes, parseTime } from './when.ts'

const who = (given: string): string =>
  bare(given)
    .replace(/^(?:by|par|por)\s+/i, '')
    .slice(0, 120)

export const recordWords: Entries<
  'note' | 'resolution' | 'reply' | 'time' | 'report' | 'visit' | 'agreement' | 'approve' | 'refuse' | 'tested'
> = {
  note: {
    words: { en: ['note', 'internal', 'private'], fr: ['note', 'interne'], es: ['nota', 'interno', 'interna'] },
    about: 'ticket',
    takes: 'text',
    usage: { en: '[TEXT]', fr: '[TEXTE]', es: '[TEXTO]' },
    does: {
      en: 'keeps the text on this line and everything below it among the staff',
      fr: 'garde entre agents le texte de cette ligne et tout ce qui suit',
      es: 'deja entre agentes el texto de esta línea y todo lo que sigue',
    },
    example: {
      en: '#note Called twice, nobody answered',
      fr: '#note Appelé deux fois sans réponse',
      es: '#nota Llamé dos veces, nadie contestó',
    },
    rest: () => 'note',
    read: (given) => good({ name: 'note', text: given.trim().slice(0, 2000) }),
  },
  resolution: {
    words: { en: ['resolution', 'solution', 'fix'], fr: ['résolution', 'solution'], es: ['resolución', 'solución'] },
    about: 'ticket',
    takes: 'text',
    usage: { en: '[TEXT]', fr: '[TEXTE]', es: '[TEXTO]' },
    does: {
      en: 'records how the case was solved, for similar ones; without text: the answer below is the resolution',
      fr: 'note comment le cas a été résolu, pour les cas semblables ; sans texte : la réponse qui suit est la résolution',
      es: 'anota cómo se resolvió el caso, para casos parecidos; sin texto: la respuesta que sigue es la resolución',
    },
    example: {
      en: '#resolution Driver 4.2 installed',
      fr: '#résolution Pilote 4.2 installé',
      es: '#resolución Se instaló el controlador 4.2',
    },
    rest: (command) => (command.text === '' ? 'resolution' : null),
    read: (given) => good({ name: 'resolution', text: given.trim().slice(0, 2000) }),
  },
  reply: {
    words: {
      en: ['reply', 'answer', 'canned'],
      fr: ['répondre', 'réponse', 'modèle'],
      es: ['responder', 'respuesta', 'plantilla'],
    },
    about: 'ticket',
    takes: 'words',
    usage: { en: 'NAME', fr: 'NOM', es: 'NOMBRE' },
    does: {
      en: 'sends one of the desk’s ready answers; text below is added to it',
      fr: 'envoie une réponse toute prête du service ; le texte qui suit s’y ajoute',
      es: 'envía una respuesta preparada de la mesa; el texto que sigue se añade',
    },
    example: { en: '#reply password', fr: '#répondre mot-de-passe', es: '#responder clave' },
    read: (given, names) => map(oneOf(names.replies, given), (template) => ({ name: 'reply', template })),
  },
  time: {
    words: { en: ['time', 'spent', 'worked'], fr: ['temps', 'passé'], es: ['tiempo'] },
    about: 'ticket',
    takes: 'words',
    usage: { en: 'MINUTES | 1h30', fr: 'MINUTES | 1h30', es: 'MINUTOS | 1h30' },
    does: { en: 'adds time worked', fr: 'ajoute du temps passé', es: 'añade tiempo trabajado' },
    example: { en: '#time 30', fr: '#temps 1h30', es: '#tiempo 45' },
    read: (given) => {
      const minutes = parseMinutes(given.trim().replace(/[\s.,;!…]+$/, ''))
      if (bare(given) === '') return refused({ code: 'missing' })
      return minutes === null
        ? refused({ code: 'no-minutes', given: bare(given).slice(0, 60) })
        : good({ name: 'time', minutes })
    },
  },
  report: {
    words: { en: ['report'], fr: ['rapport', 'compte-rendu'], es: ['informe', 'reporte'] },
    about: 'ticket',
    takes: 'words',
    usage: { en: '[LIST]', fr: '[LISTE]', es: '[LISTA]' },
    does: {
      en: 'the text below and the attachments are a report: kept on the ticket and sent to the desk’s list, not to the customer',
      fr: 'le texte qui suit et les pièces jointes sont un rapport : gardé avec la demande et envoyé à la liste du service, pas au client',
      es: 'el texto que sigue y los adjuntos son un informe: se guarda con la solicitud y va a la lista de la mesa, no al cliente',
    },
    example: { en: '#report', fr: '#rapport', es: '#informe' },
    rest: () => 'report',
    read: (given, names) =>
      bare(given) === ''
        ? good({ name: 'report', list: null })
        : map(oneOf(names.lists, given), (list) => ({ name: 'report', list })),
  },
  visit: {
    words: { en: ['visit', 'appointment'], fr: ['visite', 'rendez-vous', 'rdv'], es: ['visita', 'cita'] },
    about: 'ticket',
    takes: 'text',
    usage: {
      en: 'DATE TIME [DURATION] [PLACE] | cancel',
      fr: 'DATE HEURE [DURÉE] [LIEU] | annuler',
      es: 'FECHA HORA [DURACIÓN] [LUGAR] | cancelar',
    },
    does: {
      en: 'proposes an appointment with a calendar invitation; said again, it moves it',
      fr: 'propose un rendez-vous avec une invitation d’agenda ; redit, il le déplace',
      es: 'propone una cita con invitación de calendario; repetida, la cambia',
    },
    example: {
      en: '#visit 2026-12-01 14:00 2h Main office',
      fr: '#visite 01/12/2026 14h 2h Siège',
      es: '#visita 01/12/2026 14:00 2h Oficina central',
    },
    read: (given, names) => {
      const line = bare(given).slice(0, 400)
      if (line === '') return refused({ code: 'missing' })
      if (/^(?:cancel|off|annuler|annul[ée]e?|cancelar|cancelada)$/i.test(line))
        return good({ name: 'visit', act: 'cancel' })
      const words = line.replace(/\s(?:at|à|a las?|las)\s(?=\d)/giu, ' ').split(/\s+/)
      // The day is one to three words long (`1 décembre 2026`), the time of day stands after it.
      for (const length of [3, 2, 1]) {
        const date = parseDay(words.slice(0, length).join(' '), names.today, names.language)
        if (date === null) continue
        const time = parseTime(words[length] ?? '')
        if (time === null) return refused({ code: 'no-time', given: (words[length] ?? '').slice(0, 60) })
        if (date < names.today) return refused({ code: 'past-date', given: date })
        const spelled = words[length + 1] ?? ''
        const minutes = /[a-z]/i.test(spelled) ? parseMinutes(spelled) : null
        const place = words
          .slice(length + (minutes === null ? 1 : 2))
          .join(' ')
          .slice(0, 200)
        return good({
          name: 'visit',
          act: 'propose',
          date,
          time,
          minutes: minutes !== null && minutes > 0 ? minutes : 60,
          place,
        })
      }
      return refused({ code: 'no-date', given: line.slice(0, 60) })
    },
  },
  agreement: {
    words: { en: ['agreement', 'quote', 'ask-approval'], fr: ['accord', 'devis'], es: ['acuerdo', 'presupuesto'] },
    about: 'ticket',
    takes: 'words',
    usage: {
      en: '[before | after] [AMOUNT CURRENCY] [DATE]',
      fr: '[avant | après] [MONTANT DEVISE] [DATE]',
      es: '[antes | después] [IMPORTE MONEDA] [FECHA]',
    },
    does: {
      en: 'asks the customer to agree, before the work (with price and date) or after it',
      fr: 'demande l’accord du client, avant le travail (avec prix et date) ou après',
      es: 'pide la conformidad del cliente, antes del trabajo (con precio y fecha) o después',
    },
    example: {
      en: '#agreement before 120 EUR 2026-12-01',
      fr: '#accord avant 120 EUR 01/12/2026',
      es: '#acuerdo antes 120 EUR 01/12/2026',
    },
    read: (given, names) => {
      let left = bare(given).slice(0, 200)
      const stage = /^(before|after|avant|apr[èe]s|antes|despu[ée]s)(?:\s+|$)/iu.exec(left)
      if (stage) left = left.slice(stage[0].length)
      const after = stage !== null && /^(?:after|apr|despu)/i.test(stage[1] ?? '')
      // The date stands last; everything before it is the amount.
      const words = left === '' ? [] : left.split(/\s+/)
      let date: string | null = null
      let used = words.length
      for (let from = Math.max(0, words.length - 3); from < words.length && date === null; from++) {
        date = parseDay(words.slice(from).join(' '), names.today, names.language)
        if (date !== null) used = from
      }
      if (date !== null && date < names.today) return refused({ code: 'past-date', given: date })
      const money = words.slice(0, used).join(' ')
      const read = money === '' ? null : readAmount(money)
      if (money !== '' && read === null) return refused({ code: 'no-number', given: money.slice(0, 60) })
      return good({
        name: 'agreement',
        stage: after ? 'after' : 'before',
        amount: read?.amount ?? null,
        currency: read?.currency ?? null,
        date,
      })
    },
  },
  approve: {
    words: {
      en: ['approve', 'approved', 'approved-by'],
      fr: ['approuver', 'approuvé', 'approuvé-par'],
      es: ['aprobar', 'aprobado', 'aprobado-por'],
    },
    about: 'ticket',
    takes: 'text',
    usage: { en: '[BY]', fr: '[PAR]', es: '[POR]' },
    does: {
      en: 'records who approved it: you, or the person named',
      fr: 'note qui a approuvé : vous, ou la personne nommée',
      es: 'anota quién aprobó: usted, o la persona indicada',
    },
    example: { en: '#approve', fr: '#approuver', es: '#aprobar' },
    read: (given) => good({ name: 'approve', by: who(given) }),
  },
  refuse: {
    words: { en: ['refuse', 'refused', 'reject'], fr: ['refuser', 'refusé', 'rejeter'], es: ['rechazar', 'rechazado'] },
    about: 'ticket',
    takes: 'text',
    usage: { en: 'REASON', fr: 'MOTIF', es: 'MOTIVO' },
    does: {
      en: 'records that it was not approved, and why',
      fr: 'note que ce n’est pas approuvé, et pourquoi',
      es: 'anota que no se aprobó, y por qué',
    },
    example: {
      en: '#refuse No test protocol',
      fr: '#refuser Sans procès-verbal d’essai',
      es: '#rechazar Sin acta de prueba',
    },
    read: (given) => map(text(given, 1000), (why) => ({ name: 'refuse', why })),
  },
  tested: {
    words: { en: ['tested', 'tested-by'], fr: ['testé', 'testé-par'], es: ['probado', 'probado-por'] },
    about: 'ticket',
    takes: 'text',
    usage: { en: '[BY]', fr: '[PAR]', es: '[POR]' },
    does: {
      en: 'records who tested it: you, or the person named',
      fr: 'note qui a testé : vous, ou la personne nommée',
      es: 'anota quién probó: usted, o la persona indicada',
    },
    example: { en: '#tested by Ann Lee', fr: '#testé par Anne Leroy', es: '#probado por Ana Ruiz' },
    read: (given) => good({ name: 'tested', by: who(given) }),
  },
}
