/** Octets that mails in transfer may hold together, in memory or on disk; one budget for all listeners of a process. */
export interface ByteBudget {
  /** False, and nothing taken, when it would not fit. */
  readonly take: (bytes: number) => boolean
  readonly give: (bytes: number) => void
  readonly full: () => boolean
  readonly used: () => number
}

export function createByteBudget(max: number): ByteBudget {
  let used = 0
  return {
    take(bytes) {
      if (used + bytes > max) return false
      used += bytes
      return true
    },
    give(bytes) {
      used -= bytes
    },
    full: () => used >= max,
    used: () => used,
  }
}
