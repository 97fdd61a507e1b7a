// How a command is registered: its work is loaded when it is called, and not before.

/** A command; the number it may give is its exit status. */
type Work<A extends readonly unknown[]> = (...args: A) => Promise<unknown>

/** Makes an action of work that is still to be loaded. */
export type Run = <A extends readonly unknown[]>(load: () => Promise<Work<A>>) => (...args: A) => Promise<void>

/** An action that tells `ended` the exit status of its work. */
export function runner(ended: (status: number) => void): Run {
  return (load) =>
    async (...args) => {
      const status = await (await load())(...args)
      ended(typeof status === 'number' ? status : 0)
    }
}

/** Examples under the help of a command, as one would type them. */
export const examples = (...lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  ./script/guichet ${line}`).join('\n')}\n`
