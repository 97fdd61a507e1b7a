import { SMTPServer } from 'smtp-server'
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js'

/** Replies that carry an enhanced status code of their own (RFC 3463), where the library would choose a less exact one. */
const OWN_STATUS = /^[245]\.\d{1,3}\.\d{1,3} /

/** Greets at once: the library waits 100 ms for clients that talk too soon, which costs a server that trusts no client anyway. */
class PromptConnection extends SMTPConnection {
  override init(): void {
    this._setListeners(() => {
      const { maxClients } = this._server.options
      if (maxClients !== undefined && this._server.connections.size > maxClients)
        this.send(421, `${this.name} too many connections, try again in a moment`, false)
      else this.connectionReady()
    })
  }

  override send(code: number, data?: string | string[], context?: string | false): void {
    super.send(code, data, typeof data === 'string' && OWN_STATUS.test(data) ? false : context)
  }
}

/** smtp-server with prompt connections. */
export class PromptServer extends SMTPServer {
  override connect(...[socket, options]: Parameters<SMTPServer['connect']>): void {
    const connection = new PromptConnection(this, socket, options)
    this.connections.add(connection)
    connection.on('error', (error: Error) => this._onError(error))
    connection.on('connect', (info: Parameters<SMTPServer['_onClientConnect']>[0]) => this._onClientConnect(info))
    connection.init()
  }

  /** The open connection of a session. */
  connectionOf(session: string): SMTPConnection | undefined {
    for (const connection of this.connections) if (connection.id === session) return connection
    return undefined
  }
}
