// Conditions on alerts of monitoring systems.

import { z } from 'zod'
import { alertTurns } from '../context.ts'
import { entry, leaf } from './condition.ts'

const listed = (value: string | readonly string[]): readonly string[] => (typeof value === 'string' ? [value] : value)

export const alertConditions = {
  alert: entry({
    sentence:
      'asks what an alert means for its ticket: opened, repeated, returned (back after it was over), flapping (comes and goes), recovered',
    example: 'alert: [opened, returned]',
    events: ['alert'],
    schema: z.union([z.enum(alertTurns), z.array(z.enum(alertTurns)).min(1)]),
    read: (spec) =>
      leaf(
        `the alert is ${listed(spec).join(' or ')}`,
        (work) => work.alert !== undefined && listed(spec).includes(work.alert),
      ),
  }),
}
