import { expect } from 'chai'
import {
  asideDrain,
  connections,
  ended,
  events,
  moment,
  NOW,
  oldProcess,
  order,
  running,
  slotView,
  stateIn,
  worldOf,
} from '../testing/handovers.ts'
import type { Event } from './events.ts'
import { perceive } from './perceive.ts'
import type { Ordered, State } from './state.ts'
import { step } from './table.ts'

function run(state: State, ...list: readonly Event[]): Ordered {
  const last = list.reduce((before, event) => step(before, event, moment).state, state)
  if (last.phase === 'Unassigned') throw new Error('unassigned')
  return last
}

/** proxy-1 serves again while its old process drains aside. */
const turned = stateIn('Settled', { active: 'proxy-1', home: 'proxy-1', aside: asideDrain() })
const withAside = { ...running, pid: 8, aside: { pid: 7, side: 0 } }
const seen = (status: Parameters<typeof slotView>[0]) => ({
  order: null,
  slots: { 'proxy-1': slotView(status), 'proxy-2': slotView({ boot: 2 }) },
})
const left = (count: number): Event => ({ kind: 'asideCounted', count: connections(count) })

describe('a drain that is turned back', () => {
  it('goes on aside with the record, the terms and the process that it had', () => {
    const draining = stateIn('Draining')
    const { aside, record, order: next } = run(draining, events.turnedBack)
    expect(aside).to.deep.include({ slot: 'proxy-1', process: oldProcess, drain: order().drain })
    expect(aside?.record).to.include({ id: 'h1', connectionsAtDrain: 5, reason: 'TurnedBack' })
    expect(record).to.include({ id: 'h2', from: 'proxy-2', to: 'proxy-1' })
    expect(next.handover).to.equal('h2')
  })

  const ends: readonly (readonly [string, readonly Event[], number, string])[] = [
    ['drains to its last connection', [left(0), left(0), events.asideEnded], 0, ''],
    [
      'is cut at its longest',
      [left(2), events.asideMaxReached, events.asideEnded],
      2,
      'MaxSeconds',
    ],
    [
      'ends by itself with connections',
      [left(2), { kind: 'asideEnded', end: ended({ connections: 1 }) }],
      1,
      'ProxyExited',
    ],
    ['dies with its container', [left(3), { kind: 'asideEnded', end: null }], 3, 'SlotGone'],
    [
      'is killed by an unknown hand',
      [left(3), { kind: 'asideEnded', end: ended({ signal: 9 }) }],
      3,
      'ProxyKilled',
    ],
  ]
  for (const [name, list, connectionsCut, cutReason] of ends) {
    it(`that ${name} is counted into its own record`, () => {
      const state = run(turned, ...list)
      expect(state.aside).to.equal(null)
      expect(state.turnedBack).to.include({ id: 'h0', connectionsCut, cutReason })
      expect(state.turnedBack).to.include({ connectionsDrained: 5 - connectionsCut })
      expect(state.record).to.equal((turned as Ordered).record)
    })
  }

  const perceived: readonly (readonly [
    string,
    State,
    Partial<ReturnType<typeof worldOf>>,
    ...Event[],
  ])[] = [
    ['is left in peace', turned, seen(withAside)],
    ['is counted', turned, { ...seen(withAside), asideConnections: connections(2) }, left(2)],
    [
      'has had its time, whatever the new order says',
      turned,
      { ...seen(withAside), at: NOW + 600_000 },
      { kind: 'asideMaxReached' },
    ],
    [
      'is stopped again by an agent that does not know',
      { ...(turned as Ordered), aside: asideDrain({ stopOrderedAt: NOW }) },
      { ...seen(withAside), asideStopOrdered: false },
      { kind: 'asideUnstopped' },
    ],
    [
      'has ended',
      turned,
      seen({ ...withAside, aside: null, lastAside: ended({ connections: 0 }) }),
      { kind: 'asideEnded', end: ended({ connections: 0 }) },
    ],
    [
      'has gone with its container',
      turned,
      seen({ ...running, boot: 2 }),
      { kind: 'asideEnded', end: null },
    ],
    [
      'is found after the state was lost',
      stateIn('Settled', { active: 'proxy-1', home: 'proxy-1' }),
      seen(withAside),
      { kind: 'asideFound', slot: 'proxy-1', process: oldProcess },
    ],
  ]
  for (const [name, state, world, ...expected] of perceived) {
    it(`${name}: ${expected.map(({ kind }) => kind).join()}`, () => {
      expect(perceive(state, worldOf({ activeFile: 'proxy-1', ...world }))).to.deep.equal(expected)
    })
  }

  it('is set aside before anything that is seen of its slot is believed', () => {
    const starting = run(stateIn('Draining'), events.turnedBack)
    const world = worldOf({
      order: order({ handover: 'h2', active: 'proxy-1' }),
      activeFile: 'proxy-2',
      slots: { 'proxy-1': slotView(running), 'proxy-2': slotView({ ...running, boot: 2 }) },
    })
    expect(perceive(starting, world)).to.deep.equal([{ kind: 'unreplaced' }])
  })

  it('makes an order of another version wait, and no other', () => {
    const asked = (active: string) =>
      perceive(
        turned,
        worldOf({
          activeFile: 'proxy-1',
          ...seen(withAside),
          order: order({ handover: 'h9', active }),
        }),
      ).map(({ kind }) => kind)
    expect(asked('proxy-2')).to.deep.equal([])
    expect(asked('proxy-1')).to.deep.equal(['ordered'])
  })
})
