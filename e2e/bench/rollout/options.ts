import { parseArgs } from 'node:util'

export const HELP = `npm run bench:rollout -- [--pods N,…] [--max-unavailable P,…] [--json] …

How long a new image takes to reach every pod of a SidecarSet, and what that costs: wall time, writes
to the API server, processor time and memory of the operator; beside it OpenKruise's manager with its
hot upgrade on pods of the same kind. API server and etcd are real, nodes and agents are simulated.

  --pods N,…              sizes to measure (100,1000)
  --max-unavailable P,…   each one more upgrade of the same pods (10%,100%)
  --restart-ms N          what a simulated node takes to restart a container (1000)
  --pull-ms N             and to pull an image (1000)
  --handover-ms N         what a simulated agent takes once its slot has restarted (100)
  --deadline-s N          an upgrade that takes longer is given up, and said so in its row (600)
  --operator K=V,…        environment of Baton's operator, such as PODS_AT_A_TIME=16
  --without-peer          leaves OpenKruise out, and does not build it
  --only-peer             leaves Baton out
  --json                  one JSON document on the standard output
  --page FILE,…           measures nothing: makes docs/rollout-benchmark.md of such documents

Examples
  npm run bench:rollout
  npm run bench:rollout -- --pods 10000 --without-peer
  npm run --silent bench:rollout -- --pods 100,1000 --json > rollout.json
  npm run bench:rollout -- --page rollout.json,large.json
`

/** What was asked for. Times in milliseconds. */
export interface BenchOptions {
  readonly help: boolean
  readonly json: boolean
  readonly pods: readonly number[]
  readonly maxUnavailable: readonly string[]
  readonly restartMs: number
  readonly pullMs: number
  readonly handoverMs: number
  readonly deadlineMs: number
  readonly operator: Readonly<Record<string, string>>
  readonly baton: boolean
  readonly peer: boolean
  /** Documents of former runs; empty: measure. */
  readonly page: readonly string[]
}

/** Loopback has addresses for more, but nobody has the patience. */
const MOST_PODS = 50_000

/** Errors: one that names the option, what it is, and what to give. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      json: { type: 'boolean', default: false },
      pods: { type: 'string', default: '100,1000' },
      'max-unavailable': { type: 'string', default: '10%,100%' },
      'restart-ms': { type: 'string', default: '1000' },
      'pull-ms': { type: 'string', default: '1000' },
      'handover-ms': { type: 'string', default: '100' },
      'deadline-s': { type: 'string', default: '600' },
      operator: { type: 'string', default: '' },
      'without-peer': { type: 'boolean', default: false },
      'only-peer': { type: 'boolean', default: false },
      page: { type: 'string', default: '' },
    },
  })
  if (values['without-peer'] && values['only-peer']) {
    throw new Error('--without-peer and --only-peer leave nothing to measure: give one of them')
  }
  return {
    help: values.help,
    json: values.json,
    pods: list(values.pods).map((text) => wholeNumber('--pods', text, 1, MOST_PODS)),
    maxUnavailable: list(values['max-unavailable']).map(budget),
    restartMs: wholeNumber('--restart-ms', values['restart-ms'], 0, 600_000),
    pullMs: wholeNumber('--pull-ms', values['pull-ms'], 0, 600_000),
    handoverMs: wholeNumber('--handover-ms', values['handover-ms'], 0, 600_000),
    deadlineMs: 1000 * wholeNumber('--deadline-s', values['deadline-s'], 1, 86_400),
    operator: Object.fromEntries(list(values.operator).map(setting)),
    baton: !values['only-peer'],
    peer: !values['without-peer'],
    page: list(values.page),
  }
}

function list(text: string): readonly string[] {
  return text.split(',').filter((part) => part !== '')
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new Error(`${option} is '${text}'; give a whole number from ${least} to ${most}`)
}

function budget(text: string): string {
  if (/^[1-9]\d*%?$/.test(text)) return text
  throw new Error(`--max-unavailable is '${text}'; give a number or a percentage, such as 10%`)
}

function setting(text: string): [string, string] {
  const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(text) ?? []
  if (name !== undefined && value !== undefined) return [name, value]
  throw new Error(`--operator is '${text}'; give NAME=value, such as PODS_AT_A_TIME=16`)
}
