// Pictures of signatures: the same small image in mail after mail. Recognised by repetition, hidden from lists, never deleted.

import type { InboundAttachment } from './message.ts'

/** Entries of a desk that already held the same picture, from which on it counts as a logo. */
export const logoFrom = 3
const MAX_LOGO = 64 * 1024

/** True for an attachment that could be a logo at all: an image of at most 64 KB. A screenshot is rarely so small, and never sent three times. */
export function mayBeLogo(attachment: Pick<InboundAttachment, 'contentType' | 'size'>): boolean {
  return attachment.contentType.startsWith('image/') && attachment.size <= MAX_LOGO
}
