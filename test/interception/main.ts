/** `npm run bench:interception [-- --json] [-- --toggles N]`: writes docs/interception-benchmark.md. */
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { readConfig } from '../../build/setup/config.ts'
import { thisMachine } from '../matrix/machine.ts'
import { publishEnvoys } from '../runner/publicEnvoys.ts'
import type { Order, Result } from './order.ts'
import type { Outage } from './outage.ts'
import { failures } from './outage.ts'
import type { Row } from './page.ts'
import { formatCosts, formatDifferences, formatPage } from './page.ts'
import { comparePrepared } from './paired.ts'
import { runOne, runOutagesInside } from './runOne.ts'
import { compareWays } from './ways.ts'

/** Of requests by each way. */
const ROUNDS = 2000
const PAGE = join(resolve(import.meta.dirname, '../..'), 'docs/interception-benchmark.md')

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, toggles: { type: 'string', default: '200' } },
})
const times = Number(values.toggles)
if (!Number.isInteger(times) || times < 4) {
  throw new TypeError(`--toggles ${values.toggles}: use a whole number of at least 4, such as 200`)
}
const shown = publishEnvoys(readConfig(process.env).cacheDir)
Object.assign(process.env, shown.environment)
process.once('exit', () => {
  shown.remove()
})

const few = Math.max(4, Math.round(times / 5))
const plans: readonly (readonly [string, Row['kind'], Omit<Order, 'outside' | 'perSecond'>])[] = [
  ['on and off', 'baton', { method: 'baton', what: 'toggle', times, upgrades: false }],
  [
    'on and off, the proxy upgraded meanwhile',
    'baton',
    { method: 'baton', what: 'toggle', times: few, upgrades: true },
  ],
  [
    'other terms while on',
    'baton',
    { method: 'baton', what: 'change', times: few, upgrades: false },
  ],
  [
    'control: two steps',
    'control',
    { method: 'two-step', what: 'change', times: few, upgrades: false },
  ],
  [
    'control: no anchor',
    'control',
    { method: 'no-anchor', what: 'toggle', times: few, upgrades: false },
  ],
  [
    'control: not only opening packets',
    'control',
    { method: 'no-syn', what: 'toggle', times: few, upgrades: false },
  ],
]

const rows: Row[] = []
for (const [name, kind, plan] of plans) {
  const order = { ...plan, perSecond: 40 }
  process.stderr.write(`${name}\n`)
  rows.push({ name, kind, order, result: await runOne(order) })
}
process.stderr.write('failing proxies\n')
const outages = await runOutagesInside(
  (['Bypass', 'Block'] as const).flatMap((policy) =>
    failures.map((failure) => ({ failure, policy })),
  ),
)
process.stderr.write('costs while on\n')
const costs = await compareWays(ROUNDS)
process.stderr.write('costs while off\n')
const pairs = await comparePrepared()
const { processors, memoryGiB, kernel } = thisMachine()
const machine = `${processors} processors, ${memoryGiB} GiB, Linux ${kernel}, shared with other work`
writeFileSync(PAGE, formatPage(rows, pairs, costs, outages, machine))
const shownCosts = `${formatCosts(costs)}\n\n${formatDifferences(costs)}`
process.stdout.write(values.json === true ? `${json()}\n` : `${shownCosts}\n\nwritten: ${PAGE}\n`)
process.exitCode = rows.every(isAsExpected) && outages.every(isWeathered) ? 0 : 1

function lostOf({ inbound, outbound, onlyByProxy }: Result): number {
  return inbound.lost + outbound.lost + (onlyByProxy?.lost ?? 0)
}

/** A control that loses nothing says that the load sees nothing. */
function isAsExpected({ kind, result }: Row): boolean {
  return kind === 'baton' ? lostOf(result) === 0 : lostOf(result) > 0
}

/** With Block it must lose: else nobody would see a loss with Bypass. */
function isWeathered({ policy, then, after }: Outage): boolean {
  return after.lost === 0 && (policy === 'Bypass' ? then.lost === 0 : then.lost > 0)
}

function json(): string {
  const shownRows = rows.map(({ name, kind, result }) => ({
    name,
    kind,
    sent: result.inbound.sent + result.outbound.sent + (result.onlyByProxy?.sent ?? 0),
    lost: lostOf(result),
    lostByCause: { ...result.inbound.lostByCause, ...result.outbound.lostByCause },
    toggles: result.times,
  }))
  return JSON.stringify(
    { name: 'interception', rows: shownRows, outages, costsOn: costs, costsOff: pairs },
    null,
    2,
  )
}
