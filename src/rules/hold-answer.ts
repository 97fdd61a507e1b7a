// What somebody answers to the mail about a held one. The author of a held answer confirms it with any word; whoever was only told of
// a held mail has to say which, because a mail client's answer button is pressed for many reasons.

import type { InboundMessage } from '../inbound/message.ts'

export type HoldAnswer = 'release' | 'discard' | 'unclear'

const yes = /^(?:release|yes|ok|okay|send|oui|lib[ée]rer|envoyer|s[ií]|liberar|enviar)(?![\p{L}\p{N}])/iu
const no = /^(?:discard|no|not mine|delete|non|[ée]carter|supprimer|descartar|eliminar)(?![\p{L}\p{N}])/iu

/** `authors`: the hold mail went to the author of the held mail. A new mail to the signed address is the link that was offered. */
export function readHoldAnswer(
  message: Pick<InboundMessage, 'replyText' | 'inReplyTo' | 'references'>,
  authors: boolean,
): HoldAnswer {
  const first = message.replyText.slice(0, 2000).trimStart()
  if (no.test(first)) return 'discard'
  const answers = message.inReplyTo.length > 0 || message.references.length > 0
  if (authors || !answers || yes.test(first)) return 'release'
  return 'unclear'
}
