// How a desk's YAML names things and people.

import { z } from 'zod'

/** The key of a queue, a team, a list …: it stands in conditions, commands and addresses. */
export const key = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'a name is lower-case letters, digits and hyphens')

/** An address, in small letters as addresses are compared. */
export const mailbox = z
  .string()
  .regex(/^[^\s@<>"]+@[^\s@<>"]+$/, 'an address reads name@example.org')
  .transform((text) => text.toLowerCase())
