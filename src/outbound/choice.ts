// Signed choices as templates name them.

import type { Purpose } from '../mail/token.ts'

/** Name in templates (`choice.confirm`) of the purposes that are choices, and what their token refers to. */
export const choices = {
  m: { name: 'mute', of: 'ticket' },
  u: { name: 'unmute', of: 'ticket' },
  y: { name: 'confirm', of: 'ticket' },
  n: { name: 'refute', of: 'ticket' },
  ok: { name: 'approve', of: 'ticket' },
  no: { name: 'refuse', of: 'ticket' },
  r: { name: 'release', of: 'row' },
  d: { name: 'discard', of: 'row' },
  k: { name: 'register', of: 'row' },
  p: { name: 'participant', of: 'row' },
  z: { name: 'undo', of: 'ticket' },
  g: { name: 'good', of: 'ticket' },
  h: { name: 'bad', of: 'ticket' },
  j: { name: 'join', of: 'ticket' },
  x: { name: 'arrived', of: 'row' },
  v: { name: 'again', of: 'row' },
} as const satisfies Partial<Record<Purpose, { readonly name: string; readonly of: 'ticket' | 'row' }>>

export type ChoicePurpose = keyof typeof choices

export const isChoice = (purpose: Purpose): purpose is ChoicePurpose => Object.hasOwn(choices, purpose)
