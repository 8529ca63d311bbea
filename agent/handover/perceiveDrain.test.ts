import { expect } from 'chai'
import {
  connections,
  ended,
  lost,
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
import type { State } from './state.ts'
import type { SlotView, World } from './world.ts'

const newer = order({ handover: 'h2', active: 'proxy-1' })
const target = { ...running, boot: 2 }
const drained = (fields: Partial<SlotView> = {}, status = {}) => ({
  'proxy-1': slotView({ ...running, ...status }, fields),
  'proxy-2': slotView(target),
})
const draining = { activeFile: 'proxy-2', drainOrdered: true, slots: drained() }
const hung = { verdict: 'failing', detail: 'status 500', relapseMs: 20_000 } as const
const later = (seconds: number): number => NOW + seconds * 1000

type Case = readonly [name: string, state: State, world: Partial<World>, ...events: Event[]]
const cases: readonly Case[] = [
  [
    'the old process was not told to drain by this agent',
    stateIn('Draining'),
    { ...draining, drainOrdered: false },
    { kind: 'undrained' },
  ],
  [
    'the old process is not told before the file names the new one',
    stateIn('Draining'),
    { ...draining, drainOrdered: false, activeFile: 'proxy-1' },
    { kind: 'misfiled' },
  ],
  [
    'connections are counted',
    stateIn('Draining'),
    { ...draining, connections: connections(3) },
    { kind: 'connections', count: connections(3) },
  ],
  ['connections that cannot be counted are no event', stateIn('Draining'), draining],
  ['the timer ran out', stateIn('Draining'), { ...draining, at: later(15) }, { kind: 'timer' }],
  [
    'the timer rings once',
    stateIn('Draining', { record: { reportedAt: NOW, drainStartedAt: NOW } }),
    { ...draining, at: later(16) },
  ],
  [
    'the longest life is over',
    stateIn('Draining'),
    { ...draining, at: later(600) },
    { kind: 'maxReached' },
  ],
  [
    'the old process has ended',
    stateIn('Draining'),
    { ...draining, slots: drained({}, { pid: 0, lastExit: ended({ connections: 2 }) }) },
    { kind: 'stopped', end: ended({ connections: 2 }), standIn: false },
  ],
  [
    'the old process has ended and its launcher has started another one',
    stateIn('Draining'),
    { ...draining, slots: drained({}, { pid: 8, lastExit: ended({ signal: 11 }) }) },
    { kind: 'stopped', end: ended({ signal: 11 }), standIn: false },
  ],
  [
    'the container of the old process has restarted',
    stateIn('Draining'),
    { ...draining, slots: drained({}, { boot: 2, lastExit: ended() }) },
    { kind: 'stopped', end: null, standIn: false },
  ],
  [
    'the old process has ended, and its launcher stands in for the new one',
    stateIn('Draining'),
    { ...draining, slots: drained({}, { pid: 8, standIn: true, lastExit: ended() }) },
    { kind: 'stopped', end: ended(), standIn: true },
  ],
  [
    'an old process that had stood in before drains as any other',
    stateIn('Draining'),
    { ...draining, slots: drained({}, { standIn: true }) },
  ],
  [
    'a stop that was decided on before the agent died is ordered again',
    { ...stateIn('Draining'), stopOrderedAt: NOW } as State,
    { ...draining, stopOrdered: false },
    { kind: 'unstopped' },
  ],
  [
    'a silent launcher still has its process',
    stateIn('Draining'),
    {
      ...draining,
      slots: { 'proxy-1': slotView(null, { goneMs: 149 }), 'proxy-2': slotView(target) },
    },
  ],
  [
    'an order in mid-drain is perceived',
    stateIn('Draining'),
    { ...draining, order: order({ handover: 'h2' }) },
    { kind: 'ordered', order: order({ handover: 'h2' }) },
  ],
  [
    'an order back in mid-drain needs no end of the drain',
    stateIn('Draining'),
    { ...draining, order: newer },
    { kind: 'ordered', order: newer },
    { kind: 'turnedBack', order: newer, process: oldProcess },
  ],
  ...(
    [
      ['when the old process is not told yet', { drainOrdered: false, activeFile: 'proxy-1' }],
      ['for another version', { order: order({ ...newer, minBoot: { 'proxy-1': 2 } }) }],
      ['when its slot is about to go', { slots: drained({}, { terminating: true }) }],
      ['without spare ports', { slots: drained({ replaceable: false }) }],
    ] as const
  ).map(([why, fields]): Case => [
    `an order back in mid-drain waits ${why}`,
    stateIn('Draining'),
    { ...draining, order: newer, ...fields },
    { kind: 'ordered', order: { ...newer, ...('order' in fields ? fields.order : {}) } },
    ...('activeFile' in fields ? [{ kind: 'misfiled' } as const] : []),
  ]),
  [
    'a new process that is away is lost at once when another one can start beside the old one',
    stateIn('Draining'),
    {
      ...draining,
      slots: {
        'proxy-1': slotView(running),
        'proxy-2': slotView(null, { goneMs: 150, connectionsSeen: 3 }),
      },
    },
    lost('gone', 'proxy-1', { cut: 3, beside: oldProcess }),
  ],
  [
    'a new process that is away for a moment is not lost when the old one would have to end first',
    stateIn('Draining'),
    {
      ...draining,
      slots: {
        'proxy-1': slotView(running, { replaceable: false }),
        'proxy-2': slotView(null, { goneMs: 1900 }),
      },
    },
  ],
  [
    'a new process that stays away is lost',
    stateIn('Draining'),
    {
      ...draining,
      slots: {
        'proxy-1': slotView(running, { replaceable: false }),
        'proxy-2': slotView(null, { goneMs: 2000 }),
      },
    },
    lost('gone', 'proxy-1'),
  ],
  [
    'a new process that hangs while the old one drains is told',
    stateIn('Draining'),
    { ...draining, liveness: hung },
    { kind: 'unlive', detail: 'status 500', other: null },
  ],
]

describe('what is perceived of a drain', () => {
  for (const [name, state, world, ...expected] of cases) {
    it(name, () => {
      expect(perceive(state, worldOf(world))).to.deep.equal(expected)
    })
  }
})
