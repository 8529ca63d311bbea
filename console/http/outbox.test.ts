import { expect } from 'chai'
import type { PodRow } from '../wire.ts'
import { createOutbox } from './outbox.ts'

const pod = (key: string, ready: boolean): PodRow => ({
  key,
  workload: 'pod',
  node: 'n',
  ready,
  revision: 'aa',
  stage: 'Resting',
  containers: [],
})

describe('the outbox of a stream', () => {
  it('tells of many changes of one pod the last', () => {
    const outbox = createOutbox()
    outbox.putPods({ upsert: [pod('a/1', false)], gone: [] })
    outbox.putPods({ upsert: [pod('a/1', true)], gone: [], complete: true })
    expect(outbox.take()).to.deep.equal([
      { event: 'pods', data: { upsert: [pod('a/1', true)], gone: [], complete: true } },
    ])
    expect(outbox.take()).to.deep.equal([])
  })

  it('tells a pod that went after a change as gone, and one that came back as there', () => {
    const outbox = createOutbox()
    outbox.putPods({ upsert: [pod('a/1', true)], gone: ['a/2'] })
    outbox.putPods({ upsert: [pod('a/2', true)], gone: ['a/1'] })
    expect(outbox.take()).to.deep.equal([
      { event: 'pods', data: { upsert: [pod('a/2', true)], gone: ['a/1'] } },
    ])
  })
})
