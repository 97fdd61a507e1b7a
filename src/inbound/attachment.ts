// An attachment with its bytes, while a mail is being read, and what the rest of the program keeps of it.

import { createHash } from 'node:crypto'
import type { InboundAttachment } from './message.ts'

/** One decoded attachment with its bytes. */
export interface AttachmentContent {
  readonly filename: string | null
  readonly contentType: string
  readonly content: Buffer
  readonly inline: boolean
  readonly contentId: string | null
}

/** What the rest of the program keeps of an attachment. */
export function describeAttachment(attachment: AttachmentContent, index: number): InboundAttachment {
  return {
    filename: attachment.filename,
    contentType: attachment.contentType,
    size: attachment.content.length,
    sha256: createHash('sha256').update(attachment.content).digest('hex'),
    inline: attachment.inline,
    contentId: attachment.contentId,
    index,
  }
}
