import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { PodNetwork } from '../../agent/interception/testing/network.ts'
import type { Journey, MuteProxy, Order, Result } from './order.ts'
import type { Outage, OutageOrder } from './outage.ts'

/** What happens around toggles, in a network that exists for it alone. Needs root. */
export function runJourney(): Promise<Journey> {
  return inside<Journey>('journey', () => [])
}

/** One run in networks that exist for it alone. Needs root. Errors: what kept it from running. */
export function runOne(order: Omit<Order, 'outside'>): Promise<Result> {
  return inside<Result>('inside', (outside) => [JSON.stringify({ ...order, outside })])
}

/** Failures of a proxy one after the other, in a network that exists for them alone. Needs root. */
export function runOutagesInside(orders: readonly OutageOrder[]): Promise<readonly Outage[]> {
  return inside<readonly Outage[]>('outageInside', (outside) => [JSON.stringify(orders), outside])
}

/** A proxy that answers nobody, with and without a livenessProbe. Needs root. */
export function runMuteInside(): Promise<MuteProxy> {
  return inside<MuteProxy>('muteInside', () => [])
}

async function inside<T>(
  program: 'inside' | 'journey' | 'outageInside' | 'muteInside',
  argsOf: (outside: string) => readonly string[],
): Promise<T> {
  const network = await PodNetwork.create(`baton-bench-${process.pid}`)
  try {
    const outside = network.words('outside').at(-1) ?? ''
    const file = fileURLToPath(new URL(`${program}.ts`, import.meta.url))
    const words = [...network.words('pod'), process.execPath, file]
    const [first = '', ...rest] = words
    const args = [...rest, ...argsOf(outside)]
    const child = spawn(first, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk))
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
    if (code !== 0) throw new Error(`the run ended with ${String(code)}: ${stderr.slice(-4000)}`)
    // Our own program's words; their shape is its type.
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as T
  } finally {
    await network.remove()
  }
}
