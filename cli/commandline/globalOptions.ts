import type { Option } from './command.ts'

/** Options of every command. */
export const globalOptions = {
  help: { type: 'boolean', short: 'h', summary: 'Show what the command does, and examples.' },
  output: {
    type: 'string',
    short: 'o',
    value: 'FORMAT',
    summary: 'text (the default), json, yaml, or jsonpath=TEMPLATE.',
  },
  kubeconfig: {
    type: 'string',
    value: 'FILE',
    summary: 'Defaults to KUBECONFIG, else ~/.kube/config.',
  },
  context: {
    type: 'string',
    value: 'NAME',
    summary: 'A context of the kubeconfig. Defaults to its current one.',
  },
  namespace: {
    type: 'string',
    short: 'n',
    value: 'NAME',
    summary: 'Namespace of pods that are named without one. Defaults to that of the context.',
  },
  'request-timeout': {
    type: 'string',
    value: 'TIME',
    summary: 'For one request to the API server. Defaults to 30s.',
  },
} as const satisfies Readonly<Record<string, Option>>
