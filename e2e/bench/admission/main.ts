import { parseArgs } from 'node:util'
import { formatTable } from '../../../cli/table.ts'
import { NAMESPACES } from '../../../runtime/client/kinds.ts'
import { openEnvironment } from '../../environment/environment.ts'
import { Rollout } from '../../observe/rollout.ts'
import { applyAll } from '../../workload/deploy.ts'
import type { AdmissionLatency } from './latency.ts'
import { measureLatency } from './latency.ts'
import type { MemorySample } from './memory.ts'
import { measureMemory } from './memory.ts'
import { NAMESPACE, sets, sizedControl, targets } from './targets.ts'

const HELP = `npm run bench:admission -- [--rounds N] [--admissions N] [--json]

What the webhook adds to the creation of a pod (CREATE with dryRun=All, on a cluster of its own),
by what concerns the pod; and the webhook's memory over many admissions.

  --rounds N       creations of each kind, in turn (1000)
  --admissions N   admissions of a hot pod for the memory (100000; 0 leaves it out)

Examples
  npm run bench:admission
  npm run --silent bench:admission -- --rounds 200 --admissions 0 --json > admission.json
`

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '1000' },
    admissions: { type: 'string', default: '100000' },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help === true) {
  process.stdout.write(HELP)
  process.exit(0)
}
const log = (line: string): void => {
  process.stderr.write(`${line}\n`)
}
const rounds = wholeNumber('--rounds', values.rounds, 1)
const admissions = wholeNumber('--admissions', values.admissions, 0)
const environment = await openEnvironment({ name: 'bench', log })
try {
  const { client, workloads } = environment
  await client.resource(NAMESPACES).create({ metadata: { name: NAMESPACE } })
  await applyAll(environment, sets(workloads.envoy('1.40.0')))
  for (const name of ['bench-cold', 'bench-hot']) {
    await new Rollout(client, name).condition('Available', 'WebhookConfigured', 30_000)
  }
  log(`${rounds} creations of each kind, in turn`)
  const rows = await measureLatency(client, [...targets, await sizedControl(client)], rounds)
  const hot = targets.at(-1)
  const memory =
    admissions === 0 || hot === undefined
      ? []
      : await measureMemory(environment, hot.pod, admissions, 10, log)
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ name: 'admission', rows, memory }, null, 2)}\n`
      : [latencyTable(rows), ...(memory.length === 0 ? [] : [memoryTable(memory)])].join('\n\n') +
          '\n',
  )
} finally {
  await environment.close()
}

function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= least) return value
  log(`${option} is '${text}'; give a whole number of at least ${least}`)
  process.exit(2)
}

function latencyTable(rows: readonly AdmissionLatency[]): string {
  const ms = (value: number): string => value.toFixed(2)
  return formatTable(
    ['POD (milliseconds)', 'REQUESTS', 'P50', 'P99', 'ADDED P50', 'ADDED P99'],
    rows.map((row) => [
      row.name,
      String(row.requests),
      ms(row.p50Ms),
      ms(row.p99Ms),
      ms(row.addedP50Ms),
      ms(row.addedP99Ms),
    ]),
  )
}

function memoryTable(samples: readonly MemorySample[]): string {
  return formatTable(
    ['ADMISSIONS', 'RESIDENT KiB', 'ANONYMOUS KiB'],
    samples.map((row) => [
      String(row.admissions),
      String(row.residentKib),
      String(row.anonymousKib),
    ]),
  )
}
