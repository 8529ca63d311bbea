import type { V1ResourceRequirements } from '@kubernetes/client-node'
import { expect } from 'chai'
import { activeSlotResources, standbySlotResources } from './slotResources.ts'
import type { Wire } from './wire.ts'

type Resources = Wire<V1ResourceRequirements>

/** case -> what the container asks for, requests of the active and of the idle slot, limits of both */
const cases: Readonly<Record<string, readonly [Resources | undefined, object, object, object]>> = {
  'nothing is asked for: not worth a resize': [
    undefined,
    { cpu: '10m', memory: '32Mi' },
    { cpu: '10m', memory: '32Mi' },
    { cpu: '1', memory: '512Mi' },
  ],
  'everything is asked for': [
    { requests: { cpu: '200m', memory: '128Mi' }, limits: { cpu: '2', memory: '1Gi' } },
    { cpu: '200m', memory: '128Mi' },
    { cpu: '10m', memory: '16Mi' },
    { cpu: '2', memory: '1Gi' },
  ],
  'only limits are: they are the requests too, as in any pod': [
    { limits: { cpu: '500m', memory: '64Mi' } },
    { cpu: '500m', memory: '64Mi' },
    { cpu: '10m', memory: '16Mi' },
    { cpu: '500m', memory: '64Mi' },
  ],
  'a request is above the default limit': [
    { requests: { cpu: '4', memory: '1Gi' } },
    { cpu: '4', memory: '1Gi' },
    { cpu: '10m', memory: '16Mi' },
    { cpu: '4', memory: '1Gi' },
  ],
  'less than the standby default is asked for': [
    { requests: { cpu: '1m', memory: '8Mi' }, limits: { cpu: '5m', memory: '9Mi' } },
    { cpu: '1m', memory: '8Mi' },
    { cpu: '1m', memory: '8Mi' },
    { cpu: '5m', memory: '9Mi' },
  ],
  'other resources are asked for too': [
    { limits: { cpu: '1', memory: '1Gi', 'example.com/nic': '1' } },
    { cpu: '1', memory: '1Gi' },
    { cpu: '10m', memory: '16Mi' },
    { cpu: '1', memory: '1Gi', 'example.com/nic': '1' },
  ],
}

describe('D10: the idle slot asks for a fraction of what the serving one does when', () => {
  for (const [name, [own, active, idle, limits]] of Object.entries(cases)) {
    it(name, () => {
      expect(activeSlotResources(own)).to.deep.equal({ requests: active, limits })
      expect(standbySlotResources(own)).to.deep.equal({ requests: idle, limits })
    })
  }
})
