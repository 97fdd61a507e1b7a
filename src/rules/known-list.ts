// Mailing lists and groups through which people write to a desk (Google Groups, Mailman and their kin):
// every mail carries the marks of a list, and still a person wrote it and gets answers as such.

import type { Desk } from '../desks/desk.ts'
import type { InboundMessage } from '../inbound/message.ts'

/** It came through a mailing list or group by which people of the desk write. */
export const throughKnownList = (desk: Desk, message: InboundMessage): boolean =>
  message.origin.kind === 'list' &&
  desk['arrives-through'].some((list) =>
    message.headers.some(
      ([name, value]) => /^list-id$/i.test(name) && value.toLowerCase().includes(list.toLowerCase()),
    ),
  )

/** A person wrote it, as far as the mail tells and the desk says. */
export const ofPerson = (desk: Desk, message: InboundMessage): boolean =>
  message.origin.kind === 'human' || throughKnownList(desk, message)
