import { expect } from 'chai'
import type { KubeObject } from '../../runtime/client/objects.ts'
import { aSet } from '../testing/build.ts'
import { aborted, carriedOut, inFlight, plan, settled } from '../testing/planning.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import type { RolloutPlan } from './rollout/plan.ts'
import { announce } from './announce.ts'

const controller = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  name: 'web',
  uid: 'u',
  controller: true,
}

function owned(pod: Pod): Pod {
  return { ...pod, metadata: { ...pod.metadata, ownerReferences: [controller] } }
}

/** `Kind name: Reason: message` of each event. */
function eventsOf({ decisions }: RolloutPlan): readonly string[] {
  const events: string[] = []
  const event = (about: KubeObject, _type: string, reason: string, message: string): void => {
    events.push(`${about.kind ?? ''} ${about.metadata.name}: ${reason}: ${message}`)
  }
  for (const decision of decisions) {
    if (decision.kind !== 'none') announce({ event }, { name: 'mesh', set: aSet() }, decision)
  }
  return events
}

describe('events of an upgrade', () => {
  const pod = owned(inFlight('a'))

  it('tell pod, owner and set of a failure, and pod and owner of the way back', () => {
    const failed = plan([pod], { agents: { 'default/a': aborted(pod) } })
    const sentence = 'ProxyExited: proxy stays on proxy-1: exit 1'
    expect(eventsOf(failed)).to.deep.equal([
      `Pod a: UpgradeFailed: ${sentence}`,
      `ReplicaSet web: UpgradeFailed: pod default/a: ${sentence}`,
      `SidecarSet mesh: UpgradeFailed: pod default/a: ${sentence}`,
    ])
    const back = eventsOf(plan([carriedOut(pod, failed)])).map((text) =>
      text.split(': ').slice(0, 2),
    )
    expect(back).to.deep.equal([
      ['Pod a', 'RolledBack'],
      ['ReplicaSet web', 'RolledBack'],
    ])
  })

  it('tell the pod alone of a success', () => {
    const done = plan([pod], { agents: { 'default/a': settled(pod) } })
    expect(eventsOf(done).map((text) => text.split(': ').slice(0, 2))).to.deep.equal([
      ['Pod a', 'HandedOver'],
    ])
  })
})
