import { expect } from 'chai'
import { formatDesired } from '../api/desired.ts'
import { annotations, POD_CONDITION } from '../api/group.ts'
import { podRows } from './podRow.ts'

const desired = formatDesired({
  v: 1,
  containers: {
    proxy: {
      handover: 'initial',
      active: 'proxy-1',
      revision: 'abc',
      image: 'proxy:1',
      minBoot: {},
      drain: { timerSeconds: 15, maxSeconds: 600, method: {} },
      startDeadlineSeconds: 60,
      confirmSeconds: 0,
    },
  },
})

describe('row of a pod', () => {
  it('is absent for a pod that Baton did not touch', () => {
    expect(podRows({ metadata: { name: 'plain' } })).to.deep.equal([])
  })

  it('says which slot serves which image, and that nothing was handed over yet', () => {
    const pod = {
      metadata: { name: 'a', namespace: 'shop', annotations: { [annotations.desired]: desired } },
    }
    expect(podRows(pod)).to.deep.equal([
      ['shop', 'a', 'proxy', 'proxy-1', 'proxy:1', 'NoHandoverYet', ''],
    ])
  })

  it('carries the result of the last handover', () => {
    const condition = { type: POD_CONDITION, status: 'True', reason: 'Settled', message: 'done' }
    const pod = {
      metadata: { name: 'a', annotations: { [annotations.desired]: desired } },
      status: { conditions: [condition] },
    }
    expect(podRows(pod)[0]?.slice(-2)).to.deep.equal(['Settled', 'done'])
  })
})
