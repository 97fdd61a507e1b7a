// A reading thread that needs half a second before it looks at its first mail.
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)
await import('./stubborn-worker.mjs')
