import type { Pod } from '../../runtime/client/kinds.ts'
import type { Summary } from '../../test/ledger/index.ts'
import { standardProfile } from '../../test/ledger/index.ts'
import { waitFor } from '../environment/wait.ts'
import { agentStatus } from '../observe/agents.ts'
import { sentSoFar, untilSent } from '../observe/load.ts'
import { PodProcesses } from '../observe/processes.ts'
import type { MeshApp } from '../workload/deploy.ts'
import { deployMesh } from '../workload/deploy.ts'
import { useEnvironment } from './sharedEnvironment.ts'
import { expectOnlyInFlight, report } from './verdict.ts'

describe('death of the serving proxy', () => {
  const environment = useEnvironment()
  let app: MeshApp | undefined
  let pod: Pod

  before('deploy an app of one replica', async function () {
    this.timeout(180_000)
    const { workloads, nodeAccess } = environment()
    if (!nodeAccess) this.skip()
    app = await deployMesh(environment(), {
      name: 'deaths',
      image: workloads.envoy('1.38.3'),
      replicas: 1,
    })
    const [first] = await app.pods()
    if (first === undefined) throw new Error('the app has no pod')
    pod = first
  })

  after('remove it', async function () {
    this.timeout(120_000)
    await app?.remove()
  })

  it('kill -9 of Envoy refuses no connection and loses only what was in flight', async function () {
    this.timeout(120_000)
    const processes = new PodProcesses(environment().cluster)
    const summary = await killUnderLoad(async (slot) => {
      const [envoy] = await processes.children(pod, slot)
      if (envoy === undefined) throw new Error(`${slot} runs no proxy`)
      await processes.kill(envoy)
    })
    report('kill -9 of Envoy', summary)
    expectOnlyInFlight(summary)
  })

  it('kill -9 of the active slot refuses no connection either', async function () {
    this.timeout(120_000)
    const processes = new PodProcesses(environment().cluster)
    const summary = await killUnderLoad(async (slot) => {
      await processes.kill(await processes.main(pod, slot))
    })
    report('kill -9 of PID 1 of the slot', summary)
    expectOnlyInFlight(summary)
  })

  async function killUnderLoad(kill: (slot: string) => Promise<void>): Promise<Summary> {
    if (app === undefined) throw new Error('the app was not deployed')
    const slot = await servingSlot()
    pod = (await app.pods())[0] ?? pod
    const load = await app.loadPods(standardProfile({ scale: 0.4 }))
    try {
      await untilSent([load], 400)
      await kill(slot)
      await untilSent([load], (await sentSoFar([load])) + 1500)
      await servingSlot()
    } catch (error) {
      load.abort()
      throw error
    }
    return load.stop()
  }

  async function servingSlot(): Promise<string> {
    return waitFor('a serving slot', 30_000, async () => {
      const status = await agentStatus(pod)
      return status?.ready === true ? (status.containers['proxy']?.active ?? undefined) : undefined
    })
  }
})
