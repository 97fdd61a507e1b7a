// What was found in a mail that is held, for the people who are told of it. `{x}` are values; technical ones stay as they are.

interface Sentence {
  readonly en: string
  readonly fr: string
  readonly es: string
}

const findings = {
  'agent-failed': {
    en: 'It claims to come from {who} but failed authentication ({detail}).',
    fr: 'Il prétend venir de {who}, mais l’authentification a échoué ({detail}).',
    es: 'Dice venir de {who}, pero falló la autenticación ({detail}).',
  },
  'sender-failed': {
    en: 'The sender failed authentication ({detail}): the From address may be forged.',
    fr: 'L’authentification de l’expéditeur a échoué ({detail}) : l’adresse From est peut-être usurpée.',
    es: 'Falló la autenticación del remitente ({detail}): la dirección From puede estar falsificada.',
  },
  'no-author': {
    en: 'Its author cannot be known: {detail}.',
    fr: 'On ne peut pas savoir qui l’a écrit.',
    es: 'No se puede saber quién lo escribió.',
  },
  'alert-unread': {
    en: 'It comes from {who}, but is no alert that can be read as {what}.',
    fr: 'Il vient de {who}, mais ce n’est pas une alerte lisible comme {what}.',
    es: 'Viene de {who}, pero no es una alerta que se pueda leer como {what}.',
  },
  'portal-for-stranger': {
    en: 'The portal handed it over for somebody who is neither on the ticket nor registered.',
    fr: 'Le portail l’a transmis pour une personne qui n’est ni de la demande ni enregistrée.',
    es: 'El portal lo entregó en nombre de alguien que no pertenece a la solicitud ni está registrado.',
  },
  'number-by-unregistered': {
    en: 'Somebody who is not registered quotes the number of a ticket; the ticket is not shown to them.',
    fr: 'Une personne non enregistrée cite le numéro d’une demande ; la demande ne lui est pas montrée.',
    es: 'Una persona no registrada cita el número de una solicitud; la solicitud no se le muestra.',
  },
  'number-by-stranger': {
    en: 'Its author quotes ticket {what} but is none of its people: the number alone opens nothing.',
    fr: 'Son auteur cite la demande {what} sans en faire partie : le numéro seul n’ouvre rien.',
    es: 'Su autor cita la solicitud {what} sin pertenecer a ella: el número solo no abre nada.',
  },
  'address-not-registered': {
    en: 'The desk takes tickets of registered people only and this address is not registered.',
    fr: 'Le service ne prend que les demandes de personnes enregistrées, et cette adresse ne l’est pas.',
    es: 'La mesa solo acepta solicitudes de personas registradas, y esta dirección no lo está.',
  },
  'registration-complete': {
    en: 'It is a request to be registered with all that is asked for: the staff decide.',
    fr: 'C’est une demande d’enregistrement complète : le personnel décide.',
    es: 'Es una petición de registro completa: decide el personal.',
  },
  'registration-incomplete': {
    en: 'It is a request to be registered in which {what} is missing: asked for again.',
    fr: 'C’est une demande d’enregistrement où il manque : {what}. On l’a redemandé.',
    es: 'Es una petición de registro en la que falta: {what}. Se volvió a pedir.',
  },
  'agent-address-by-another': {
    en: 'It carries the signed address of an agent for ticket {what}, but its author is no agent of this desk (any more).',
    fr: 'Il porte l’adresse signée d’un agent pour la demande {what}, mais son auteur n’est pas, ou plus, un agent de ce service.',
    es: 'Lleva la dirección firmada de un agente para la solicitud {what}, pero su autor no es, o ya no es, agente de esta mesa.',
  },
  'address-by-another': {
    en: 'It carries the signed address of ticket {what} but its author is none of the ticket’s people: kept for an agent, who may add them.',
    fr: 'Il porte l’adresse signée de la demande {what}, mais son auteur n’en fait pas partie : gardé pour un agent, qui peut l’y ajouter.',
    es: 'Lleva la dirección firmada de la solicitud {what}, pero su autor no pertenece a ella: se guarda para un agente, que puede añadirlo.',
  },
  'choice-by-another': {
    en: 'It carries a signed choice that was made for somebody else.',
    fr: 'Il porte un choix signé, établi pour une autre personne.',
    es: 'Lleva una opción firmada que se creó para otra persona.',
  },
  'staff-choice-by-another': {
    en: 'A signed choice of staff that was made for somebody else, or whose sender failed authentication.',
    fr: 'Un choix signé d’agent, établi pour une autre personne ou envoyé sans que l’authentification réussisse.',
    es: 'Una opción firmada de agente, creada para otra persona o cuyo remitente no superó la autenticación.',
  },
  'absence-chooses': {
    en: 'An absence notice is no answer to a choice.',
    fr: 'Un avis d’absence n’est pas une réponse à un choix.',
    es: 'Un aviso de ausencia no responde a una opción.',
  },
  'absence-answers': {
    en: 'It looks like an automatic out-of-office answer of the agent: it is not relayed.',
    fr: 'Il ressemble à une réponse automatique d’absence de l’agent : il n’est pas transmis.',
    es: 'Parece una respuesta automática de ausencia del agente: no se reenvía.',
  },
  'sender-unproved': {
    en: 'The mail carries the agent’s signed address, but nothing proves who sent it.',
    fr: 'Le message porte l’adresse signée de l’agent, mais rien ne prouve qui l’a envoyé.',
    es: 'El mensaje lleva la dirección firmada del agente, pero nada prueba quién lo envió.',
  },
  'address-unsigned': {
    en: 'The sender is proved, but the mail carries no signed address of this agent for this ticket.',
    fr: 'L’expéditeur est prouvé, mais le message ne porte pas l’adresse signée de cet agent pour cette demande.',
    es: 'El remitente está probado, pero el mensaje no lleva la dirección firmada de este agente para esta solicitud.',
  },
  'nothing-proved': {
    en: 'Nothing proves that the agent wrote it.',
    fr: 'Rien ne prouve que l’agent l’a écrit.',
    es: 'Nada prueba que lo haya escrito el agente.',
  },
  'two-tickets': {
    en: 'Its signed address is for ticket {what}, its subject names ticket {other}. Confirmed, it goes to the people of ticket {what}.',
    fr: 'Son adresse signée est celle de la demande {what}, son objet nomme la demande {other}. Confirmé, il part aux personnes de la demande {what}.',
    es: 'Su dirección firmada es de la solicitud {what}, su asunto nombra la solicitud {other}. Confirmado, va a las personas de la solicitud {what}.',
  },
  'commands-unproved': {
    en: 'An agent’s commands, or a mail forwarded for somebody else, need a sender who is proved.',
    fr: 'Les commandes d’un agent, ou un message transféré pour quelqu’un d’autre, demandent un expéditeur prouvé.',
    es: 'Los comandos de un agente, o un mensaje reenviado por otra persona, necesitan un remitente probado.',
  },
  'answered-meanwhile': {
    en: '{who} answered meanwhile.',
    fr: '{who} a répondu entre-temps.',
    es: '{who} respondió entretanto.',
  },
  'customer-wrote-meanwhile': {
    en: 'The customer wrote again meanwhile.',
    fr: 'Le client a écrit de nouveau entre-temps.',
    es: 'El cliente volvió a escribir entretanto.',
  },
  'many-today': {
    en: 'Its sender, who is not registered, has opened {what} tickets in 24 hours; what else comes from there is held, without another notice for an hour.',
    fr: 'Son expéditeur, qui n’est pas enregistré, a ouvert {what} demandes en 24 heures ; ce qui en vient encore est retenu, sans autre avis pendant une heure.',
    es: 'Su remitente, que no está registrado, abrió {what} solicitudes en 24 horas; lo que siga llegando de él queda retenido, sin otro aviso durante una hora.',
  },
  'type-of-staff': {
    en: 'Requests of type {what} are opened by staff only ({who}).',
    fr: 'Les demandes de type {what} ne sont ouvertes que par le personnel ({who}).',
    es: 'Las solicitudes de tipo {what} solo las abre el personal ({who}).',
  },
  'refused-with': {
    en: 'refused with {what}',
    fr: 'refusé avec {what}',
    es: 'rechazado con {what}',
  },
  /** In the words of whoever wrote the rule. */
  said: { en: '{what}', fr: '{what}', es: '{what}' },
} as const satisfies Readonly<Record<string, Sentence>>

export type FindingCode = keyof typeof findings

export interface Finding {
  readonly code: FindingCode
  readonly values: Readonly<Record<string, string>>
}

export const findingCodes = Object.keys(findings).filter((code): code is FindingCode => Object.hasOwn(findings, code))

export const finding = (code: FindingCode, values: Readonly<Record<string, string>> = {}): Finding => ({ code, values })

/** The finding in French, Spanish or else English. */
export function findingSentence({ code, values }: Finding, language: string): string {
  const sentence: Sentence = findings[code]
  const words = language === 'fr' ? sentence.fr : language === 'es' ? sentence.es : sentence.en
  const known = new Map(Object.entries(values))
  return words.replace(/\{(\w+)\}/g, (_all, name: string) => known.get(name) ?? '')
}
