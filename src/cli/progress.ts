// How far a long work is: a bar that is drawn over on a terminal, a line every tenth elsewhere.

/** `process.stderr` fits. */
export interface ProgressOutput {
  readonly write: (text: string) => unknown
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

export interface Progress {
  /** `done` of the total, with a few words. */
  readonly at: (done: number, words: string) => void
  /** Ends the line of the bar. */
  readonly end: () => void
}

const REDRAW_MS = 100

export function createProgress(options: {
  readonly out: ProgressOutput
  /** Milliseconds of any clock that never goes back. */
  readonly ticks: () => number
  readonly total: number
  readonly unit: 'bytes' | 'files'
}): Progress {
  const { out, ticks, total, unit } = options
  const terminal = out.isTTY === true
  const startedAt = ticks()
  let drawnAt = Number.NEGATIVE_INFINITY
  let tenth = 0
  let pending = ''

  const rate = (done: number): string => {
    const seconds = Math.max(0.001, (ticks() - startedAt) / 1000)
    return unit === 'bytes' ? `${(done / 1e6 / seconds).toFixed(1)} MB/s` : `${Math.round(done / seconds)} files/s`
  }
  return {
    at(done, words) {
      const part = total === 0 ? 1 : Math.min(1, done / total)
      const percent = `${Math.floor(part * 100)} %`.padStart(5)
      if (!terminal) {
        if (Math.floor(part * 10) <= tenth) return
        tenth = Math.floor(part * 10)
        out.write(`${percent.trim()}: ${words}, ${rate(done)}\n`)
        return
      }
      const tail = ` ${percent}  ${words}, ${rate(done)}`
      const width = Math.max(10, Math.min(40, (out.columns ?? 80) - tail.length - 3))
      const full = Math.round(part * width)
      pending = `\r[${'#'.repeat(full)}${'-'.repeat(width - full)}]${tail}\u001b[K`
      if (ticks() - drawnAt < REDRAW_MS && part < 1) return
      drawnAt = ticks()
      out.write(pending)
      pending = ''
    },
    end() {
      if (terminal) out.write(`${pending}\n`)
    },
  }
}
