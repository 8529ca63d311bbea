import { expect } from 'chai'
import type { SidecarContainer } from '../../../api/v1beta1/sidecarset.ts'
import type { Pod } from '../../../runtime/client/kinds.ts'
import { applyPatch } from '../../testing/applyPatch.ts'
import { hotProxy, injectedPod } from '../../testing/build.ts'
import {
  aborted,
  carriedOut,
  failedAndReverted,
  idOf,
  inFlight,
  lines,
  now,
  plan,
  settled,
  v1,
  view,
} from '../../testing/planning.ts'
import { imageOf } from './podStatus.ts'

// Sidecars that move their own state have theirs in migration.test.ts. D6 stands in
// reconciler.test.ts, D10 in api/slotResources.test.ts, D12 in inFlight.test.ts, D13 in
// api/selectorOverlap.test.ts.

describe('what must not happen to sidecars whose listeners are handed over', () => {
  it('D1: the old image heals a pod whose new one failed, though the idle slot keeps the bad one', () => {
    const healed = failedAndReverted('a')
    expect(lines(plan([healed], { to: v1 }))).to.deep.equal(['a: UpToDate'])
    expect(view(healed).desired?.containers['proxy']).to.include({ image: 'proxy:1' })
  })

  const strangers: Readonly<Record<string, Parameters<typeof plan>[1]>> = {
    'pausing it': { strategy: { paused: true } },
    NotUpdate: { strategy: { type: 'NotUpdate' } },
    'a partition that keeps every pod': { strategy: { partition: '100%' } },
    'a selector that leaves the pod out': {
      strategy: { selector: { matchLabels: { app: 'other' } } },
    },
  }
  for (const [what, options] of Object.entries(strangers)) {
    it(`D2: ${what} in mid-upgrade leaves no pod with two live proxies`, () => {
      const pod = inFlight('a')
      const ended = { ...options, agents: { 'default/a': settled(pod) } }
      expect(lines(plan([pod], ended))).to.deep.equal(['a: recordResult'])
    })
  }
  it('D2: nor does a pod that the set does not select any more', () => {
    const pod = inFlight('a')
    const options = { leaving: [pod], agents: { 'default/a': settled(pod) } }
    expect(lines(plan([], options))).to.deep.equal(['a: recordResult'])
  })

  it('D3: another hotUpgradeEmptyImage restarts no slot', () => {
    const [proxy = hotProxy('proxy:1')] = v1
    const upgradeStrategy = { ...proxy.upgradeStrategy, hotUpgradeEmptyImage: 'empty:typo' }
    const to: readonly SidecarContainer[] = [{ ...proxy, upgradeStrategy }]
    const pod = injectedPod('a', v1)
    const after = carriedOut(pod, plan([pod], { to }))
    expect(after.spec).to.deep.equal(pod.spec)
    expect(lines(plan([after], { to }))).to.deep.equal(['a: UpToDate'])
  })

  it('D4: an app that is not ready does not keep an upgrade from its end', () => {
    const pod = inFlight('a', { ready: false })
    const agents = { 'default/a': settled(pod) }
    expect(lines(plan([pod], { agents }))).to.deep.equal(['a: recordResult'])
  })

  it('D7: another tag of the same image ends by the word of the agent, not by image IDs', () => {
    const to = [hotProxy('proxy:same')]
    const pod = restartedWith(inFlight('a', {}, v1, to), 'id-of-proxy:1')
    const agents = { 'default/a': settled(pod) }
    expect(lines(plan([pod], { to, agents }))).to.deep.equal(['a: recordResult'])
  })
  it('D7: and is not taken for done before that', () => {
    const to = [hotProxy('proxy:same')]
    const pod = restartedWith(inFlight('a', {}, v1, to), 'id-of-proxy:1')
    expect(lines(plan([pod], { to, now: now + 1_000 }))).to.deep.equal(['a: InFlight'])
  })

  it('D8: a new image that fails changes nothing about the slot that serves', () => {
    const before = injectedPod('a', v1, { tellsResources: false })
    const failed = inFlight('a')
    const over = { 'default/a': aborted(failed) }
    const recorded = carriedOut(failed, plan([failed], { agents: over }))
    for (const pod of [failed, recorded, carriedOut(recorded, plan([recorded]))]) {
      expect(imageOf(pod, 'proxy-1')).to.equal(imageOf(before, 'proxy-1'))
      expect(statusOf(pod, 'proxy-1')).to.deep.equal(statusOf(before, 'proxy-1'))
    }
  })

  it('D9: a slot that is ready is no success', () => {
    const pod = restartedWith(inFlight('a'), 'id-of-proxy:2')
    expect(lines(plan([pod], { now: now + 1_000 }))).to.deep.equal(['a: InFlight'])
    expect(idOf(pod)).not.to.equal('')
  })
})

/** The pod whose second slot runs again, and is ready, as the kubelet tells it. */
function restartedWith(pod: Pod, imageID: string): Pod {
  const status = { name: 'proxy-2', imageID, containerID: 'containerd://new', restartCount: 1 }
  return applyPatch(pod, { status: { containerStatuses: [{ ...status, ready: true }] } })
}

function statusOf(pod: Pod, container: string): unknown {
  return pod.status?.containerStatuses?.find(({ name }) => name === container)
}
