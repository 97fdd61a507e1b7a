/** Waits for something that ends by itself, and no longer than `ms`; how it ends is its own business. */
export async function within(ms: number, ending: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([ending.catch(() => undefined), patience])
  clearTimeout(timer)
}
