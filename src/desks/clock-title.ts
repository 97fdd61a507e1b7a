// What staff call a clock.

import type { Desk } from './desk.ts'
import { textIn } from './text.ts'

/** The title that the desk gives a clock, in the reader's language; its name when it gives none. */
export const clockTitle = (desk: Pick<Desk, 'clocks' | 'language'>, name: string, language: string): string =>
  textIn(desk.clocks.find((clock) => clock.name === name)?.title, language, desk.language) || name
