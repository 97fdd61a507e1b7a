import { storable } from '../mail/storable.ts'

/** Text of a mail or a server as a column of ours keeps it: at most 4,000 characters. */
export function storableText(text: string): string {
  return storable(text.slice(0, 4000))
}
