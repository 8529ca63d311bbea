import { expect } from 'chai'
import type { Pod } from '../../../runtime/client/kinds.ts'
import { workloadOf } from './workloadOf.ts'

function pod(kind: string, name: string, labels: Readonly<Record<string, string>> = {}): Pod {
  const owner = { apiVersion: 'apps/v1', kind, name, uid: `uid-${name}`, controller: true }
  return { metadata: { name: 'web-x', namespace: 'shop', labels, ownerReferences: [owner] } }
}

describe('the workload of a pod', () => {
  const hash = { 'pod-template-hash': '5d8f' }
  const cases: Record<string, readonly [Pod, string]> = {
    'is the Deployment of its ReplicaSet': [
      pod('ReplicaSet', 'web-5d8f', hash),
      'shop/Deployment/web',
    ],
    'is a ReplicaSet of its own': [pod('ReplicaSet', 'web-5d8f'), 'shop/ReplicaSet/web-5d8f'],
    'is the StatefulSet': [pod('StatefulSet', 'db'), 'shop/StatefulSet/db'],
    'is the Job': [pod('Job', 'load'), 'shop/Job/load'],
    'is the pod itself without a controller': [
      { metadata: { name: 'web-x', namespace: 'shop' } },
      'shop/Pod/web-x',
    ],
  }
  for (const [name, [given, expected]] of Object.entries(cases)) {
    it(name, () => {
      expect(workloadOf(given)).to.equal(expected)
    })
  }
})
