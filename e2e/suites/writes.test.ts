import { expect } from 'chai'
import { PODS } from '../../runtime/client/kinds.ts'
import { parseMetrics } from '../observe/agents.ts'
import type { MeshApp } from '../workload/deploy.ts'
import { applyAll, deployMesh } from '../workload/deploy.ts'
import { useEnvironment } from './sharedEnvironment.ts'

const FLOW_SCHEMA = 'baton-pod-writes'

/**
 * The API server's request counters do not tell who asked. Its flow control does: a FlowSchema of
 * its own for the operator's writes to pods makes them a series of their own.
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
            resources: ['pods', 'pods/status', 'pods/resize'],
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

  it('two writes a pod', async function () {
    this.timeout(240_000)
    const { workloads } = environment()
    await applyAll(environment(), [flowSchema])
    app = await deployMesh(environment(), {
      name: 'writes',
      image: workloads.envoy('1.38.3'),
      replicas: 3,
      updateStrategy: { maxUnavailable: 3 },
    })
    const before = await podWrites()
    const conflictsBefore = await conflicts()
    const upgrades = ['1.40.0', '1.38.3'] as const
    for (const version of upgrades) {
      await app.rollout.completed(await app.rollout.setImage(workloads.envoy(version)))
    }
    const writes = (await podWrites()) - before - ((await conflicts()) - conflictsBefore)
    process.stdout.write(`      ${writes} writes for ${upgrades.length} changes of 3 pods\n`)
    expect(writes).to.equal(2 * 3 * upgrades.length)
  })

  /**
   * PATCHes of the operator that were refused since the kubelet had written the pod a moment before:
   * flow control counts them, but they wrote nothing.
   */
  async function conflicts(): Promise<number> {
    const { items } = await environment().client.resource(PODS).list({ namespace: 'baton-system' })
    let sum = 0
    for (const pod of items.filter(({ metadata }) => metadata.name.startsWith('baton-operator'))) {
      const response = await fetch(`http://${pod.status?.podIP ?? ''}:8080/metrics`)
      for (const [name, value] of parseMetrics(await response.text())) {
        const refused = name.startsWith('rest_client_requests_total') && name.includes('code="409"')
        if (refused && name.includes('method="PATCH"')) sum += value
      }
    }
    return sum
  }

  async function podWrites(): Promise<number> {
    const series = parseMetrics(await environment().kubectl(['get', '--raw', '/metrics']))
    let sum = 0
    for (const [name, value] of series) {
      if (
        name.startsWith('apiserver_flowcontrol_dispatched_requests_total') &&
        name.includes(`flow_schema="${FLOW_SCHEMA}"`)
      ) {
        sum += value
      }
    }
    return sum
  }
})
