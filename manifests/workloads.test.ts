import { expect } from 'chai'
import { AGENT_PORT } from '../api/group.ts'
import { renderInstall } from './generate.ts'
import { byKey, parseObjects } from './testing/installed.ts'

const objects = byKey(parseObjects(renderInstall()))

for (const name of ['baton-operator', 'baton-webhook'])
  describe(`the Deployment ${name}`, () => {
    const deployment = objects[`Deployment baton-system/${name}`]
    const spec = 'spec.template.spec'
    const container = `${spec}.containers[0]`

    it('has two replicas, on different nodes where there are two', () => {
      expect(deployment).to.nested.include({
        'spec.replicas': 2,
        [`${spec}.topologySpreadConstraints[0].topologyKey`]: 'kubernetes.io/hostname',
        [`${spec}.topologySpreadConstraints[0].whenUnsatisfiable`]: 'ScheduleAnyway',
      })
    })

    it('never has fewer replicas that answer while it is upgraded', () => {
      expect(deployment).to.nested.include({
        'spec.strategy.rollingUpdate.maxUnavailable': 0,
        'spec.strategy.rollingUpdate.maxSurge': 1,
      })
    })

    it('keeps a replica while nodes are drained', () => {
      const budget = objects[`PodDisruptionBudget baton-system/${name}`]
      expect(budget).to.nested.include({ 'spec.maxUnavailable': 1 })
      expect(budget)
        .nested.property('spec.selector.matchLabels')
        .to.deep.equal(labelsOf(deployment))
    })

    it('has all three probes', () => {
      for (const [probe, path] of [
        ['startupProbe', '/healthz'],
        ['livenessProbe', '/healthz'],
        ['readinessProbe', '/readyz'],
      ] as const)
        expect(deployment).to.nested.include({
          [`${container}.${probe}.httpGet.path`]: path,
          [`${container}.${probe}.httpGet.port`]: 'health',
        })
    })

    it('may do nothing on its node, as the restricted pod security standard wants it', () => {
      expect(deployment).to.nested.include({
        [`${spec}.securityContext.runAsNonRoot`]: true,
        [`${spec}.securityContext.seccompProfile.type`]: 'RuntimeDefault',
        [`${container}.securityContext.readOnlyRootFilesystem`]: true,
        [`${container}.securityContext.allowPrivilegeEscalation`]: false,
      })
      expect(deployment)
        .nested.property(`${container}.securityContext.capabilities`)
        .to.deep.equal({ drop: ['ALL'] })
      expect(get(objects['Namespace /baton-system'], 'metadata.labels')).to.include({
        'pod-security.kubernetes.io/enforce': 'restricted',
      })
    })

    it('asks for what it needs and is bounded', () => {
      for (const kind of ['requests', 'limits'])
        expect(deployment)
          .nested.property(`${container}.resources.${kind}`)
          .to.have.all.keys('cpu', 'memory')
    })

    it('can be reached at its ports alone', () => {
      const policy = objects[`NetworkPolicy baton-system/${name}`]
      const ports = portsAt(deployment, `${container}.ports`, 'containerPort')
      expect(portsAt(policy, 'spec.ingress[0].ports', 'port')).to.have.members(ports)
      expect(policy)
        .nested.property('spec.podSelector.matchLabels')
        .deep.equal(labelsOf(deployment))
      expect(policy).nested.property('spec.policyTypes').deep.equal(['Ingress', 'Egress'])
    })
  })

describe('the network policies', () => {
  const egress = (name: string): unknown[] =>
    get(objects[`NetworkPolicy baton-system/${name}`], 'spec.egress') as unknown[]
  const dns = { ports: ['UDP', 'TCP'].map((protocol) => ({ protocol, port: 53 })) }
  const apiServer = { ports: [443, 6443, 8443].map((port) => ({ protocol: 'TCP', port })) }

  it('let the webhook ask names and the API server', () => {
    expect(egress('baton-webhook')).to.deep.equal([dns, apiServer])
  })

  it('let the operator ask agents besides, in all namespaces, and a Prometheus', () => {
    const agents = {
      to: [{ namespaceSelector: {} }],
      ports: [{ protocol: 'TCP', port: AGENT_PORT }],
    }
    const prometheus = { ports: [{ protocol: 'TCP', port: 9090 }] }
    expect(egress('baton-operator')).to.deep.equal([dns, apiServer, agents, prometheus])
  })
})

describe('the webhook configurations', () => {
  it('are part of the installation, so that they go with it, and empty until the operator runs', () => {
    for (const key of [
      'MutatingWebhookConfiguration /baton-injection',
      'ValidatingWebhookConfiguration /baton-validation',
    ])
      expect(objects[key]).to.have.all.keys('apiVersion', 'kind', 'metadata')
  })
})

function get(object: unknown, path: string): unknown {
  return path
    .split(/[.[\]]+/)
    .filter((part) => part !== '')
    .reduce((at: unknown, part) => (at as Readonly<Record<string, unknown>>)[part], object)
}

function labelsOf(deployment: unknown): unknown {
  return get(deployment, 'spec.template.metadata.labels')
}

function portsAt(object: unknown, path: string, field: string): readonly unknown[] {
  return (get(object, path) as readonly Readonly<Record<string, unknown>>[]).map(
    (port) => port[field],
  )
}
