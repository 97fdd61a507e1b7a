// Signed choices of staff by mail: release or discard a held mail, make its sender a contact or a participant, settle an uncertain
// delivery, undo. Each token was sent to one directory address; it acts once, because what it acts on is settled then.

import type { Staff } from '../desks/desk.ts'
import type { Purpose } from '../mail/token.ts'
import { carryOut } from './agent-commands.ts'
import type { Receipt } from './command-run.ts'
import { finding } from './finding.ts'
import { readHoldAnswer } from './hold-answer.ts'
import { conclude, hold, type Judgement, languageFor, mail, say } from './judgement.ts'
import { toStaff } from './notify.ts'
import { welcome } from './people-commands.ts'
import { type ReceiptWord, receiptLine } from './receipt-words.ts'

const staffPurposes: readonly Purpose[] = ['r', 'd', 'k', 'p', 'x', 'v', 'z']

export function staffChoice(judgement: Judgement, agent: Staff): boolean {
  const { context, decision } = judgement
  const carried = context.carried.find((c) => c.carrier === 'address' && staffPurposes.includes(c.signed.purpose))
  if (!carried) return false
  const { signed } = carried
  const mine = [agent.address, ...agent.also].some(
    (address) => (context.people.get(address)?.id ?? 0) === signed.person,
  )
  if (!mine || context.authentication.result === 'fail') {
    hold(
      judgement,
      'choice',
      mine ? 'authentication-failed' : 'agent-not-of-desk',
      finding('staff-choice-by-another'),
      {
        release: 'record',
      },
    )
    return conclude(judgement, 'held')
  }
  if (judgement.event.message.origin.vacation) {
    // An absence notice answers the hold mail like any other: it confirms nothing (T28).
    hold(judgement, 'choice', 'agent-vacation', finding('absence-chooses'), { release: 'record' })
    return conclude(judgement, 'held')
  }
  const receipt: Receipt = { done: [], failed: [] }
  const language = languageFor(context.desk, agent.language)
  const done = (word: ReceiptWord, values: Readonly<Record<string, string>> = {}): void => {
    receipt.done.push(receiptLine(word, language, values))
  }
  const notDone = (word: ReceiptWord): void => {
    receipt.failed.push({ line: '', why: receiptLine(word, language), instead: '' })
  }
  const found = context.holds.find((h) => h.id === signed.id)
  const ticket =
    context.candidates.find((c) => c.ticket.number === (signed.purpose === 'z' ? signed.id : found?.ticket))?.ticket ??
    null
  const spoken = signed.purpose === 'r' ? readHoldAnswer(judgement.event.message, found?.author !== null) : null
  const purpose = spoken === 'discard' ? 'd' : signed.purpose
  switch (purpose) {
    case 'r':
    case 'k':
    case 'p': {
      if (found?.state !== 'open') {
        notDone('settled')
        break
      }
      if (spoken === 'unclear') {
        notDone('which-word')
        break
      }
      const sender = context.heldSender
      if ((purpose === 'k' || purpose === 'p') && sender) {
        if (purpose === 'k') {
          decision.contacts.push({ address: sender.address, name: sender.name, attributes: {} })
          done('registered', { what: sender.address })
        } else if (ticket) {
          const before = ticket.participants
          carryOut(
            { judgement, agent, language, ticket, rest: '', receipt },
            { name: 'cc', addresses: [sender.address] },
            '',
          )
          welcome(judgement, agent, ticket, before, [])
        }
      }
      decision.again = { hold: found.id, as: found.release, by: agent.address }
      say(judgement, 'choice', 'release', `${agent.address} releases the held mail ${found.id}.`)
      done(found.release === 'record' ? 'kept-for-record' : 'released')
      break
    }
    case 'd':
      if (found?.state !== 'open') {
        notDone('settled')
        break
      }
      decision.settled.push({ hold: found.id, state: 'discarded', by: agent.address })
      say(judgement, 'choice', 'discard', `${agent.address} discards the held mail ${found.id}; its original is kept.`)
      done('discarded')
      break
    case 'x':
    case 'v':
      decision.deliveries.push({
        outbound: signed.id,
        act: signed.purpose === 'x' ? 'resolve' : 'retry',
        by: agent.address,
      })
      say(
        judgement,
        'choice',
        signed.purpose === 'x' ? 'arrived' : 'again',
        `${agent.address} settles the uncertain delivery ${signed.id}.`,
      )
      done(signed.purpose === 'x' ? 'delivery-arrived' : 'delivery-again')
      break
    default:
      if (ticket) carryOut({ judgement, agent, language, ticket, rest: '', receipt }, { name: 'undo' }, 'undo')
  }
  mail(judgement, {
    ...toStaff(context, agent),
    template: 'agent-receipt',
    automatic: 'auto-replied',
    ticket,
    inReplyTo: judgement.event.message.messageId,
    data: { done: receipt.done, failed: receipt.failed, relayedTo: [], dropped: [] },
  })
  return conclude(judgement, 'commanded')
}
