import { expect } from 'chai'
import { webPod } from '../../cli/testing/cluster.ts'
import { aRevision, hotProxy } from '../../operator/testing/build.ts'
import { podRow } from './podRow.ts'

describe('a pod on the page', () => {
  it('has its workload, its slots and what they run', () => {
    const row = podRow(webPod('web-1', 'proxy:1'), 'mesh', undefined)
    expect(row).to.include({
      key: 'default/web-1',
      workload: 'deployment/web',
      node: 'node-a',
      ready: true,
      stage: 'Resting',
      revision: aRevision([hotProxy('proxy:1')]).hash,
    })
    const slots = row?.containers[0]?.slots.map(({ slot, state }) => `${slot} ${state}`)
    expect(slots).to.deep.equal(['proxy-1 Serving', 'proxy-2 Standby'])
  })

  it('is none of a set that is not in it', () => {
    expect(podRow(webPod('web-1', 'proxy:1'), 'other', undefined)).to.equal(undefined)
  })

  it('is told in few bytes: ten thousand come at once', () => {
    const bytes = JSON.stringify(podRow(webPod('web-1', 'proxy:1'), 'mesh', undefined)).length
    expect(bytes).to.be.below(600)
  })
})
