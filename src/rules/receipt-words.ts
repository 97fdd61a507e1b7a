// What a receipt says was done, in the agent’s language. `{x}` are values, `{x:day|days}` the word that goes with that number.

export const receiptWords = {
  changed: { fr: '{what} : {from} → {to}', en: '{what}: {from} → {to}', es: '{what}: {from} → {to}' },
  set: { fr: '{what} : {to}', en: '{what}: {to}', es: '{what}: {to}' },
  resolution: { fr: 'résolution : {what}', en: 'resolution: {what}', es: 'resolución: {what}' },
  unchanged: { fr: '{what} : déjà {to}', en: '{what}: already {to}', es: '{what}: ya era {to}' },
  announced: {
    fr: 'annonce « {what} » : elle part message par message vers tous ceux qu’elle concerne ; un bilan dira combien',
    en: 'announcement “{what}”: it leaves mail by mail for everybody it is meant for; a summary will say how many',
    es: 'anuncio «{what}»: sale mensaje por mensaje para todos a quienes se dirige; un resumen dirá cuántos',
  },
  'announcement-empty': {
    fr: 'une annonce a besoin d’un objet et d’un texte sous la commande',
    en: 'an announcement needs a subject, and a text below the command',
    es: 'un anuncio necesita un asunto y un texto debajo del comando',
  },
  noted: { fr: 'note interne ajoutée', en: 'internal note added', es: 'nota interna añadida' },
  'kept-inside': {
    fr: 'votre texte reste en note interne ; rien n’est parti à vos correspondants',
    en: 'your text is kept as an internal note; nothing was sent to anybody outside',
    es: 'su texto queda como nota interna; no se ha enviado nada fuera',
  },
  tagged: { fr: 'étiquettes ajoutées : {what}', en: 'tags added: {what}', es: 'etiquetas añadidas: {what}' },
  untagged: { fr: 'étiquettes retirées : {what}', en: 'tags removed: {what}', es: 'etiquetas quitadas: {what}' },
  added: {
    fr: '{what} suit désormais le ticket',
    en: '{what} now follows the ticket',
    es: '{what} sigue ahora el ticket',
  },
  removed: {
    fr: '{what} ne suit plus le ticket',
    en: '{what} no longer follows the ticket',
    es: '{what} ya no sigue el ticket',
  },
  requester: { fr: 'demandeur : {what}', en: 'requester: {what}', es: 'solicitante: {what}' },
  opened: { fr: 'ticket ouvert pour {what}', en: 'ticket opened for {what}', es: 'ticket abierto para {what}' },
  linked: { fr: 'lié à {what}', en: 'linked to {what}', es: 'vinculado a {what}' },
  merged: { fr: 'fusionné dans {what}', en: 'merged into {what}', es: 'fusionado en {what}' },
  split: { fr: 'nouveau ticket détaché', en: 'split off into a new ticket', es: 'separado en un ticket nuevo' },
  consulted: {
    fr: 'question envoyée à {what} ; la réponse restera interne',
    en: 'question sent to {what}; the answer will stay internal',
    es: 'pregunta enviada a {what}; la respuesta será interna',
  },
  away: {
    fr: 'absence notée du {from} au {to}',
    en: 'absence recorded from {from} until {to}',
    es: 'ausencia anotada del {from} al {to}',
  },
  back: { fr: 'absence terminée', en: 'absence ended', es: 'ausencia terminada' },
  'digest-on': {
    fr: 'vous recevrez chaque jour la liste de vos demandes ouvertes',
    en: 'you will get a list of your open tickets every day',
    es: 'recibirá cada día la lista de sus solicitudes abiertas',
  },
  'digest-off': { fr: 'plus de liste quotidienne', en: 'no more daily list', es: 'ya no habrá lista diaria' },
  time: {
    fr: '{what} {what:minute notée|minutes notées}',
    en: '{what} {what:minute|minutes} recorded',
    es: '{what} {what:minuto anotado|minutos anotados}',
  },
  'time-back': {
    fr: '{what} {what:minute retirée|minutes retirées}, total {to}',
    en: '{what} {what:minute|minutes} taken back, total {to}',
    es: '{what} {what:minuto descontado|minutos descontados}, total {to}',
  },
  due: { fr: 'échéance : {what}', en: 'due: {what}', es: 'vence: {what}' },
  muted: {
    fr: 'avis automatiques au demandeur coupés',
    en: 'automatic notices to the requester are off',
    es: 'avisos automáticos al solicitante desactivados',
  },
  unmuted: {
    fr: 'avis automatiques au demandeur rétablis',
    en: 'automatic notices to the requester are on again',
    es: 'avisos automáticos al solicitante reactivados',
  },
  undone: {
    fr: 'annulé : {what} revient à {to}',
    en: 'undone: {what} is {to} again',
    es: 'deshecho: {what} vuelve a {to}',
  },
  resumed: {
    fr: 'les messages automatiques du service repartent',
    en: 'automatic mail of the desk goes on',
    es: 'los mensajes automáticos de la mesa vuelven a salir',
  },
  late: {
    fr: 'lu comme du texte : les commandes se mettent en tête du message, avant le texte',
    en: 'read as text: commands stand at the top of the mail, before the text',
    es: 'leído como texto: los comandos van al principio del mensaje, antes del texto',
  },
  reported: {
    fr: 'rapport envoyé à {what} ({to} {to:destinataire|destinataires})',
    en: 'report sent to {what} ({to} {to:recipient|recipients})',
    es: 'informe enviado a {what} ({to} {to:destinatario|destinatarios})',
  },
  'suggestion-noted': {
    fr: 'suggestion enregistrée à part : {what}',
    en: 'suggestion recorded by itself: {what}',
    es: 'sugerencia registrada aparte: {what}',
  },
  'incident-declared': {
    fr: 'incident déclaré : {what}',
    en: 'incident declared: {what}',
    es: 'incidente declarado: {what}',
  },
  'incident-answered': {
    fr: 'réponse envoyée à {what} {what:personne|personnes} de l’incident',
    en: 'answer sent to {what} {what:person|people} of the incident',
    es: 'respuesta enviada a {what} {what:persona|personas} del incidente',
  },
  'incident-ended': {
    fr: 'incident terminé ; {what} {what:demande résolue|demandes résolues}',
    en: 'incident ended; {what} {what:request|requests} solved',
    es: 'incidente terminado; {what} {what:solicitud resuelta|solicitudes resueltas}',
  },
  'no-incident': {
    fr: '{what} n’est pas un incident en cours',
    en: '{what} is no open incident',
    es: '{what} no es un incidente abierto',
  },
  banned: {
    fr: 'les messages de {what} n’ouvrent plus rien ; ils sont gardés',
    en: 'mail of {what} opens nothing any more; it is kept',
    es: 'los mensajes de {what} ya no abren nada; se guardan',
  },
  'not-banned': {
    fr: '{what} est de la maison : rien n’est bloqué',
    en: '{what} belongs to the house: nothing is banned',
    es: '{what} es de la casa: no se bloquea nada',
  },
  'agreement-asked': {
    fr: 'accord demandé à {what}',
    en: 'agreement asked of {what}',
    es: 'conformidad pedida a {what}',
  },
  'needs-fields': {
    fr: 'il manque encore : {what}',
    en: 'still missing: {what}',
    es: 'todavía falta: {what}',
  },
  'agreement-needed': {
    fr: 'ce travail attend encore l’accord du client : demandez-le par #accord avant',
    en: 'this work still waits for the customer’s agreement: ask for it with #agreement before',
    es: 'este trabajo aún espera la conformidad del cliente: pídala con #acuerdo antes',
  },
  sent: { fr: 'envoyé : {what}', en: 'sent: {what}', es: 'enviado: {what}' },
  registered: {
    fr: '{what} est désormais un contact du service',
    en: '{what} is now a contact of the desk',
    es: '{what} es ahora un contacto del servicio',
  },
  released: { fr: 'message libéré', en: 'held mail released', es: 'mensaje liberado' },
  'kept-for-record': {
    fr: 'message gardé avec la demande, pour le personnel ; rien n’est parti',
    en: 'message kept with the request, for staff; nothing has gone out',
    es: 'mensaje guardado con la solicitud, para el personal; no ha salido nada',
  },
  discarded: {
    fr: 'message écarté (l’original est conservé)',
    en: 'held mail discarded (the original is kept)',
    es: 'mensaje descartado (se conserva el original)',
  },
  'which-word': {
    fr: 'rien n’a été fait : répondez « libérer » ou « écarter », ou utilisez un des liens',
    en: 'nothing was done: answer "release" or "discard", or use one of the links',
    es: 'no se ha hecho nada: responda «liberar» o «descartar», o use uno de los enlaces',
  },
  settled: {
    fr: 'ce message avait déjà été traité',
    en: 'that held mail had been dealt with already',
    es: 'ese mensaje ya se había tratado',
  },
  'delivery-arrived': { fr: 'noté comme arrivé', en: 'noted as arrived', es: 'anotado como recibido' },
  'delivery-again': {
    fr: 'sera envoyé de nouveau, à l’identique',
    en: 'will be sent again, the same bytes',
    es: 'se enviará de nuevo, idéntico',
  },
  'visit-proposed': {
    fr: 'rendez-vous proposé : {what}',
    en: 'appointment proposed: {what}',
    es: 'cita propuesta: {what}',
  },
  'visit-moved': {
    fr: 'rendez-vous déplacé : {what}',
    en: 'appointment moved: {what}',
    es: 'cita cambiada: {what}',
  },
  'visit-cancelled': {
    fr: 'rendez-vous annulé : {what}',
    en: 'appointment cancelled: {what}',
    es: 'cita anulada: {what}',
  },
  'no-visit': {
    fr: 'il n’y a pas de rendez-vous à annuler',
    en: 'there is no appointment to cancel',
    es: 'no hay ninguna cita que anular',
  },
  past: {
    fr: 'ce moment est déjà passé',
    en: 'that time has passed already',
    es: 'ese momento ya pasó',
  },
  'no-ticket': {
    fr: 'ce courriel n’est pas passé par l’adresse signée d’un ticket : répondez à la notification du ticket',
    en: 'this mail did not come by the signed address of a ticket: answer the ticket’s notification',
    es: 'este correo no llegó por la dirección firmada de un ticket: responda a la notificación del ticket',
  },
  'not-allowed-move': {
    fr: 'de « {from} » on ne peut pas passer à « {to} » ; possibles : {what}',
    en: 'a ticket cannot go from "{from}" to "{to}"; possible: {what}',
    es: 'de «{from}» no se puede pasar a «{to}»; posibles: {what}',
  },
  'same-ticket': {
    fr: '{what} est ce ticket lui-même',
    en: '{what} is this very ticket',
    es: '{what} es este mismo ticket',
  },
  'no-such-ticket': {
    fr: 'le ticket {what} n’existe pas dans ce service',
    en: 'there is no ticket {what} at this desk',
    es: 'no existe el ticket {what} en este servicio',
  },
  'not-on-ticket': {
    fr: '{what} ne suit pas ce ticket, ou en est le demandeur',
    en: '{what} does not follow this ticket, or is its requester',
    es: '{what} no sigue este ticket, o es su solicitante',
  },
  'text-missing': {
    fr: 'il manque un texte sous la commande',
    en: 'there is no text below the command',
    es: 'falta un texto debajo del comando',
  },
  empty: {
    fr: 'votre message ne contenait ni texte ni pièce jointe : rien n’est parti',
    en: 'your message had neither text nor attachment: nothing was sent',
    es: 'su mensaje no tenía texto ni adjunto: no se ha enviado nada',
  },
  'no-higher-tier': {
    fr: 'il n’y a pas de niveau supérieur ; nommez une file',
    en: 'there is no higher tier; name a queue',
    es: 'no hay un nivel superior; indique una cola',
  },
  'uses-portal': {
    fr: 'dans ce service on répond par le portail : votre texte est conservé, rien n’est parti',
    en: 'agents of this desk answer in the portal: your text is kept, nothing was sent',
    es: 'en este servicio se responde por el portal: su texto se conserva, no se ha enviado nada',
  },
  'internal-text': {
    fr: 'la réponse contenait encore un passage interne de la notification : rien n’est parti, renvoyez-la sans ce passage',
    en: 'the answer still contained an internal part of the notification: nothing was sent, please send it again without it',
    es: 'la respuesta aún contenía una parte interna del aviso: no se ha enviado nada, envíela de nuevo sin ella',
  },
  nobody: {
    fr: 'ce ticket n’a personne à qui répondre',
    en: 'there is nobody on this ticket to answer',
    es: 'no hay nadie en este ticket a quien responder',
  },
  'nothing-to-undo': {
    fr: 'rien à annuler dans les dernières 24 heures',
    en: 'nothing to undo in the last 24 hours',
    es: 'nada que deshacer en las últimas 24 horas',
  },
  'only-supervisors': {
    fr: 'réservé aux superviseurs du service',
    en: 'for supervisors of the desk only',
    es: 'solo para supervisores del servicio',
  },
  'not-group': {
    fr: 'ce type est ouvert par : {what}',
    en: 'this type is opened by: {what}',
    es: 'este tipo lo abre: {what}',
  },
  'not-here': {
    fr: 'cette commande n’existe pas dans ce service',
    en: 'this desk does not have that command',
    es: 'este servicio no tiene ese comando',
  },
  direct: {
    fr: 'le client était en copie : votre réponse n’a pas été relayée une seconde fois',
    en: 'the customer was in copy: your answer was not relayed a second time',
    es: 'el cliente estaba en copia: su respuesta no se ha reenviado otra vez',
  },
  collision: {
    fr: 'le ticket a changé depuis la notification ({what})',
    en: 'the ticket moved since the notification ({what})',
    es: 'el ticket ha cambiado desde la notificación ({what})',
  },
} as const

export type ReceiptWord = keyof typeof receiptWords

const places = /\{(\w+)(?::([^|{}]*)\|([^|{}]*))?\}/g

/** A line of a receipt; English where a language has no words of its own. */
export function receiptLine(
  word: ReceiptWord,
  language: string,
  values: Readonly<Record<string, string>> = {},
): string {
  const words: Readonly<Record<string, string>> = receiptWords[word]
  const spoken = words[language] === undefined ? 'en' : language
  return (words[spoken] ?? '').replace(places, (_all, name: string, one?: string, other?: string) => {
    const value = values[name] ?? ''
    if (one === undefined) return value
    return (new Intl.PluralRules(spoken).select(Number(value)) === 'one' ? one : other) ?? ''
  })
}
