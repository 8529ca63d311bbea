import { expect } from 'chai'
import type { Desired } from '../../api/desired.ts'
import { formatDesired, parseDesired } from '../../api/desired.ts'
import type { HandoverPhase } from '../../api/agentStatus.ts'
import { annotations, POD_CONDITION } from '../../api/group.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { PODS } from '../../runtime/client/kinds.ts'
import type { Load } from '../../test/ledger/index.ts'
import { standardProfile } from '../../test/ledger/index.ts'
import { waitFor } from '../environment/wait.ts'
import { agentStatus } from '../observe/agents.ts'
import { sentSoFar, untilSent } from '../observe/load.ts'
import { PodProcesses } from '../observe/processes.ts'
import type { ReadinessWatch } from '../observe/readiness.ts'
import { watchReadiness } from '../observe/readiness.ts'
import type { MeshApp } from '../workload/deploy.ts'
import { deployMesh } from '../workload/deploy.ts'
import { useEnvironment } from './sharedEnvironment.ts'
import { expectLossless, report } from './verdict.ts'

const LOAD = standardProfile({ scale: 0.2 })

describe('processes of Baton killed in the middle of an upgrade', () => {
  const environment = useEnvironment()
  let app: MeshApp | undefined
  let load: Load | undefined
  let readiness: ReadinessWatch | undefined

  afterEach('remove the app', async function () {
    this.timeout(120_000)
    load?.abort()
    await readiness?.stop()
    await app?.remove()
  })

  it('operator killed after its write to the pod and after its write to the status', async function () {
    this.timeout(360_000)
    const { client, cluster, workloads, nodeAccess } = environment()
    if (!nodeAccess) this.skip()
    app = await deployMesh(environment(), {
      name: 'operator-killed',
      image: workloads.envoy('1.38.3'),
      replicas: 2,
    })
    readiness = await watchReadiness(client, app.name)
    load = await app.loadPods(LOAD)
    const generation = await app.rollout.setImage(workloads.envoy('1.40.0'))
    const processes = new PodProcesses(cluster)

    await podWith(app, 'an upgrade that has begun', (pod) => wanted(pod) !== 'initial')
    await killOperators(processes)
    await podWith(app, 'a recorded result', (pod) => recorded(pod))
    await killOperators(processes)

    await app.rollout.completed(generation, 180_000)
    await conclude('operator killed twice')
  })

  const phases: readonly HandoverPhase[] = ['Starting', 'Confirming', 'Draining']
  it(`agent killed in each of ${phases.join(', ')}`, async function () {
    this.timeout(300_000)
    const { client, cluster, workloads, nodeAccess } = environment()
    if (!nodeAccess) this.skip()
    app = await deployMesh(environment(), {
      name: 'agent-killed',
      image: workloads.envoy('1.38.3'),
      replicas: 1,
      confirmSeconds: 2,
    })
    const processes = new PodProcesses(cluster)
    readiness = await watchReadiness(client, app.name)
    load = await app.loadPods(LOAD)
    let version: '1.38.3' | '1.40.0' = '1.40.0'
    for (const phase of phases) {
      const [pod] = await app.pods()
      if (pod === undefined) throw new Error('the app has no pod')
      const [agent] = await processes.children(pod, 'baton-agent')
      if (agent === undefined) throw new Error('the agent does not run')
      const generation = await app.rollout.setImage(workloads.envoy(version))
      // Some phases last a tenth of a second, so this looks as often as it can.
      let seen = ''
      await waitFor(
        `phase ${phase}`,
        30_000,
        async () => {
          seen = (await agentStatus(pod))?.containers['proxy']?.phase ?? 'no answer'
          return seen === phase ? true : undefined
        },
        () => seen,
        5,
      )
      await processes.kill(agent)
      await app.rollout.completed(generation)
      version = version === '1.40.0' ? '1.38.3' : '1.40.0'
    }
    await conclude('agent killed three times')
  })

  const orders = {
    'the annotation two seconds before the restart of the slot': ['annotation', 'image'],
    'the restart of the slot two seconds before the annotation': ['image', 'annotation'],
  } as const
  for (const [title, order] of Object.entries(orders)) {
    it(`${title} ends as it would have`, async function () {
      this.timeout(240_000)
      const { client, workloads } = environment()
      app = await deployMesh(environment(), {
        name: `order-${order[0]}`,
        image: workloads.envoy('1.38.3'),
        replicas: 1,
        updateStrategy: { paused: true },
      })
      const [pod] = await app.pods()
      if (pod === undefined) throw new Error('the app has no pod')
      readiness = await watchReadiness(client, app.name)
      load = await app.loadPods(LOAD)
      const desired = switched(desiredOf(pod), workloads.envoy('1.40.0'))
      const write = {
        annotation: {
          metadata: { annotations: { [annotations.desired]: formatDesired(desired) } },
        },
        image: { spec: { containers: [{ name: 'proxy-2', image: workloads.envoy('1.40.0') }] } },
      }
      for (const [index, part] of order.entries()) {
        await client.resource(PODS).strategicPatch(pod.metadata, write[part])
        if (index > 0) break
        // Long enough that the second part cannot overtake the first.
        await untilSent([load], (await sentSoFar([load])) + 250)
        const between = await agentStatus(pod)
        expect(between?.containers['proxy']?.active, 'nothing moves yet').to.equal('proxy-1')
      }
      await waitFor('the second slot serving alone', 60_000, async () => {
        const container = (await agentStatus(pod))?.containers['proxy']
        return container?.active === 'proxy-2' && container.phase === 'Settled' ? true : undefined
      })
      await conclude(title)
    })
  }

  async function conclude(title: string): Promise<void> {
    const summary = await load?.stop()
    if (summary === undefined) throw new Error('there was no load')
    report(title, summary)
    expectLossless(summary)
    expect(readiness?.changes(), 'changes of Ready and of EndpointSlices').to.deep.equal([])
  }

  async function killOperators(processes: PodProcesses): Promise<void> {
    const { items } = await environment().client.resource(PODS).list({ namespace: 'baton-system' })
    for (const pod of items.filter(({ metadata }) => metadata.name.startsWith('baton-operator'))) {
      const [container] = pod.spec?.containers ?? []
      // One that is just being restarted needs no kill.
      const pid = await processes.main(pod, container?.name ?? '').catch(() => undefined)
      if (pid !== undefined) await processes.kill(pid)
    }
  }
})

function podWith(app: MeshApp, what: string, good: (pod: Pod) => boolean): Promise<Pod> {
  return waitFor(`${what} in ${app.name}`, 120_000, async () => (await app.pods()).find(good))
}

function desiredOf(pod: Pod): Desired {
  return parseDesired(pod.metadata.annotations?.[annotations.desired] ?? '')
}

function wanted(pod: Pod): string {
  return desiredOf(pod).containers['proxy']?.handover ?? ''
}

function recorded(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type }) => type === POD_CONDITION) === true
}

/** The other slot shall serve, once it has restarted with its new image. */
function switched(desired: Desired, image: string): Desired {
  const proxy = desired.containers['proxy']
  if (proxy === undefined) throw new Error('the pod has no hot container called proxy')
  return {
    ...desired,
    containers: {
      proxy: {
        ...proxy,
        handover: 'by-hand',
        active: 'proxy-2',
        image,
        minBoot: { 'proxy-2': 2 },
      },
    },
  }
}
