import { expect } from 'chai'
import { completeSet } from '../../cli/testing/cluster.ts'
import type { Event } from '../../runtime/client/kinds.ts'
import { timelineOf } from './timeline.ts'

describe('who did what', () => {
  it('names the user of the last command, the writer of the spec and the events, newest first', () => {
    const base = completeSet()
    const set = {
      ...base,
      metadata: {
        ...base.metadata,
        managedFields: [
          { manager: 'argocd', time: '2025-01-01T00:01:00Z', fieldsV1: { 'f:spec': {} } },
          { manager: 'baton-operator', time: '2025-01-01T09:00:00Z', fieldsV1: { 'f:status': {} } },
        ],
      },
      status: {
        ...base.status,
        lastCommand: {
          id: 'x',
          verb: 'promote',
          revision: 'aa',
          step: 2,
          by: 'alice',
          reason: 'looks good',
          at: '2025-01-01T00:03:00Z',
          outcome: 'Accepted',
          message: 'promote of revision aa in step 2: looks good (2025-01-01T00:03:00.000Z)',
        },
      },
    } as const
    const event: Event = {
      metadata: { name: 'e', namespace: 'default' },
      involvedObject: {},
      type: 'Warning',
      reason: 'UpgradeFailed',
      message: 'web-1 failed',
      count: 3,
      reportingComponent: 'baton-operator',
      lastTimestamp: '2025-01-01T00:02:00Z',
    }
    const entries = timelineOf(set, [event])
    expect(entries.map(({ who, what, tone }) => `${who} ${what} ${tone}`)).to.deep.equal([
      'alice promote plain',
      'baton-operator UpgradeFailed warning',
      'argocd spec plain',
    ])
    expect(entries[0]?.sentence).to.equal('asked for promote of revision aa in step 2: looks good')
    expect(entries[1]?.sentence).to.equal('web-1 failed (3 times)')
  })
})
