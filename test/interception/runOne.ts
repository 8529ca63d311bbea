import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { PodNetwork } from '../../agent/interception/testing/network.ts'
import type { Order, Result } from './order.ts'

const PROGRAM = fileURLToPath(new URL('inside.ts', import.meta.url))

/** One run in networks that exist for it alone. Needs root. Errors: what kept it from running. */
export async function runOne(order: Omit<Order, 'outside'>): Promise<Result> {
  const network = await PodNetwork.create(`baton-bench-${process.pid}`)
  try {
    const outside = network.words('outside').at(-1) ?? ''
    const words = [...network.words('pod'), process.execPath, PROGRAM]
    const [first = '', ...rest] = words
    const args = [...rest, JSON.stringify({ ...order, outside })]
    const child = spawn(first, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk))
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
    if (code !== 0) throw new Error(`the run ended with ${String(code)}: ${stderr.slice(-4000)}`)
    // Our own program's words; their shape is its type.
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Result
  } finally {
    await network.remove()
  }
}
