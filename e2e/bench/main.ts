import { parseArgs } from 'node:util'
import { formatTable } from '../../cli/table.ts'
import { openEnvironment } from '../environment/environment.ts'
import { measureBareRestart, measureHandovers } from './handover.ts'
import type { HandoverTimes } from './handover.ts'
import type { ProcessMemory } from './memory.ts'
import { measureMemory } from './memory.ts'
import type { Spread } from './statistics.ts'

const HELP = `npm run bench:pods -- [--json]

On a cluster of its own: how long an upgrade and a rollback take under load, next to the restart of
the bare container, and what memory every process of Baton uses.

Examples
  npm run bench:pods
  npm run --silent bench:pods -- --json > pods.json
`

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } },
})
if (values.help === true) {
  process.stdout.write(HELP)
  process.exit(0)
}
const environment = await openEnvironment({
  name: 'bench',
  log: (line) => {
    process.stderr.write(`${line}\n`)
  },
})
try {
  const memory = await measureMemory(environment)
  const handovers = [
    ...(await measureHandovers(environment)),
    await measureBareRestart(environment),
  ]
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ name: 'handover', rows: [...handovers, ...memory] }, null, 2)}\n`
      : `${handoverTable(handovers)}\n\n${memoryTable(memory)}\n`,
  )
} finally {
  await environment.close()
}

function handoverTable(rows: readonly HandoverTimes[]): string {
  const seconds = ({ min, median, max }: Spread): string =>
    [min, median, max].map((value) => value.toFixed(2)).join(' / ')
  return formatTable(
    ['CHANGE (seconds: min / median / max)', 'RUNS', 'SERVING', 'SETTLED', 'SENT', 'LOST'],
    rows.map((row) => [
      row.name,
      String(row.runs),
      seconds(row.serving),
      row.settled === undefined ? '-' : seconds(row.settled),
      String(row.sent),
      String(row.lost),
    ]),
  )
}

function memoryTable(rows: readonly ProcessMemory[]): string {
  return formatTable(
    ['PROCESS', 'RESIDENT KiB', 'ANONYMOUS KiB'],
    rows.map((row) => [row.name, String(row.residentKib), String(row.anonymousKib)]),
  )
}
