// What a mail leaves in a ticket's history.

import type { EntryAttachment, EntryDraft } from '../tickets/ticket.ts'
import type { Context, MailEvent } from './context.ts'

/** An entry with the mail's text, quote and signature kept apart; reply + quote + signature are the whole mail. */
export function mailEntry(
  { event, context }: { readonly event: MailEvent; readonly context: Context },
  options: {
    readonly kind: EntryDraft['kind']
    readonly public: boolean
    readonly data?: Readonly<Record<string, unknown>>
    readonly text?: string
  },
): EntryDraft {
  const { message } = event
  const attachments: EntryAttachment[] = message.attachments.map((a) => ({
    filename: a.filename,
    contentType: a.contentType,
    size: a.size,
    sha256: a.sha256,
    inline: a.inline,
    contentId: a.contentId,
    index: a.index,
  }))
  const marks: Record<string, unknown> = {
    subject: message.subject,
    ...(message.problem ? { problem: message.problem } : {}),
    ...(message.doubts ? { doubts: message.doubts } : {}),
  }
  if (options.kind === 'customer') marks.authentication = context.authentication.result
  const wantsReplyAt = message.replyTo.map((a) => a.address).filter((address) => address !== message.from?.address)
  if (wantsReplyAt.length > 0) marks.replyTo = wantsReplyAt.slice(0, 5)
  return {
    kind: options.kind,
    public: options.public,
    author: message.from?.address ?? null,
    authorName: context.sender?.contact?.name || message.from?.name || '',
    text: options.text ?? (message.replyText || message.text),
    quoted: message.quotedText,
    signature: message.signature,
    attachments,
    data: { ...marks, ...options.data },
  }
}

/** A line the gateway writes itself. */
export function systemEntry(text: string, data: Readonly<Record<string, unknown>> = {}, isPublic = false): EntryDraft {
  return {
    kind: 'system',
    public: isPublic,
    author: null,
    authorName: '',
    text,
    quoted: '',
    signature: '',
    attachments: [],
    data,
  }
}
