// The mails there are, and the variables of each. Templates are checked against this at start; the reference is printed from it.

import { commonVariables, extraVariables } from './common-variables.ts'
import { customerMails } from './customer-mails.ts'
import { staffMails } from './staff-mails.ts'
import { any, record, type Variables } from './template-variable.ts'

/** Every mail the gateway sends by itself, and the values of its own. A desk may add templates for its rules: those get `extraVariables`. */
export const templateData = { ...customerMails, ...staffMails }

export type TemplateName = keyof typeof templateData

/** The closing lines of mails, by who reads them; templates like others. */
export const footers = { customer: 'footer-customer', staff: 'footer-staff', stranger: 'footer-stranger' } as const

/** Templates that only staff read. */
export const staffTemplates: ReadonlySet<string> = new Set([...Object.keys(staffMails), footers.staff])

/** The values of a template: its own under `data`, the common ones beside it; `captures` are there for every mail. */
export function variablesOf(template: string): Variables {
  const own: Variables | undefined = Object.hasOwn(templateData, template)
    ? templateData[template as TemplateName]
    : undefined
  return {
    ...commonVariables,
    data: record('values of this mail', { ...(own ?? extraVariables), captures: any('values captured by rules') }),
  }
}
