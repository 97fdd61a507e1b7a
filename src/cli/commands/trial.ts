// Commands that show how it works, without a mailbox.

import type { Command } from 'commander'
import { examples, type Run } from './run.ts'

export function addTrial(program: Command, run: Run): void {
  program
    .command('demo')
    .description(
      'a conversation with each example desk over real SMTP, with virtual time, printed as people would read it',
    )
    .option('--desk <key...>', 'only these desks')
    .addHelpText('after', examples('demo', 'demo --desk KEY'))
    .action(run(async () => (await import('../demo.ts')).demo))
  const attempt = program
    .command('try')
    .description('be customer and agent of the running gateway, without any mailbox; asks when called alone')
    .addHelpText(
      'after',
      examples(
        'try',
        'try send --as ana@example.test --to KEY@guichet.test --subject "A question" --text "How much is it?"',
        'try read --as ana@example.test',
        'try reply 1 --as ana@example.test --text "Thank you"',
      ),
    )
  attempt
    .command('send')
    .description('write a mail to a desk')
    .requiredOption('--as <address>', 'who you are')
    .requiredOption('--to <address>', 'the desk')
    .requiredOption('--subject <text>')
    .requiredOption('--text <text>')
    .action(run(async () => (await import('../try.ts')).trySend))
  attempt
    .command('read')
    .description('the mails that the gateway has sent to somebody, newest last')
    .requiredOption('--as <address>', 'who you are')
    .option('--last <n>', 'only the last so many')
    .action(run(async () => (await import('../try.ts')).tryRead))
  attempt
    .command('reply')
    .description('answer a mail, as a mail client would')
    .argument('<n>', 'its number in `try read`')
    .requiredOption('--as <address>', 'who you are')
    .requiredOption('--text <text>')
    .action(run(async () => (await import('../try.ts')).tryReply))
  attempt.action(run(async () => (await import('../try-session.ts')).trySession))
}
