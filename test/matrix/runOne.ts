import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Method, Run } from './row.ts'
import type { Proxy } from '../proxies/proxy.ts'
import { clientsOf, howOf, measure } from './measure.ts'
import { cannotIntercept, OWN_NETWORK } from './network.ts'

/** What one run is asked to do; plain data, so that another process can be asked too. */
export interface Order {
  readonly proxy: string
  readonly method: Method
  readonly only?: readonly string[]
  readonly requests: number
  readonly perSecond: number
  readonly upgrades: number
  readonly quietMs: number
}

const program = new URL('inside.ts', import.meta.url).pathname

/** Measures one run wherever it must be; a run that fails is a result too. */
export async function runOne(
  proxy: Proxy,
  order: Order,
  log: (line: string) => void,
): Promise<Run> {
  const { method } = order
  const reason = impossible(proxy, order, log)
  const empty: Run = {
    ...{ proxy: proxy.name, what: proxy.what, method, how: howOf(proxy, method) },
    versions: [proxy.versions.a, proxy.versions.b],
    at: new Date().toISOString(),
    ...{ seconds: 0, upgrades: 0, upgradeSeconds: [], kernel: {}, rows: [] },
    generator: { cpuShare: 0, lateP99Ms: 0 },
  }
  if (reason !== undefined) return { ...empty, impossible: reason }
  try {
    if (proxy.intercepts === true) return await runInside(order, log)
    return await measure({ ...order, proxy, log })
  } catch (error) {
    return { ...empty, failed: error instanceof Error ? error.message : String(error) }
  }
}

function impossible(proxy: Proxy, order: Order, log: (line: string) => void): string | undefined {
  if (order.method === 'own' && typeof proxy.own === 'string') return proxy.own
  if (clientsOf({ ...order, proxy, log }).length === 0) return 'it speaks none of these protocols'
  return proxy.intercepts === true ? cannotIntercept() : undefined
}

/** In a process with a network of its own, where iptables harm nobody. */
async function runInside(order: Order, log: (line: string) => void): Promise<Run> {
  const [first, ...words] = [...OWN_NETWORK, process.execPath, program, JSON.stringify(order)]
  const child = spawn(first, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  let last = ''
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (!line.startsWith('{')) log(line)
    last = line
  })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`the run in a network of its own ended with ${String(code)}`)
  // Our own program's words; their shape is its type.
  return JSON.parse(last) as Run
}
