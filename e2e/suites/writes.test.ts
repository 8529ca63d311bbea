import { expect } from 'chai'
import { parseMetrics } from '../observe/agents.ts'
import type { MeshApp } from '../workload/deploy.ts'
import { applyAll, deployMesh } from '../workload/deploy.ts'
import { useEnvironment } from './sharedEnvironment.ts'

const FLOW_SCHEMA = 'baton-status-writes'

/**
 * The API server's request counters do not tell who asked. Its flow control does: a FlowSchema of
 * its own for the operator's writes to statuses, which the kubelet writes too, makes them a series.
 */
const flowSchema = {
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
  kind: 'FlowSchema',
  metadata: { name: FLOW_SCHEMA },
  spec: {
    matchingPrecedence: 100,
    priorityLevelConfiguration: { name: 'workload-high' },
    rules: [
      {
        subjects: [
          {
            kind: 'ServiceAccount',
            serviceAccount: { namespace: 'baton-system', name: 'baton-operator' },
          },
        ],
        resourceRules: [
          {
            apiGroups: [''],
            resources: ['pods/status', 'pods/resize'],
            namespaces: ['writes'],
            verbs: ['create', 'update', 'patch', 'delete'],
          },
        ],
      },
    ],
  },
} as const

describe('what an upgrade costs the API server', () => {
  const environment = useEnvironment()
  let app: MeshApp | undefined

  after('remove the app', async function () {
    this.timeout(120_000)
    await app?.remove()
    await environment().kubectl(['delete', 'flowschema', FLOW_SCHEMA, '--ignore-not-found'])
  })

  it('two writes a pod, when its slots need no resize', async function () {
    this.timeout(240_000)
    const { workloads } = environment()
    await applyAll(environment(), [flowSchema])
    app = await deployMesh(environment(), {
      name: 'writes',
      image: workloads.envoy('1.38.3'),
      replicas: 3,
      // No more than an idle slot asks for: nothing is worth a resize.
      requests: { cpu: '10m', memory: '16Mi' },
      updateStrategy: { maxUnavailable: 3 },
    })
    const before = await podWrites()
    const upgrades = ['1.40.0', '1.38.3'] as const
    for (const version of upgrades) {
      await app.rollout.completed(await app.rollout.setImage(workloads.envoy(version)))
    }
    const writes = (await podWrites()) - before
    process.stdout.write(`      ${writes} writes for ${upgrades.length} changes of 3 pods\n`)
    expect(writes).to.equal(2 * 3 * upgrades.length)
  })

  /** Writes of the operator, and no one else's, that changed a pod or its status. */
  async function podWrites(): Promise<number> {
    const series = parseMetrics(await environment().kubectl(['get', '--raw', '/metrics']))
    return (
      // The kubelet writes only statuses. A PATCH refused with 409 since the kubelet came between
      // the operator's read and its write has written nothing.
      sumOf(series, 'apiserver_request_total', [
        'resource="pods"',
        'subresource=""',
        'verb="PATCH"',
        'code="200"',
      ]) +
      sumOf(series, 'apiserver_flowcontrol_dispatched_requests_total', [
        `flow_schema="${FLOW_SCHEMA}"`,
      ])
    )
  }
})

function sumOf(
  series: ReadonlyMap<string, number>,
  metric: string,
  labels: readonly string[],
): number {
  let sum = 0
  for (const [name, value] of series) {
    if (name.startsWith(`${metric}{`) && labels.every((label) => name.includes(label))) sum += value
  }
  return sum
}
