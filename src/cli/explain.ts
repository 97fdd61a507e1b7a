// `guichet explain`: what is understood of mails and what would become of them, with every rule's conditions. Changes nothing.

import { readFile } from 'node:fs/promises'
import { consider } from '../gateway/consider.ts'
import type { RunningInstance } from '../gateway/running-desk.ts'
import type { Envelope, InboundMessage } from '../inbound/message.ts'
import { parseMail } from '../inbound/parse.ts'
import { deskOf } from '../inbound/route.ts'
import { explanationLines } from '../rules/explain-rule.ts'
import { withConfiguration } from './configuration.ts'
import { decisionOf } from './decision-json.ts'
import { describeReading, explainReading } from './explain-reading.ts'
import { authenticatorOf, instanceOf, keysOf } from './parts.ts'
import { deskArgument, plain } from './print.ts'

export interface ExplainOptions {
  readonly parseOnly?: true
  readonly desk?: string
  readonly json?: true
}

export async function explain(files: readonly string[], options: ExplainOptions): Promise<number> {
  if (options.parseOnly) {
    for await (const line of explainReading(files, { json: options.json ?? false })) process.stdout.write(`${line}\n`)
    return 0
  }
  return withConfiguration(async ({ sql, configuration, environment }) => {
    if (options.desk !== undefined) deskArgument(configuration, options.desk)
    const instance = instanceOf(configuration, await keysOf(environment), environment.publicUrl ?? '')
    const authenticate = authenticatorOf(configuration)
    let status = 0
    for (const file of files) {
      const bytes = await readFile(file).catch(() => null)
      if (bytes === null) {
        status = 1
        process.stdout.write(
          options.json
            ? `${JSON.stringify({ file, ok: false, error: 'the file cannot be opened' })}\n`
            : `${file}: cannot be opened\n`,
        )
        continue
      }
      const message = await parseMail(bytes)
      const envelope = envelopeOf(message, file)
      const authentication = await authenticate(
        { desk: '', raw: 0, receipt: 0, attempt: 1, bytes, envelope },
        { ok: true, message },
        envelope.receivedAt,
      )
      const key = options.desk ?? deskFor(instance, message)
      const running = key === undefined ? undefined : instance.desks.get(key)
      const considered = running
        ? await consider(sql, instance, { running, raw: 0, message, envelope, authentication }, envelope.receivedAt)
        : null
      if (options.json) {
        process.stdout.write(
          `${JSON.stringify({ ...describeReading(file, message), decision: decisionOf(running?.desk ?? null, considered?.decision ?? null) })}\n`,
        )
        continue
      }
      const lines = [
        `${file}`,
        `  from            ${message.from?.address ?? `nobody who can be trusted (${message.fromProblem ?? ''})`}`,
        `  subject         ${plain(message.subject)}`,
        `  authentication  ${authentication.result}: ${authentication.detail}`,
        `  desk            ${key ?? 'none: no recipient is an address of a desk (--desk KEY judges it as mail to one)'}`,
      ]
      if (considered && running) {
        lines.push(
          '  rules',
          ...considered.rules.flatMap((rule) => explanationLines(rule).map((line) => `    ${line}`)),
          '  why',
          ...considered.decision.trail.map((t) => `    ${t.at}: ${t.why}`),
          `  outcome         ${considered.decision.outcome}`,
        )
        for (const mail of considered.decision.mails)
          lines.push(
            `  mail            ${mail.template} to ${mail.to.address}${mail.automatic ? ` (${mail.automatic})` : ''}`,
          )
      }
      process.stdout.write(`${lines.join('\n')}\n`)
    }
    return status
  })
}

function deskFor(instance: RunningInstance, message: InboundMessage): string | undefined {
  for (const address of message.recipients) {
    const desk = deskOf(instance.addressBook, address)
    if (desk !== undefined) return desk
  }
  return undefined
}

/** As if it had come by SMTP from this machine. */
function envelopeOf(message: InboundMessage, file: string): Envelope {
  return {
    source: 'smtp',
    sourceId: `explain:${file}`,
    account: 'smtp',
    mailFrom: message.from?.address ?? '',
    rcptTo: message.recipients,
    ip: '127.0.0.1',
    helo: 'localhost',
    authUser: null,
    receivedAt: new Date(),
  }
}
