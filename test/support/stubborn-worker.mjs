// A reading thread whose mails say what goes wrong: HANG never returns, EXIT ends the thread, THROW throws, GROW eats memory.
import { parentPort } from 'node:worker_threads'

const minimal = { problem: null }

parentPort.on('message', ({ jobs, progress }) => {
  const results = []
  for (const [n, job] of jobs.entries()) {
    Atomics.store(progress, 0, n)
    const order = Buffer.from(job.bytes).toString('latin1').split('\r\n\r\n')[1] ?? ''
    if (order.startsWith('HANG')) while (order !== '') order.charCodeAt(0)
    if (order.startsWith('EXIT')) process.exit(3)
    if (order.startsWith('THROW')) throw new Error('broken')
    if (order.startsWith('GROW')) for (const kept = []; kept !== undefined; ) kept.push(new Array(100_000).fill(n))
    results.push({ id: job.id, message: minimal })
  }
  parentPort.postMessage({ kind: 'parsed', results, last: true })
})
