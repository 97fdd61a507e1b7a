import { createRequire } from 'node:module'
import type { AddressInfo, Server } from 'node:net'
import { type ParsedMail, simpleParser } from 'mailparser'

/** A mail that arrived: envelope, bytes as they came (but for the last line end), and read. */
export interface Caught {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: string
  readonly mail: ParsedMail
}

export interface Sink {
  readonly port: number
  /** Everything that arrived, in order. */
  readonly caught: readonly Caught[]
  /** The mails to an address so far. */
  readonly to: (address: string) => readonly Caught[]
  /** Waits until `count` mails to the address are there; all of them. */
  readonly wait: (address: string, count?: number) => Promise<readonly Caught[]>
  readonly close: () => Promise<void>
}

interface TesterMail {
  readonly sender: string
  readonly receivers: Readonly<Record<string, true>>
  readonly data: string
}

interface Tester {
  readonly smtpServer: { readonly server: Server; readonly close: (done: () => void) => void }
  readonly bind: (handler: (address: string | null, id: number, email: TesterMail) => void) => void
}

/** An SMTP server that takes every mail, on a port of its own: smtp-tester. */
export async function startSink(): Promise<Sink> {
  const { init } = createRequire(import.meta.url)('smtp-tester') as { init: (port: number) => Tester }
  const tester = init(0)
  const { server } = tester.smtpServer
  if (!server.listening) await new Promise<void>((resolve) => server.once('listening', () => resolve()))
  const caught: Caught[] = []
  let waiting: (() => void)[] = []
  tester.bind((_address, _id, email) => {
    void simpleParser(email.data, { skipTextToHtml: true, skipHtmlToText: true }).then((mail) => {
      caught.push({ from: email.sender, to: Object.keys(email.receivers), raw: email.data, mail })
      const all = waiting
      waiting = []
      for (const wake of all) wake()
    })
  })
  const to = (address: string): readonly Caught[] => caught.filter((mail) => mail.to.includes(address))
  return {
    port: (server.address() as AddressInfo).port,
    caught,
    to,
    wait: async (address, count = 1) => {
      while (to(address).length < count) await new Promise<void>((resolve) => waiting.push(resolve))
      return to(address)
    },
    close: () => new Promise<void>((resolve) => tester.smtpServer.close(resolve)),
  }
}
