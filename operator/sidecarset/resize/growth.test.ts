import { expect } from 'chai'
import type { Pod } from '../../../runtime/client/kinds.ts'
import { aRevision, hotProxy, injectedPod, largeProxy } from '../../testing/build.ts'
import { applyPatch } from '../../testing/applyPatch.ts'
import { now, view } from '../../testing/planning.ts'
import { containerSteps } from '../rollout/containerSteps.ts'
import type { Growth } from './growth.ts'
import { growthBefore } from './growth.ts'
import type { ResizeNote } from './resizeMemory.ts'
import { formatSize, resizePatch } from './slotSize.ts'

describe('before an upgrade a slot', () => {
  const large = injectedPod('a', [largeProxy('proxy:1')])

  function growth(pod: Pod, note?: Partial<ResizeNote>, container = largeProxy('proxy:2')): Growth {
    const steps = containerSteps(view(pod), aRevision([container], 2).template)
    const whole = note === undefined ? undefined : { ended: [], ...note }
    return growthBefore({ view: view(pod), steps, note: whole, now })
  }
  /** After the resize, which the kubelet has not carried out. */
  const asked = (pod: Pod): Pod => {
    const decided = growth(pod)
    if (decided.kind !== 'resize') throw new Error(decided.kind)
    return applyPatch(pod, resizePatch(pod, decided.sizes))
  }
  const pending = (reason: string): Pod => {
    const condition = { type: 'PodResizePending', status: 'True', reason, message: 'no room' }
    return applyPatch(asked(large), { status: { conditions: [condition] } })
  }

  it('grows to what the container asks for', () => {
    const decided = growth(large)
    if (decided.kind !== 'resize') throw new Error(decided.kind)
    const sizes = Object.entries(decided.sizes).map(([slot, size]) => `${slot} ${formatSize(size)}`)
    expect(sizes).to.deep.equal(['proxy-2 200m/256Mi'])
  })
  it('stays as it is when it costs next to nothing', () => {
    const small = injectedPod('a', [hotProxy('proxy:1')])
    expect(growth(small, undefined, hotProxy('proxy:2'))).to.deep.equal({ kind: 'none' })
  })
  it('waits for the kubelet', () => {
    expect(growth(asked(large), { asked: { at: now - 9_000 } }).kind).to.equal('wait')
  })
  it('waits after the operator has changed as long as before', () => {
    expect(growth(asked(large)).kind).to.equal('wait')
  })
  it('goes on after ten seconds, and says why it is small', () => {
    const put = pending('Deferred')
    expect(growth(put, { asked: { at: now - 9_000 } }).kind).to.equal('wait')
    expect(growth(put, { asked: { at: now - 10_000 } })).to.deep.equal({
      kind: 'none',
      obstacle: 'the resize of proxy-2 is not done: Deferred: no room',
    })
  })
  it('goes on at once when the node can never have room', () => {
    const decided = growth(pending('Infeasible'), { asked: { at: now } })
    expect(decided).to.have.property('obstacle').that.contains('Infeasible')
  })
  it('is not asked for again what was refused', () => {
    const refused = { id: 'proxy-2=200m/256Mi', at: now, sentence: 'no' }
    expect(growth(large, { refused })).to.deep.equal({ kind: 'none', obstacle: 'no' })
  })
  it('keeps a size that somebody else gave it', () => {
    const resources = { requests: { cpu: '500m', memory: '1Gi' } }
    const grown = applyPatch(large, { spec: { containers: [{ name: 'proxy-2', resources }] } })
    expect(growth(grown).kind).to.equal('wait')
    const status = applyPatch(grown, { status: { containerStatuses: withResources(grown) } })
    expect(growth(status)).to.deep.equal({ kind: 'none' })
  })
  it('takes the size of its sibling where the set has it computed for each pod', () => {
    const computed = { ...hotProxy('proxy:2'), resourcesPolicy: {} }
    const decided = growth(large, undefined, computed)
    if (decided.kind !== 'resize') throw new Error(decided.kind)
    expect(Object.values(decided.sizes).map(formatSize)).to.deep.equal(['200m/256Mi'])
  })
})

function withResources(pod: Pod): object[] {
  return (pod.status?.containerStatuses ?? []).map((status) => {
    const container = pod.spec?.containers.find(({ name }) => name === status.name)
    return { ...status, resources: container?.resources }
  })
}
