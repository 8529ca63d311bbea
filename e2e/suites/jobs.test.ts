import { expect } from 'chai'
import type { Pod } from '../../runtime/client/kinds.ts'
import { NAMESPACES, PODS } from '../../runtime/client/kinds.ts'
import { SIDECAR_SETS } from '../../api/v1beta1/kinds.ts'
import { waitFor } from '../environment/wait.ts'
import { Rollout, readyPods } from '../observe/rollout.ts'
import type { JobReport } from '../workload/job.ts'
import { jobManifests } from '../workload/job.ts'
import { meshSet } from '../workload/mesh.ts'
import { PORTS } from '../workload/ports.ts'
import { useEnvironment } from './sharedEnvironment.ts'

const NAME = 'batch'
/** The kubelet's grace period for the sidecars: longer means that one of them was killed. */
const GRACE_SECONDS = 30

describe('the pod of a Job', () => {
  const environment = useEnvironment()

  after('remove the job', async () => {
    const { client } = environment()
    await client.resource(SIDECAR_SETS).delete({ name: NAME })
    await client.resource(NAMESPACES).delete({ name: NAME })
  })

  it('is upgraded while it works, loses nothing, and is over when its work is', async function () {
    this.timeout(180_000)
    const { client, kubectl, workloads } = environment()
    const apply = async (objects: readonly object[]): Promise<void> => {
      const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects })
      await kubectl(['apply', '-f', '-'], { input: list })
    }
    // Declared as for any app: in a pod that ends, the slots are native sidecars all the same.
    await apply([meshSet({ name: NAME, image: workloads.envoy('1.38.3') })])
    const rollout = new Rollout(client, NAME)
    await rollout.condition('Available', 'WebhookConfigured', 30_000)
    await apply(jobManifests({ name: NAME, image: workloads.app }))
    const [pod] = await readyPods(client, NAME, 1)
    const generation = await rollout.setImage(workloads.envoy('1.40.0'))
    await rollout.completed(generation)
    const { sent, lost } = await finish(pod)
    const toldAt = Date.now()
    const phase = await waitFor('the pod to be over', 90_000, async () => {
      const { name, namespace = '' } = pod?.metadata ?? { name: '' }
      const { status } = await client.resource(PODS).get({ namespace, name })
      return ['Succeeded', 'Failed'].includes(status?.phase ?? '') ? status?.phase : undefined
    })
    const seconds = (Date.now() - toldAt) / 1000
    process.stdout.write(`      ${sent} sent, ${lost} lost, over after ${seconds.toFixed(1)} s\n`)
    expect(sent).to.be.above(100)
    expect(lost).to.equal(0)
    expect(phase).to.equal('Succeeded')
    expect(seconds).to.be.below(GRACE_SECONDS - 5)
    const complete = ['wait', `job/${NAME}`, '-n', NAME, '--for=condition=Complete']
    await kubectl([...complete, '--timeout=30s'])
  })

  async function finish(pod: Pod | undefined): Promise<JobReport> {
    const answer = await fetch(`http://${pod?.status?.podIP ?? ''}:${PORTS.app}/finish`)
    return (await answer.json()) as JobReport
  }
})
