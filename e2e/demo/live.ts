import type { Pod } from '../../runtime/client/kinds.ts'
import type { Load } from '../../test/ledger/index.ts'
import { agentStatus } from '../observe/agents.ts'
import type { MeshApp } from '../workload/deploy.ts'

const INTERVAL_MS = 500
/** Without a terminal a line is never rewritten, so there are fewer of them. */
const PLAIN_INTERVAL_MS = 3000

export interface LiveOptions {
  readonly app: MeshApp
  readonly loads: readonly Load[]
  readonly write: (text: string) => void
  readonly terminal: boolean
}

export interface Live {
  stop(): Promise<void>
}

/** Shows, until stopped, which slot of which pod serves, what drains, and what was sent and lost. */
export function showLive(options: LiveOptions): Live {
  const { app, loads, write, terminal } = options
  const began = Date.now()
  let stopped = false
  let drawn = 0
  const draw = async (): Promise<void> => {
    const [pods, summaries] = await Promise.all([
      app.pods(),
      Promise.all(loads.map((load) => load.snapshot())),
    ])
    const states = await Promise.all(pods.map(podLine))
    const sent = summaries.reduce((sum, { total }) => sum + total.sent, 0)
    const lost = summaries.reduce((sum, { total }) => sum + total.lost, 0)
    const elapsed = ((Date.now() - began) / 1000).toFixed(1).padStart(5)
    const head = `  ${elapsed} s  ${sent} sent, ${lost} lost`
    if (terminal) {
      const up = drawn > 0 ? `\x1b[${drawn}A\x1b[0J` : ''
      write(`${up}${[head, ...states.map((state) => `    ${state}`)].join('\n')}\n`)
      drawn = states.length + 1
    } else {
      write(`${head}  ${states.join(' | ')}\n`)
    }
  }
  const loop = async (): Promise<void> => {
    let next = 0
    while (!stopped) {
      if (Date.now() >= next) {
        // A pod or a load that cannot be asked now is asked again at the next turn.
        await draw().catch(() => undefined)
        next = Date.now() + (terminal ? INTERVAL_MS : PLAIN_INTERVAL_MS)
      }
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    await draw().catch(() => undefined)
  }
  const running = loop()
  return {
    stop: async () => {
      stopped = true
      await running
    },
  }
}

async function podLine(pod: Pod): Promise<string> {
  const proxy = (await agentStatus(pod))?.containers['proxy']
  const name = pod.metadata.name.split('-').at(-1) ?? ''
  if (proxy === undefined) return `${name}: no agent`
  const handover = proxy.handover
  const drain =
    handover?.phase === 'Draining' ? `, ${handover.connectionsLeft} connections drain` : ''
  return `${name}: ${proxy.active ?? 'none'} serves, ${proxy.phase}${drain}`
}
