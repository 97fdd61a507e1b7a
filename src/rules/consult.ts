// What somebody outside answers whom an agent asked for advice: it stays among the staff.

import { mailEntry } from './entry.ts'
import { conclude, type Judgement, languageFor, newText, say, sheetOf } from './judgement.ts'
import { filesOf, mailFacts } from './mail-facts.ts'
import { historyOf, staffOf, tellStaff } from './notify.ts'

const words: Readonly<Record<string, string>> = {
  fr: 'Réponse d’une personne consultée : le demandeur ne la voit pas.',
  en: 'Answer of somebody who was consulted: the requester does not see it.',
  es: 'Respuesta de una persona consultada: el solicitante no la ve.',
}

/** True when the mail carries the signed address that its very author was asked at; a forwarded one is a stranger’s mail. */
export function consultAnswer(judgement: Judgement): boolean {
  const { context, event } = judgement
  const { sender } = context
  const asked = context.carried.find(({ signed }) => signed.purpose === 'q' && signed.person === sender?.id)
  const ticket = context.candidates.find((c) => c.signed === asked?.signed)?.ticket
  if (!asked || !ticket || context.authentication.result === 'fail') return false
  const sheet = sheetOf(judgement, ticket)
  sheet.entries.push(mailEntry(judgement, { kind: 'note', public: false, data: { consulted: sender?.address ?? '' } }))
  say(
    judgement,
    'consult',
    'answered',
    `${sender?.address ?? ''} was asked for advice on ticket ${ticket.number}: only staff see the answer.`,
  )
  for (const staff of staffOf(context, ticket)) {
    const language = languageFor(context.desk, staff.language)
    tellStaff(
      judgement,
      [staff],
      'agent-customer-mail',
      ticket,
      {
        ...mailFacts(judgement, ticket),
        text: newText(event),
        notes: [words[language] ?? words.en ?? ''],
        history: historyOf(context, ticket, language),
      },
      { attachments: filesOf(event) },
    )
  }
  return conclude(judgement, 'noted')
}
