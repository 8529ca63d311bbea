import { expect } from 'chai'
import type { Pod } from '../../runtime/client/kinds.ts'
import type { Summary } from '../../test/ledger/index.ts'
import { standardProfile } from '../../test/ledger/index.ts'
import { waitFor } from '../environment/wait.ts'
import { agentStatus } from '../observe/agents.ts'
import { event } from '../observe/events.ts'
import { sentSoFar, untilSent } from '../observe/load.ts'
import { outOfMemory } from '../observe/outOfMemory.ts'
import { PodProcesses } from '../observe/processes.ts'
import { isReady } from '../observe/rollout.ts'
import type { MeshApp } from '../workload/deploy.ts'
import { deployMesh } from '../workload/deploy.ts'
import { HANG_PATH } from '../workload/envoyConfig.ts'
import { PORTS } from '../workload/ports.ts'
import { useEnvironment } from './sharedEnvironment.ts'
import { expectOnlyInFlight, report } from './verdict.ts'

/** The kubelet holds a container back for 10 s when it crashes a second time in ten minutes. */
const BACK_OFF_SECONDS = 10

describe('worse deaths of the serving proxy', () => {
  const environment = useEnvironment()
  let app: MeshApp
  let processes: PodProcesses

  before('deploy an app of one replica', async function () {
    this.timeout(180_000)
    const { workloads, nodeAccess, cluster } = environment()
    if (!nodeAccess) this.skip()
    processes = new PodProcesses(cluster)
    app = await deployMesh(environment(), {
      name: 'crashes',
      image: workloads.hanging,
      replicas: 1,
      livenessProbe: {
        httpGet: { path: '/', port: PORTS.http },
        periodSeconds: 1,
        timeoutSeconds: 1,
        failureThreshold: 2,
      },
    })
  })

  after('remove it', async function () {
    this.timeout(120_000)
    await app.remove()
  })

  // First of all: what the others end counts, and after the fifth time Baton lets the kubelet wait.
  it('a slot whose container crashes again and again is back within seconds each time', async function () {
    this.timeout(120_000)
    const took: number[] = []
    for (let crash = 0; crash < 4; crash++) {
      const pod = await readyPod()
      const slot = await servingSlot(pod)
      const before = restarts(pod, slot)
      await processes.killAll([await processes.main(pod, slot)])
      const began = Date.now()
      await waitFor('the slot running again and the pod Ready', 60_000, async () => {
        const [now] = await app.pods()
        return now !== undefined && restarts(now, slot) > before && isReady(now) ? true : undefined
      })
      took.push((Date.now() - began) / 1000)
    }
    const pod = await readyPod()
    const told = await event(environment().client, pod.metadata.name, 'BackOffEnded')
    process.stdout.write(
      `      Ready ${took.map((one) => one.toFixed(1)).join(' / ')} s after each crash; ${told.message}\n`,
    )
    expect(Math.max(...took), 'seconds until Ready').to.be.below(BACK_OFF_SECONDS - 1)
  })

  it('agent and active slot killed together refuse no connection', async function () {
    this.timeout(120_000)
    const summary = await harm(async (pod, slot) => {
      const [agent, proxy] = [
        await processes.main(pod, 'baton-agent'),
        await processes.main(pod, slot),
      ]
      await processes.killAll([agent, proxy])
    })
    reportPause('kill -9 of the containers of agent and active slot', summary)
    expectOnlyInFlight(summary)
  })

  it('an Envoy killed for want of memory refuses no connection', async function () {
    this.timeout(120_000)
    const { cluster } = environment()
    const summary = await harm(async (pod, slot) => {
      const [envoy] = await processes.children(pod, slot)
      if (envoy === undefined) throw new Error(`${slot} runs no proxy`)
      await outOfMemory(cluster, envoy)
    })
    reportPause('out of memory', summary)
    expectOnlyInFlight(summary)
  })

  it('an Envoy that hangs is replaced by its livenessProbe', async function () {
    this.timeout(120_000)
    const summary = await harm(async (pod, slot) => {
      const [envoy] = await processes.children(pod, slot)
      if (envoy === undefined) throw new Error(`${slot} runs no proxy`)
      const address = `http://${pod.status?.podIP ?? ''}:${PORTS.http}${HANG_PATH}`
      const asked = fetch(address, { signal: AbortSignal.timeout(1000) }).then(() => 'answered')
      expect(await asked.catch(() => 'hangs')).to.equal('hangs')
      await waitFor('the end of the hanging proxy', 30_000, async () =>
        (await processes.isAlive(envoy)) ? undefined : true,
      )
    })
    reportPause('a hanging Envoy', summary)
    // What waits in the queue is answered by the next process: only what was accepted is lost.
    expectOnlyInFlight(summary)
  })

  async function harm(act: (pod: Pod, slot: string) => Promise<void>): Promise<Summary> {
    const pod = await readyPod()
    const slot = await servingSlot(pod)
    const load = await app.loadPods(standardProfile({ scale: 0.3 }))
    try {
      await untilSent([load], 400)
      await act(pod, slot)
      await untilSent([load], (await sentSoFar([load])) + 1500)
      await servingSlot(pod)
    } catch (error) {
      load.abort()
      throw error
    }
    return load.stop()
  }

  async function readyPod(): Promise<Pod> {
    return waitFor('a ready pod', 60_000, async () => (await app.pods()).find(isReady))
  }

  /** The slot that serves, once no handover goes on. */
  async function servingSlot(pod: Pod): Promise<string> {
    return waitFor('a serving slot', 60_000, async () => {
      const status = await agentStatus(pod)
      const container = status?.containers['proxy']
      const atRest = container?.phase === 'Settled' || container?.phase === 'FailedOver'
      return status?.ready === true && atRest ? (container.active ?? undefined) : undefined
    })
  }
})

function restarts(pod: Pod, container: string): number {
  const statuses = pod.status?.containerStatuses ?? []
  return statuses.find(({ name }) => name === container)?.restartCount ?? 0
}

/** The pause is the longest time in which no client that came new was answered. */
function reportPause(what: string, summary: Summary): void {
  const short = summary.kinds.short
  const pause = `${short?.maxGapMs ?? 0} ms without an answer to a new client`
  report(`${what}: ${pause}, slowest ${short?.latencyMs.max ?? 0} ms`, summary)
}
