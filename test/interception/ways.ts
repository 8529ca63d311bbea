import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { prepareNetwork } from '../../agent/interception/prepare.ts'
import type { Family } from '../../agent/interception/rules/family.ts'
import { families } from '../../agent/interception/rules/family.ts'
import type { Place } from '../../agent/interception/testing/network.ts'
import { addresses, PodNetwork } from '../../agent/interception/testing/network.ts'
import { allOf, PROXY, wanted } from '../../agent/interception/testing/wanted.ts'
import { jsonLogger } from '../../agent/log.ts'
import { formatInterception } from '../../api/interception/desired.ts'
import { until } from '../../launcher/testing/until.ts'
import { startOriginProcess } from '../ledger/index.ts'
import type { Asked, WayTarget } from './asking.ts'
import type { Costs, Samples } from './costs.ts'
import { costsOf } from './costs.ts'
import { interceptingEnvoy } from './envoy.ts'
import { PORTS } from './scenario.ts'

const execute = promisify(execFile)

/** A direction, a family and a kind of client, with what its ways cost. */
export interface WaysRow {
  readonly direction: 'in' | 'out'
  readonly family: Family
  readonly client: Asked['client']
  readonly costs: Costs
}

const VERSION = '1.38.3'
const START_LIMIT_MS = 30_000
/** Of one program that asks. */
const ASKING_LIMIT_MS = 120_000

/**
 * What interception costs beyond the proxy: one client asks one server directly, through the proxy by
 * speaking to the proxy's own port, and intercepted, in turn, so that all else is the same. Which way
 * a connection goes follows from its addresses alone; the rules stay as they are. Needs root.
 */
export async function compareWays(rounds: number): Promise<readonly WaysRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'baton-ways-'))
  chmodSync(directory, 0o777)
  const network = await PodNetwork.create(`baton-ways-${process.pid}`)
  const cleanUp: (() => unknown)[] = []
  try {
    for (const place of ['pod', 'outside'] as const) {
      const ports = { http: PORTS.http }
      const options = { host: '::', ports, wrap: network.words(place) }
      const origin = await startOriginProcess(options)
      cleanUp.push(() => origin.close())
    }
    await prepareNetwork({
      annotation: formatInterception(terms),
      ...{ families, run: network.run('pod'), log: jsonLogger(() => undefined) },
    })
    const file = join(directory, 'envoy.json')
    const command = await interceptingEnvoy(VERSION, file, PORTS, addresses.v4.outside)
    const envoy = startAsProxy(network, command)
    cleanUp.push(() => envoy.kill('SIGKILL'))
    await until('the proxy listens', () => isUp(network), START_LIMIT_MS)
    const rows: WaysRow[] = []
    for (const direction of ['in', 'out'] as const) {
      for (const family of families) {
        for (const client of ['kept', 'new'] as const) {
          const asked = { targets: targetsOf(direction, family), client, rounds }
          const samples = await ask(network, direction === 'in' ? 'outside' : 'pod', asked)
          rows.push({ direction, family, client, costs: costsOf(samples) })
        }
      }
    }
    return rows
  } finally {
    for (const end of cleanUp.reverse()) await end()
    await network.remove()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Everything but what comes from, or goes to, one address. */
const near = [addresses.v4.near, addresses.v6.near]
const terms = wanted({
  inbound: allOf(PORTS.inbound, { ports: [PORTS.http], excludeCIDRs: near }),
  outbound: allOf(PORTS.outbound, { ports: [PORTS.http], excludeCIDRs: near }),
})

function targetsOf(direction: WaysRow['direction'], family: Family): Asked['targets'] {
  const { pod, outside, near } = addresses[family]
  const loopback = family === 'v4' ? '127.0.0.1' : '::1'
  const port = PORTS.http
  const proxy: WayTarget =
    direction === 'in'
      ? { host: pod, port: PORTS.inbound }
      : { host: loopback, port: PORTS.outbound }
  const direct: WayTarget =
    direction === 'in' ? { host: pod, port, localAddress: near } : { host: near, port }
  const intercepted = { host: direction === 'in' ? pod : outside, port }
  return { direct, proxy, again: proxy, intercepted }
}

function startAsProxy(network: PodNetwork, command: readonly string[]): ChildProcess {
  const user = ['setpriv', `--reuid=${PROXY}`, `--regid=${PROXY}`, '--clear-groups']
  const [program = '', ...args] = [...network.words('pod'), ...user, ...command]
  return spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] })
}

async function isUp(network: PodNetwork): Promise<boolean> {
  const ports = [PORTS.inbound, PORTS.outbound]
  const tried = ports.map((port) => ({ host: '127.0.0.1', port, uid: 0 }))
  const answers = await network.connect('pod', tried)
  return answers.every((answer) => answer.startsWith('HTTP/'))
}

async function ask(network: PodNetwork, place: Place, asked: Asked): Promise<Samples> {
  const file = fileURLToPath(new URL('asking.ts', import.meta.url))
  const words = [...network.words(place), process.execPath, file, JSON.stringify(asked)]
  const [program = '', ...args] = words
  const { stdout } = await execute(program, args, {
    ...{ timeout: ASKING_LIMIT_MS, maxBuffer: 64 * 1024 * 1024 },
  })
  // Our own program's words; their shape is its type.
  return JSON.parse(stdout) as Samples
}
