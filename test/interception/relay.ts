import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { TRANSPARENT_MARK } from '../../agent/interception/rules/constants.ts'
import type { PodNetwork } from '../../agent/interception/testing/network.ts'
import { PROXY } from '../../agent/interception/testing/wanted.ts'

const PROGRAM = '../../agent/interception/testing/programs/relaying.py'

/** A proxy with a transparent listener, which speaks to the app with the client's address. */
export interface Relay {
  /** Ends it. Resolves to the number of connections that it has passed on. */
  stop(): Promise<number>
}

/** Starts it in the pod's network. Needs root. */
export async function startRelay(network: PodNetwork, port: number): Promise<Relay> {
  const file = fileURLToPath(new URL(PROGRAM, import.meta.url))
  const words = ['python3', '-I', '-S', file, String(port), String(PROXY), TRANSPARENT_MARK]
  const [program = '', ...args] = [...network.words('pod'), ...words]
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const { value } = await lines.next()
  if (value !== 'ready') throw new Error('the relay does not start')
  return {
    stop: async () => {
      const ended = once(child, 'exit')
      child.stdin.end()
      const { value: count = '0' } = await lines.next()
      await ended
      return Number(count)
    },
  }
}
