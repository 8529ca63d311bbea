import { expect } from 'chai'
import { hotProxy, injectedPod } from '../../testing/build.ts'
import { viewPod } from './podView.ts'
import { createPodViews } from './podViews.ts'

describe('views of pods', () => {
  const pod = injectedPod('a', [hotProxy('proxy:1')])

  it('are made once for a pod and a set', () => {
    const viewOf = createPodViews()
    expect(viewOf(pod, 'mesh')).to.equal(viewOf(pod, 'mesh'))
    expect(viewOf(pod, 'mesh')).to.deep.equal(viewPod(pod, 'mesh'))
    expect(viewOf(pod, 'other')).to.equal(undefined)
  })
  it('are made anew for a pod that was exchanged', () => {
    const viewOf = createPodViews()
    const before = viewOf(pod, 'mesh')
    const after = viewOf({ ...pod, status: { ...pod.status, conditions: [] } }, 'mesh')
    expect(before).to.include({ ready: true })
    expect(after).to.include({ ready: false })
  })
})
