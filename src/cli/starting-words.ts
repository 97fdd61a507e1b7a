// The words of a desk to begin with, in the languages whose templates come with the program.

export type StartingStatus = 'new' | 'working' | 'waiting' | 'solved' | 'closed'

/** What a desk says in one language, where it has to say something. */
export interface StartingWords {
  readonly statuses: Readonly<Record<StartingStatus, { readonly name: string; readonly meaning: string }>>
  readonly team: string
  readonly you: string
  readonly priorities: readonly [high: string, normal: string]
  readonly stopped: string
  readonly types: readonly [question: string, trouble: string]
  readonly queue: string
  readonly signature: string
  readonly acknowledgement: string
  readonly urgent: readonly string[]
  readonly trouble: readonly string[]
  readonly question: string
  readonly answer: string
  readonly phrases: string
  /** The field that rules look for in the mail. */
  readonly order: string
  readonly sorry: readonly [subject: string, text: string]
}

const english: StartingWords = {
  statuses: {
    new: { name: 'New', meaning: 'Your request waits for somebody to take it.' },
    working: { name: 'In work', meaning: 'Somebody is working on your request.' },
    waiting: { name: 'Waiting for you', meaning: 'We need an answer of yours to go on.' },
    solved: { name: 'Solved', meaning: 'We think that it is solved; please confirm it.' },
    closed: { name: 'Closed', meaning: 'The request is finished.' },
  },
  team: 'our team',
  you: 'you',
  priorities: ['High', 'Normal'],
  stopped: 'work has stopped',
  types: ['Question', 'Trouble'],
  queue: 'Reception',
  signature: 'Your support team',
  acknowledgement: 'We read every message.',
  urgent: ['urgent', 'cannot work', 'everything is down'],
  trouble: ['error*', 'does not work', 'broken', 'crash*'],
  question: 'How do I get a new password?',
  answer: 'Choose “Forgotten password” on the login page; a link comes by mail at once.',
  phrases: 'new password',
  order: 'Order',
  sorry: [
    'Your request {{ticket.token}}',
    'Your request says that work has stopped. We are closed at the moment; it comes first when we open again. We are here {{desk.hours}}.',
  ],
}

const french: StartingWords = {
  statuses: {
    new: { name: 'Nouvelle', meaning: 'Votre demande attend que quelqu’un la prenne.' },
    working: { name: 'En cours', meaning: 'Quelqu’un s’occupe de votre demande.' },
    waiting: { name: 'En attente de vous', meaning: 'Il nous faut une réponse de votre part pour continuer.' },
    solved: { name: 'Résolue', meaning: 'De notre côté elle est résolue ; merci de le confirmer.' },
    closed: { name: 'Close', meaning: 'La demande est terminée.' },
  },
  team: 'notre équipe',
  you: 'vous',
  priorities: ['Haute', 'Normale'],
  stopped: 'le travail est arrêté',
  types: ['Question', 'Panne'],
  queue: 'Accueil',
  signature: 'Votre équipe d’assistance',
  acknowledgement: 'Nous lisons chaque message.',
  urgent: ['urgent', 'impossible de travailler', 'tout est en panne'],
  trouble: ['erreur*', 'ne fonctionne pas', 'en panne', 'plante*'],
  question: 'Comment obtenir un nouveau mot de passe ?',
  answer: 'Choisissez « Mot de passe oublié » sur la page de connexion ; un lien arrive aussitôt par courriel.',
  phrases: 'nouveau mot de passe',
  order: 'Commande',
  sorry: [
    'Votre demande {{ticket.token}}',
    'Votre demande signale un travail arrêté. Nous sommes fermés pour le moment ; elle passera en premier à la réouverture. Nous sommes là {{desk.hours}}.',
  ],
}

const spanish: StartingWords = {
  statuses: {
    new: { name: 'Nueva', meaning: 'Su solicitud espera a que alguien la tome.' },
    working: { name: 'En curso', meaning: 'Alguien está atendiendo su solicitud.' },
    waiting: { name: 'En espera de usted', meaning: 'Necesitamos una respuesta suya para continuar.' },
    solved: { name: 'Resuelta', meaning: 'Por nuestra parte está resuelta; confírmelo, por favor.' },
    closed: { name: 'Cerrada', meaning: 'La solicitud ha terminado.' },
  },
  team: 'nuestro equipo',
  you: 'usted',
  priorities: ['Alta', 'Normal'],
  stopped: 'el trabajo está detenido',
  types: ['Consulta', 'Avería'],
  queue: 'Recepción',
  signature: 'Su equipo de soporte',
  acknowledgement: 'Leemos todos los mensajes.',
  urgent: ['urgente', 'no podemos trabajar', 'todo está caído'],
  trouble: ['error*', 'no funciona', 'averiado', 'falla*'],
  question: '¿Cómo obtengo una nueva contraseña?',
  answer: 'Elija «Contraseña olvidada» en la página de acceso; enseguida llega un enlace por correo.',
  phrases: 'nueva contraseña',
  order: 'Pedido',
  sorry: [
    'Su solicitud {{ticket.token}}',
    'Su solicitud indica que el trabajo está detenido. En este momento estamos cerrados; será la primera que veamos al abrir. Atendemos {{desk.hours}}.',
  ],
}

const startingWords = { en: english, fr: french, es: spanish }

export type StartingLanguage = keyof typeof startingWords

export const isStartingLanguage = (language: string): language is StartingLanguage =>
  Object.hasOwn(startingWords, language)

export const wordsIn = (language: StartingLanguage): StartingWords => startingWords[language]
