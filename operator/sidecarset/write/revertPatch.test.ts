import { expect } from 'chai'
import type { SidecarContainer } from '../../../api/v1beta1/sidecarset.ts'
import { coldLog, selfMigrating } from '../../testing/build.ts'
import { inFlight, now, view } from '../../testing/planning.ts'
import { revertWrite } from './revertPatch.ts'
import type { PodWrite } from './upgradePatch.ts'

interface Options {
  /** Since the upgrade began. */
  readonly seconds: number
  readonly withoutResize?: boolean
}

/** What takes a pod back that is on its way from one to the other. */
function wayBack(
  [from, to]: readonly [SidecarContainer, SidecarContainer],
  { seconds, withoutResize = false }: Options,
): PodWrite {
  const pod = view(inFlight('a', {}, [from], [to]))
  if (pod.state === undefined) throw new Error('it is not in flight')
  const at = now + seconds * 1000
  return revertWrite({ view: pod, set: 'mesh', state: pod.state, now: at, withoutResize })
}

const spec = ({ patch }: PodWrite): unknown => (patch as { readonly spec?: unknown }).spec

// The kubelet counts starts of an image for ten minutes; see slotImages.ts.
describe('D1: the way back from a failed upgrade keeps clear of the crash back-off', () => {
  const cold = [coldLog('log:1'), coldLog('log:2')] as const
  const hot = [selfMigrating('sidecar:1'), selfMigrating('sidecar:2')] as const

  it('of a cold container', () => {
    expect(wayBack(cold, { seconds: 1 }).kind).to.equal('resize')
  })
  it('of the idle slot of a sidecar that migrates by itself', () => {
    expect(wayBack(hot, { seconds: 1 }).kind).to.equal('resize')
  })
  it('except where resizes are refused', () => {
    const write = wayBack(hot, { seconds: 1, withoutResize: true })
    expect(write.kind).to.equal('patch')
    expect(spec(write)).to.deep.equal({ containers: [{ name: 'sidecar-2', image: 'empty:1' }] })
  })
  it('as long as the kubelet has not forgotten it', () => {
    const write = wayBack(cold, { seconds: 601 })
    expect(write.kind).to.equal('patch')
    expect(spec(write)).to.deep.equal({ containers: [{ name: 'log', image: 'log:1' }] })
  })
})
