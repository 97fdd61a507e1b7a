// Randomness, which the core gets as an argument.

import { randomBytes } from 'node:crypto'

const base32 = 'abcdefghijklmnopqrstuvwxyz234567'
const throwLength = 24

/** Throws of 24 letters each from the system's dice, many fetched at a time: asking for each is dear. */
export function createDice(): () => string {
  let thrown = ''
  return () => {
    if (thrown === '') for (const byte of randomBytes(64 * throwLength)) thrown += base32[byte & 31]
    const letters = thrown.slice(0, throwLength)
    thrown = thrown.slice(throwLength)
    return letters
  }
}
