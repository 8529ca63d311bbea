import { expect } from 'chai'
import { connections, ended, events, lost, moment, NOW, stateIn } from '../testing/handovers.ts'
import type { Event } from './events.ts'
import type { State } from './state.ts'
import { step } from './table.ts'

function run(...list: readonly Event[]): { readonly state: State; readonly effects: string[] } {
  const effects: string[] = []
  let state = stateIn('Draining')
  for (const event of list) {
    const next = step(state, event, moment)
    state = next.state
    effects.push(...next.effects.map(({ kind }) => kind))
  }
  return { state, effects }
}

function left(count: number): Event {
  return { kind: 'connections', count: connections(count) }
}

describe('a drain', () => {
  it('stops the old process after two readings of no connection, not after one', () => {
    expect(run(left(0)).effects).to.deep.equal([])
    expect(run(left(0), left(1), left(0)).effects).to.deep.equal([])
    expect(run(left(0), left(0)).effects).to.deep.equal(['stopSlot'])
    expect(run(left(0), left(0), left(0)).effects).to.deep.equal(['stopSlot'])
  })

  const ends: readonly (readonly [string, readonly Event[], number, number])[] = [
    ['counts all as drained when none was left', [left(0), left(0), events.stopped], 5, 0],
    [
      'counts what is left at its longest as cut',
      [left(2), events.maxReached, events.stopped],
      3,
      2,
    ],
    ['counts what an old process that ends by itself still had', [left(3), events.stopped], 2, 3],
    [
      'counts what a killed process had, not a first reading of none that came after its death',
      [
        left(3),
        left(0),
        { kind: 'stopped', end: ended({ signal: 9, connections: null }), standIn: false },
      ],
      2,
      3,
    ],
    [
      'believes the launcher, which counts at the very end',
      [left(3), { kind: 'stopped', end: ended({ connections: 1 }), standIn: false }],
      4,
      1,
    ],
    [
      'counts what the old process closes by itself once it was told to stop',
      [
        left(2),
        events.maxReached,
        { kind: 'stopped', end: ended({ connections: 0, atStop: 3 }), standIn: false },
      ],
      2,
      3,
    ],
    [
      'does not count below zero when more came than were there at first',
      [left(9), events.maxReached, events.stopped],
      0,
      9,
    ],
    [
      'cuts for the sake of a failover when the new process is lost',
      [left(4), lost('gone', 'proxy-1'), events.stopped],
      1,
      4,
    ],
  ]
  for (const [name, list, connectionsDrained, connectionsCut] of ends) {
    it(name, () => {
      const { state } = run(...list)
      expect(state).to.have.property('phase', 'Settled')
      expect(state)
        .to.have.property('record')
        .that.includes({ connectionsDrained, connectionsCut, connectionsLeft: 0 })
    })
  }

  it('reports what is left at the timer and goes on', () => {
    const { state, effects } = run(left(2), events.timer)
    expect(effects).to.deep.equal(['reportLeft'])
    expect(state).to.have.property('phase', 'Draining')
    expect(state).to.have.property('record').that.includes({ reportedAt: NOW, connectionsLeft: 2 })
  })

  it("tells the growth of the kernel's counters", () => {
    expect(run(events.stopped).state).to.have.deep.nested.property('record.kernel', {
      ListenDrops: 2,
    })
  })

  it('does not write a state for a reading that says nothing new', () => {
    const { state } = run(left(4))
    expect(step(state, left(4), moment).state).to.equal(state)
  })
})
