import { expect } from 'chai'
import { gatewayWith } from '../../api/gateway/testing/build.ts'
import { judgeGateway, withGatewayConditions } from './conditions.ts'
import { viewGateway } from './view.ts'
import type { GatewayObstacle } from './view.ts'

interface Seen {
  readonly spec?: object
  readonly deployment?: object
  readonly service?: object
  readonly obstacle?: GatewayObstacle
}

/** `type status reason: message` of the condition of a type. */
function said(type: string, { spec, deployment, service, obstacle }: Seen): string {
  const status = (value: object | undefined) => ({ metadata: { name: 'edge' }, ...value })
  const view = viewGateway(
    gatewayWith(spec),
    status({ status: deployment }),
    status(service),
    obstacle,
  )
  const found = judgeGateway(view).find((one) => one.type === type)
  return `${found?.status ?? ''} ${found?.reason ?? ''}: ${found?.message ?? ''}`
}

const inside = { service: { type: 'ClusterIP', ports: [{ port: 80 }] } }

describe('a gateway says', () => {
  const cases: Readonly<Record<string, readonly [string, Seen, string]>> = {
    'that all is applied': [
      'Accepted',
      {},
      'True Applied: Deployment and Service are as the spec wants them',
    ],
    'what is in the way': [
      'Accepted',
      { obstacle: { reason: 'NameTaken', sentence: 'there is another' } },
      'False NameTaken: there is another',
    ],
    'that all pods are ready': [
      'Available',
      { spec: { replicas: 2 }, deployment: { availableReplicas: 2 } },
      'True AllPodsReady: 2 of 2 pods ready',
    ],
    'that some are': [
      'Available',
      { spec: { replicas: 3 }, deployment: { availableReplicas: 2 } },
      'True SomePodsReady: 2 of 3 pods ready',
    ],
    'that none is': ['Available', {}, 'False NoPodReady: 0 of 1 pod ready'],
    'that nobody is wanted': [
      'Available',
      { spec: { replicas: 0 } },
      'False ScaledToZero: spec.replicas is 0: nobody serves',
    ],
    'why pods are missing': [
      'Available',
      {
        deployment: {
          conditions: [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota' }],
        },
      },
      'False NoPodReady: 0 of 1 pod ready: exceeded quota',
    ],
    'where clients reach it': [
      'Addressed',
      {
        service: {
          status: { loadBalancer: { ingress: [{ ip: '192.0.2.7' }, { hostname: 'a.example' }] } },
        },
      },
      'True AddressAssigned: clients reach the gateway at 192.0.2.7, a.example',
    ],
    'where it is reached inside the cluster': [
      'Addressed',
      { spec: inside, service: { spec: { clusterIPs: ['10.0.0.7', 'fd00::7'] } } },
      'True AddressAssigned: clients reach the gateway at 10.0.0.7, fd00::7',
    ],
    'that a cluster without load balancers gives none': [
      'Addressed',
      { service: { spec: { clusterIPs: ['10.0.0.7'] } } },
      'False AddressPending: the load balancer of Service edge has no address yet: kubectl describe service edge tells what its controller says',
    ],
  }
  for (const [name, [type, seen, sentence]] of Object.entries(cases)) {
    it(name, () => {
      expect(said(type, seen)).to.equal(sentence)
    })
  }
})

describe('a patch of the status by the rollout', () => {
  const condition = (type: string) => ({
    type,
    ...{ status: 'True' as const, reason: 'R', message: 'm', lastTransitionTime: 't' },
  })
  it("keeps the gateway's own conditions, and no others that were there", () => {
    const patch = { status: { matchedPods: 1, conditions: [condition('Paused')] } }
    const before = ['Accepted', 'Progressing', 'Addressed'].map(condition)
    expect(withGatewayConditions(patch, before)).to.deep.equal({
      status: { matchedPods: 1, conditions: ['Accepted', 'Addressed', 'Paused'].map(condition) },
    })
  })
  it('stays as it is when it says nothing of conditions', () => {
    const patch = { metadata: { finalizers: [] } }
    expect(withGatewayConditions(patch, [condition('Accepted')])).to.equal(patch)
  })
})
