import { createKeys } from '../../../src/mail/token.ts'
import type { ComposeSettings } from '../../../src/outbound/compose.ts'

/** Settings of an invented gateway for composing with `templates`; nothing is signed. */
export const settingsWith = (templates: ComposeSettings['templates']): ComposeSettings => ({
  templates,
  keys: createKeys(['secret']),
  publicUrl: 'https://desk.test',
  replyDomain: 'reply.desk.test',
  signer: null,
})
