import type { Option } from '../commandline/command.ts'

export const CHANGE_OPTIONS = {
  'dry-run': {
    type: 'string',
    value: 'WHERE',
    choices: ['none', 'server'],
    summary: 'server: the API server checks the change and keeps nothing of it.',
  },
} as const satisfies Readonly<Record<string, Option>>

export const WAIT_OPTIONS = {
  wait: { type: 'boolean', summary: 'Wait for the rollout, as status --for=complete does.' },
  timeout: {
    type: 'string',
    value: 'TIME',
    summary: 'With --wait: end after so long, with timeout. Defaults to never.',
  },
} as const satisfies Readonly<Record<string, Option>>

export const CONFIRM_OPTIONS = {
  yes: { type: 'boolean', short: 'y', summary: 'Do not ask.' },
} as const satisfies Readonly<Record<string, Option>>
