// Many callers, one statement: what is asked for while a statement runs goes into the next one together.

/** `work` gets all items that came since it last began, and answers in the same order; callers wait for their own answer. */
export function groupCommit<T, R>(work: (items: readonly T[]) => Promise<readonly R[]>): (item: T) => Promise<R> {
  let waiting: {
    readonly item: T
    readonly resolve: (result: R) => void
    readonly reject: (error: unknown) => void
  }[] = []
  let running = false
  const run = async (): Promise<void> => {
    running = true
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      try {
        const results = await work(batch.map((entry) => entry.item))
        batch.forEach((entry, i) => {
          const result = results[i]
          if (result === undefined) entry.reject(new Error('no answer for an item of a batch'))
          else entry.resolve(result)
        })
      } catch (error) {
        for (const entry of batch) entry.reject(error)
      }
    }
    running = false
  }
  return (item) =>
    new Promise<R>((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (!running) void run()
    })
}
