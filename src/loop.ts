// A loop that runs a turn when it is woken or at the latest after a pause, one turn at a time. Tests call the turn itself.

export interface Loop {
  readonly start: () => void
  /** Runs a turn soon; while one runs, another follows it. */
  readonly wake: () => void
  /** Takes no new turn and waits for the running one. */
  readonly stop: () => Promise<void>
}

/** `turn` says how much it did: more than nothing means that it is run again at once. */
export function createLoop(options: {
  readonly turn: () => Promise<number>
  readonly pauseMs: number
  readonly failed: (error: unknown) => void
}): Loop {
  let going = false
  let woken = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | null = null
  const schedule = (ms: number): void => {
    clearTimeout(timer)
    if (going) timer = setTimeout(run, ms)
  }
  const run = (): void => {
    if (running || !going) return
    woken = false
    running = (async () => {
      let pause = options.pauseMs
      try {
        if ((await options.turn()) > 0) pause = 0
      } catch (error) {
        options.failed(error)
      }
      running = null
      schedule(woken ? 0 : pause)
    })()
  }
  return {
    start: () => {
      going = true
      schedule(0)
    },
    wake: () => {
      woken = true
      if (!running) schedule(0)
    },
    stop: async () => {
      going = false
      clearTimeout(timer)
      await running
    },
  }
}
