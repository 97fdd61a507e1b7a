// Why a command was not understood, and what to write instead, in the agent's language.

export type Refusal =
  | { readonly code: 'missing' }
  | { readonly code: 'surplus'; readonly given: string }
  | { readonly code: 'unknown-name'; readonly given: string; readonly near: readonly string[] }
  | { readonly code: 'ambiguous-name'; readonly given: string; readonly near: readonly string[] }
  | { readonly code: 'no-address'; readonly given: string }
  | { readonly code: 'no-date'; readonly given: string }
  | { readonly code: 'past-date'; readonly given: string }
  | { readonly code: 'no-time'; readonly given: string }
  | { readonly code: 'no-minutes'; readonly given: string }
  | { readonly code: 'no-number'; readonly given: string }
  | { readonly code: 'no-ticket'; readonly given: string; readonly prefix: string }
  | { readonly code: 'other-desk'; readonly given: string }
  | { readonly code: 'unknown-command'; readonly given: string; readonly near: readonly string[] }
  | { readonly code: 'too-many' }
  | { readonly code: 'text-twice' }

type Sentences = { readonly [C in Refusal['code']]: (refusal: Extract<Refusal, { code: C }>) => string }

const list = (near: readonly string[]) => near.join(', ')

const english: Sentences = {
  missing: () => 'something is missing after the command',
  surplus: (r) => `this command takes nothing after it, but “${r.given}” stands there; write the text on the next line`,
  'unknown-name': (r) => `“${r.given}” is not known here${r.near.length > 0 ? `; known: ${list(r.near)}` : ''}`,
  'ambiguous-name': (r) => `“${r.given}” may be several: ${list(r.near)}`,
  'no-address': (r) => `“${r.given}” is no e-mail address`,
  'no-date': (r) => `“${r.given}” is no date; write it as 2026-12-31, friday, tomorrow or 3d`,
  'past-date': (r) => `${r.given} is over`,
  'no-time': (r) => `“${r.given}” is no time of day; write it as 14:30`,
  'no-minutes': (r) => `“${r.given}” is no amount of time; write 30 or 1h30`,
  'no-number': (r) => `“${r.given}” is no number`,
  'no-ticket': (r) => `“${r.given}” is no ticket; write ${r.prefix}-12 or 12`,
  'other-desk': (r) => `“${r.given}” belongs to another desk`,
  'unknown-command': (r) => `there is no command “${r.given}”${r.near.length > 0 ? `; perhaps ${list(r.near)}` : ''}`,
  'too-many': () => 'a mail may hold 50 commands at most',
  'text-twice': () => 'two commands claim the text below; send them in two mails',
}

const french: Sentences = {
  missing: () => 'il manque quelque chose après la commande',
  surplus: (r) =>
    `rien ne doit suivre cette commande, or « ${r.given} » la suit ; écrivez le texte à la ligne suivante`,
  'unknown-name': (r) => `« ${r.given} » est inconnu ici${r.near.length > 0 ? ` ; connus : ${list(r.near)}` : ''}`,
  'ambiguous-name': (r) => `« ${r.given} » peut désigner plusieurs choses : ${list(r.near)}`,
  'no-address': (r) => `« ${r.given} » n’est pas une adresse électronique`,
  'no-date': (r) => `« ${r.given} » n’est pas une date ; écrivez 31/12/2026, vendredi, demain ou 3d`,
  'past-date': (r) => `le ${r.given} est passé`,
  'no-time': (r) => `« ${r.given} » n’est pas une heure ; écrivez 14:30 ou 14h30`,
  'no-minutes': (r) => `« ${r.given} » n’est pas une durée ; écrivez 30 ou 1h30`,
  'no-number': (r) => `« ${r.given} » n’est pas un nombre`,
  'no-ticket': (r) => `« ${r.given} » n’est pas une demande ; écrivez ${r.prefix}-12 ou 12`,
  'other-desk': (r) => `« ${r.given} » appartient à un autre service`,
  'unknown-command': (r) =>
    `la commande « ${r.given} » n’existe pas${r.near.length > 0 ? ` ; peut-être ${list(r.near)}` : ''}`,
  'too-many': () => 'un message contient 50 commandes au plus',
  'text-twice': () => 'deux commandes réclament le texte qui suit ; envoyez-les en deux messages',
}

const spanish: Sentences = {
  missing: () => 'falta algo después del comando',
  surplus: (r) => `este comando no lleva nada detrás, pero sigue «${r.given}»; escriba el texto en la línea siguiente`,
  'unknown-name': (r) => `«${r.given}» no se conoce aquí${r.near.length > 0 ? `; se conocen: ${list(r.near)}` : ''}`,
  'ambiguous-name': (r) => `«${r.given}» puede ser varias cosas: ${list(r.near)}`,
  'no-address': (r) => `«${r.given}» no es una dirección de correo`,
  'no-date': (r) => `«${r.given}» no es una fecha; escriba 31/12/2026, viernes, mañana o 3d`,
  'past-date': (r) => `el ${r.given} ya pasó`,
  'no-time': (r) => `«${r.given}» no es una hora; escriba 14:30`,
  'no-minutes': (r) => `«${r.given}» no es una duración; escriba 30 o 1h30`,
  'no-number': (r) => `«${r.given}» no es un número`,
  'no-ticket': (r) => `«${r.given}» no es una solicitud; escriba ${r.prefix}-12 o 12`,
  'other-desk': (r) => `«${r.given}» pertenece a otra mesa de ayuda`,
  'unknown-command': (r) => `el comando «${r.given}» no existe${r.near.length > 0 ? `; quizá ${list(r.near)}` : ''}`,
  'too-many': () => 'un mensaje lleva 50 comandos como máximo',
  'text-twice': () => 'dos comandos reclaman el texto que sigue; envíelos en dos mensajes',
}

/** The refusal as a sentence without a full stop, in French, Spanish or else English. */
export function refusalText(refusal: Refusal, language: string): string {
  const sentences = language === 'fr' ? french : language === 'es' ? spanish : english
  const say = sentences[refusal.code] as (refusal: Refusal) => string
  return say(refusal)
}
