// Serving the pages.

import { createServer } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'
import type { WebEnv } from './answer.ts'

export interface WebListener {
  readonly host: string
  /** The port really used, also when 0 was asked for. */
  readonly port: number
  /** Stops listening and ends what is open, at the latest after two seconds. */
  readonly close: () => Promise<void>
}

/** Listens; rejects with what the system says when the address cannot be had. */
export async function listenWeb(app: Hono<WebEnv>, at: { host: string; port: number }): Promise<WebListener> {
  const server = createAdaptorServer({
    fetch: app.fetch,
    hostname: at.host,
    createServer,
    serverOptions: { maxHeaderSize: 16_384, headersTimeout: 10_000, requestTimeout: 20_000, keepAliveTimeout: 5_000 },
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(at.port, at.host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const address = server.address()
  return {
    host: at.host,
    port: typeof address === 'object' && address !== null ? address.port : at.port,
    close: () =>
      new Promise<void>((resolve, reject) => {
        const end = setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), 2_000)
        end.unref()
        server.close((error) => {
          clearTimeout(end)
          if (error) reject(error)
          else resolve()
        })
        if ('closeIdleConnections' in server) server.closeIdleConnections()
      }),
  }
}
