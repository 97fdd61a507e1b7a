// Each reason for holding a mail, as a sentence for staff, and what releasing or discarding it does.

import type { HoldDraft, HoldReason } from './decision.ts'

interface Sentence {
  readonly en: string
  readonly fr: string
  readonly es: string
}

const reasons: Readonly<Record<HoldReason, Sentence>> = {
  'no-desk': {
    en: 'It names no address of any desk.',
    fr: 'Il ne nomme l’adresse d’aucun service.',
    es: 'No nombra la dirección de ninguna mesa de ayuda.',
  },
  'alert-unreadable': {
    en: 'A monitoring system sent it, but it cannot be read as an alert.',
    fr: 'Un système de surveillance l’a envoyé, mais il ne se lit pas comme une alerte.',
    es: 'Lo envió un sistema de supervisión, pero no se puede leer como una alerta.',
  },
  unregistered: {
    en: 'The sender is not registered, and this desk serves registered people only.',
    fr: 'L’expéditeur n’est pas enregistré, et ce service ne sert que les personnes enregistrées.',
    es: 'El remitente no está registrado, y esta mesa atiende solo a personas registradas.',
  },
  requirement: {
    en: 'The sender does not meet what this desk requires of people who open tickets.',
    fr: 'L’expéditeur ne remplit pas ce que ce service exige pour ouvrir une demande.',
    es: 'El remitente no cumple lo que esta mesa exige para abrir solicitudes.',
  },
  'stranger-quotes-ticket': {
    en: 'Somebody who does not belong to the ticket names its number.',
    fr: 'Une personne étrangère à la demande en cite le numéro.',
    es: 'Una persona ajena a la solicitud cita su número.',
  },
  'authentication-failed': {
    en: 'It does not come from where it claims to: sender authentication failed.',
    fr: 'Il ne vient pas d’où il prétend venir : l’authentification de l’expéditeur a échoué.',
    es: 'No viene de donde dice venir: falló la autenticación del remitente.',
  },
  'ambiguous-sender': {
    en: 'Its sender cannot be told: the From field is malformed or names several people.',
    fr: 'Son expéditeur n’est pas certain : le champ From est mal formé ou nomme plusieurs personnes.',
    es: 'Su remitente no es claro: el campo From está mal formado o nombra a varias personas.',
  },
  'not-authenticated-agent': {
    en: 'It claims to be from an agent, but nothing proves it. The agent can confirm it by answering the notice.',
    fr: 'Il se dit d’un agent, mais rien ne le prouve. L’agent peut le confirmer en répondant à l’avis.',
    es: 'Dice ser de un agente, pero nada lo prueba. El agente puede confirmarlo respondiendo al aviso.',
  },
  'agent-without-token': {
    en: 'It is from an agent but did not come through the signed reply address of this ticket.',
    fr: 'Il vient d’un agent mais n’est pas passé par l’adresse de réponse signée de cette demande.',
    es: 'Es de un agente pero no llegó por la dirección de respuesta firmada de esta solicitud.',
  },
  'agent-not-of-desk': {
    en: 'Its sender is not, or no longer, an agent of this desk.',
    fr: 'Son expéditeur n’est pas, ou plus, un agent de ce service.',
    es: 'Su remitente no es, o ya no es, agente de esta mesa.',
  },
  'portal-only': {
    en: 'This desk takes replies in its portal only.',
    fr: 'Ce service ne prend les réponses que sur son portail.',
    es: 'Esta mesa solo recibe respuestas en su portal.',
  },
  'closed-ticket': {
    en: 'It answers a ticket that is closed and stays closed.',
    fr: 'Il répond à une demande fermée, qui le reste.',
    es: 'Responde a una solicitud cerrada, que sigue cerrada.',
  },
  rule: {
    en: 'A rule of the desk holds it.',
    fr: 'Une règle du service le retient.',
    es: 'Una regla de la mesa lo retiene.',
  },
  'quoted-internal-text': {
    en: 'The agent’s answer still contains internal text of the notification.',
    fr: 'La réponse de l’agent contient encore du texte interne de la notification.',
    es: 'La respuesta del agente contiene todavía texto interno de la notificación.',
  },
  'agent-vacation': {
    en: 'It is an absence notice from an agent’s mailbox, not an answer.',
    fr: 'C’est un avis d’absence de la boîte d’un agent, pas une réponse.',
    es: 'Es un aviso de ausencia del buzón de un agente, no una respuesta.',
  },
  'automatic-without-ticket': {
    en: 'It is an automatic mail that belongs to no ticket.',
    fr: 'C’est un message automatique qui n’appartient à aucune demande.',
    es: 'Es un mensaje automático que no pertenece a ninguna solicitud.',
  },
  'unmatched-bounce': {
    en: 'It reports a failed delivery, but of no mail of ours that can be found.',
    fr: 'Il annonce un échec de remise, mais d’aucun de nos messages que l’on retrouve.',
    es: 'Informa de una entrega fallida, pero de ningún mensaje nuestro que se encuentre.',
  },
  unreadable: {
    en: 'It could not be read; the original is kept.',
    fr: 'Il n’a pas pu être lu ; l’original est gardé.',
    es: 'No se pudo leer; se guarda el original.',
  },
  'staff-only-type': {
    en: 'It asks for a kind of request that only staff open.',
    fr: 'Il demande un type de demande que seul le personnel ouvre.',
    es: 'Pide un tipo de solicitud que solo abre el personal.',
  },
  collision: {
    en: 'The ticket has moved on since the notification that it answers.',
    fr: 'La demande a évolué depuis la notification à laquelle il répond.',
    es: 'La solicitud avanzó desde el aviso al que responde.',
  },
  'third-party': {
    en: 'It came through a customer’s reply address from somebody else.',
    fr: 'Il est passé par l’adresse de réponse d’un client, mais vient d’une autre personne.',
    es: 'Llegó por la dirección de respuesta de un cliente, pero es de otra persona.',
  },
  spam: {
    en: 'A mail server before us marked it as spam.',
    fr: 'Un serveur de messagerie en amont l’a marqué comme indésirable.',
    es: 'Un servidor de correo anterior lo marcó como no deseado.',
  },
  banned: {
    en: 'Its sender or subject is banned from this desk.',
    fr: 'Son expéditeur ou son sujet est banni de ce service.',
    es: 'Su remitente o asunto está vetado en esta mesa.',
  },
  flood: {
    en: 'Its sender has opened too many tickets in a short time.',
    fr: 'Son expéditeur a ouvert trop de demandes en peu de temps.',
    es: 'Su remitente abrió demasiadas solicitudes en poco tiempo.',
  },
  'agent-uses-portal': {
    en: 'Agents of this desk answer in the portal only.',
    fr: 'Les agents de ce service répondent sur le portail seulement.',
    es: 'Los agentes de esta mesa responden solo en el portal.',
  },
  'portal-mismatch': {
    en: 'The portal handed it over for somebody who does not belong to the ticket or is not registered.',
    fr: 'Le portail l’a transmis pour une personne étrangère à la demande ou non enregistrée.',
    es: 'El portal lo entregó en nombre de alguien ajeno a la solicitud o no registrado.',
  },
  blank: {
    en: 'It contains neither text nor attachments.',
    fr: 'Il ne contient ni texte ni pièce jointe.',
    es: 'No contiene texto ni adjuntos.',
  },
}

const releases: Readonly<Record<HoldDraft['release'], Sentence>> = {
  append: {
    en: 'Releasing it adds it to the ticket as its sender’s message.',
    fr: 'Le libérer l’ajoute à la demande comme message de son expéditeur.',
    es: 'Liberarlo lo añade a la solicitud como mensaje de su remitente.',
  },
  relay: {
    en: 'Releasing it sends it to the customer as the agent’s answer.',
    fr: 'Le libérer l’envoie au client comme réponse de l’agent.',
    es: 'Liberarlo lo envía al cliente como respuesta del agente.',
  },
  open: {
    en: 'Releasing it opens a ticket for its sender.',
    fr: 'Le libérer ouvre une demande pour son expéditeur.',
    es: 'Liberarlo abre una solicitud para su remitente.',
  },
  record: {
    en: 'Releasing it keeps it with the ticket for staff; nothing is sent.',
    fr: 'Le libérer le garde avec la demande pour le personnel ; rien n’est envoyé.',
    es: 'Liberarlo lo guarda con la solicitud para el personal; no se envía nada.',
  },
}

const discarded: Sentence = {
  en: 'Discarding it only sets it aside; the original is kept.',
  fr: 'L’écarter le met seulement de côté ; l’original est gardé.',
  es: 'Descartarlo solo lo aparta; se guarda el original.',
}

const inLanguage = (sentence: Sentence, language: string): string =>
  language === 'fr' ? sentence.fr : language === 'es' ? sentence.es : sentence.en

/** Why the mail is held, in French, Spanish or else English. */
export const holdSentence = (reason: HoldReason, language: string): string => inLanguage(reasons[reason], language)

/** What a release does. */
export const releaseSentence = (release: HoldDraft['release'], language: string): string =>
  inLanguage(releases[release], language)

export const discardSentence = (language: string): string => inLanguage(discarded, language)
