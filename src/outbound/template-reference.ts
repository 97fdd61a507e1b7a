// docs/templates.md, printed from the same lists that templates are checked against.

import { choices } from './choice.ts'
import { commonTexts, commonVariables, extraVariables } from './common-variables.ts'
import { footers, templateData } from './template-data.ts'
import type { Shape, Variables } from './template-variable.ts'

const shapeWord = (shape: Shape): string => {
  if (typeof shape === 'string') return shape === 'any' ? '' : shape
  return 'list' in shape ? 'list' : ''
}

function lines(variables: Variables, path: string, depth = 0): string[] {
  return Object.entries(variables).flatMap(([name, { shape, sentence }]) => {
    const full = path === '' ? name : `${path}.${name}`
    const word = shapeWord(shape)
    const below: Variables | null =
      typeof shape === 'string'
        ? null
        : 'record' in shape
          ? shape.record
          : typeof shape.list === 'object' && 'record' in shape.list
            ? shape.list.record
            : null
    const own = `${'  '.repeat(depth)}- \`${full}\`${word === '' ? '' : ` (${word})`}: ${sentence}`
    const inList = typeof shape === 'object' && 'list' in shape
    return [own, ...(below === null ? [] : lines(below, inList ? '' : full, depth + 1))]
  })
}

const guide = `# Templates

Every mail the gateway writes comes from a file \`templates/NAME/LANGUAGE.md\`. A desk that names a folder (\`templates: atelier\`)
replaces single ones by \`templates/atelier/NAME/LANGUAGE.md\`, and adds others for its rules there. All are read and checked at start:
\`guichet check\` names each unknown variable, each fault of syntax and each language that is missing, with file, line and column.

A template begins with its subject, then a blank line, then the text. From this one text come the plain part of the mail and the
html part, so that they always say the same.

\`\`\`
Subject: Re: {{ticket.subject}}

Hello{{#if person.name}} {{person.name}}{{/if}},

Your request **{{ticket.token}}** is now “{{ticket.status}}”.

| Next to act | {{ticket.acts}} |

[Yes, it is solved]({{choice.confirm}})
\`\`\`

- An empty line ends a paragraph; a backslash at the end of a line breaks the line.
- \`# Title\`, \`- item\`, \`> quoted\`, \`**important**\`, \`---\` for a rule.
- \`| name | value |\` is a row of a table; a row whose last cell is empty is left out.
- \`[words](address)\` alone on a line is a button in html and an address in text; without an address it is left out. The words of a choice become the subject of the mail it prepares.
- \`{{#if x}} … {{else}} … {{/if}}\`, \`{{#unless x}}\`, \`{{#each list}} … {{this}} … {{/each}}\`, \`{{#with x}}\`; \`../\` and \`@root.\` lead out of a list.
- \`{{date x}}\` Monday 3 March 2025, \`{{time x}}\`, \`{{datetime x}}\` with the zone, \`{{short x}}\` for tables; in the language of the mail and the time zone of the desk.
- \`{{number x}}\`, \`{{amount x "EUR"}}\`, \`{{list x}}\` a, b and c, \`{{word x solved="it is solved" open="it is open"}}\` a word for each of a few values.
- Whatever a value contains, it is shown as it is: nothing in it becomes markup, html or a variable.
- The subject gets the ticket's number by itself, once. The closing lines are templates too: ${Object.values(footers)
  .map((name) => `\`${name}\``)
  .join(', ')}.
- \`LANGUAGE.html\` beside a template replaces the html part (the closing lines come below it). It may load nothing from elsewhere.
- Files that go along lie in \`templates/files/\` or \`templates/FOLDER/files/\`.
`

/** The whole page. */
export function templateReference(): string {
  const offered = Object.values(choices)
    .map(({ name }) => `\`${name}\``)
    .join(', ')
  const mails = Object.entries(templateData).map(([name, variables]) => {
    const own = lines(variables, 'data')
    return `### ${name}\n\n${own.length === 0 ? 'No values of its own.' : own.join('\n')}\n`
  })
  return [
    guide,
    `## What every mail may say\n\n${lines(commonVariables, '').join('\n')}\n\nChoices: ${offered}. Which of them a mail offers is decided with the mail; ask with \`{{#if choice.confirm}}\`.\n`,
    `## Texts of a desk\n\nAny text under \`texts:\` of a desk is there for its own templates as \`text.NAME\`. The common templates use these when a desk has them:\n\n${lines(commonTexts, 'text').join('\n')}\n`,
    `## The mails and their own values\n\n${mails.join('\n')}`,
    `### Templates of a desk's own\n\n${lines(extraVariables, 'data').join('\n')}\n`,
  ].join('\n')
}
