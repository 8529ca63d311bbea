import { expect } from 'chai'
import {
  connections,
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
import { limits } from './limits.ts'
import { perceive } from './perceive.ts'
import type { State } from './state.ts'
import type { SlotView, World } from './world.ts'

const newer = order({ handover: 'h2', active: 'proxy-1' })
const second = (status: Parameters<typeof slotView>[0], fields: Partial<SlotView> = {}) => ({
  'proxy-1': slotView(running),
  'proxy-2': slotView(status, fields),
})
const target = { ...running, boot: 2 }
const serving: Event = { kind: 'serving', listening: ['0.0.0.0:80', '0.0.0.0:81'], unheld: [] }
const hung = { verdict: 'failing', detail: 'status 500', relapseMs: 20_000 } as const
const later = (seconds: number): number => NOW + seconds * 1000

type Case = readonly [name: string, state: State, world: Partial<World>, ...events: Event[]]
const cases: readonly Case[] = [
  // Rest.
  ['nothing happens in a settled pod', stateIn('Aborted'), {}],
  ['a new id is an order', stateIn('Aborted'), { order: newer }, { kind: 'ordered', order: newer }],
  ['an order that was aborted is none again', stateIn('Aborted'), { order: order() }],
  ['no annotation is no order', stateIn('Aborted'), { order: null }],
  [
    'a process beside the active one is a stray',
    stateIn('Aborted'),
    { slots: second(target) },
    { kind: 'stray', slot: 'proxy-2' },
  ],
  [
    'a stray is left alone while the active one does not serve',
    stateIn('Aborted'),
    { slots: { 'proxy-1': slotView({ ...running, listening: [] }), 'proxy-2': slotView(target) } },
  ],
  [
    'a stray that is retired is known',
    stateIn('Aborted'),
    { slots: second(target, { retiring: true }) },
  ],
  [
    'an active slot that was never told to run is told',
    stateIn('Aborted'),
    { slots: { 'proxy-1': slotView(), 'proxy-2': slotView() } },
    { kind: 'idle', slot: 'proxy-1' },
  ],
  [
    'the file must name the active slot',
    stateIn('Aborted'),
    { activeFile: null },
    { kind: 'misfiled' },
  ],
  [
    'a failed liveness probe is told',
    stateIn('Aborted'),
    { liveness: hung },
    { kind: 'unlive', detail: 'status 500', other: null },
  ],
  [
    'a process that hangs is replaced by the other slot when both hold the version of the start',
    stateIn('Aborted', { order: order({ handover: 'initial' }) }),
    { order: null, liveness: hung, slots: { 'proxy-1': slotView(running), 'proxy-2': slotView() } },
    { kind: 'unlive', detail: 'status 500', other: 'proxy-2' },
  ],
  [
    'a process that hangs again soon is replaced by whatever the other slot holds',
    stateIn('Aborted', { restartedAt: NOW - 19_999 }),
    { liveness: hung },
    { kind: 'unlive', detail: 'status 500', other: 'proxy-2' },
  ],
  [
    'a process that hangs again much later is restarted again',
    stateIn('Aborted', { restartedAt: NOW - 20_000 }),
    { liveness: hung },
    { kind: 'unlive', detail: 'status 500', other: null },
  ],
  [
    'nothing replaces a process that hangs when the other slot is about to go',
    stateIn('Aborted', { restartedAt: NOW }),
    { liveness: hung, slots: second({ terminating: true }) },
    { kind: 'unlive', detail: 'status 500', other: null },
  ],
  [
    'a held listener that nobody wants any more is told',
    stateIn('Aborted'),
    { unread: ['0.0.0.0:81', '0.0.0.0:99'] },
    { kind: 'unwanted', addresses: ['0.0.0.0:99'] },
  ],
  [
    'an order with other terms is taken up',
    stateIn('Settled', { active: 'proxy-1', home: 'proxy-1' }),
    { order: order({ confirmSeconds: 9 }) },
    { kind: 'amended', order: order({ confirmSeconds: 9 }) },
  ],
  [
    'another slot under the same id is not obeyed',
    stateIn('Aborted'),
    { order: order({ active: 'proxy-1' }) },
  ],
  [
    'a listener that came later is remembered',
    stateIn('Aborted', { addresses: ['0.0.0.0:80'] }),
    {},
    { kind: 'relisted', listening: ['0.0.0.0:80', '0.0.0.0:81'] },
  ],
  [
    'a listener that a restarted process does not open again is forgotten after a while only',
    stateIn('Aborted', { addresses: ['0.0.0.0:80', '0.0.0.0:81', '0.0.0.0:82'] }),
    { slots: { 'proxy-1': slotView({ ...running, uptimeMs: 9_999 }), 'proxy-2': slotView() } },
  ],
  // Loss of the active slot.
  [
    'a launcher that is away for a moment is not lost',
    stateIn('Aborted'),
    { slots: { 'proxy-1': slotView(null, { goneMs: limits.goneMs - 1 }), 'proxy-2': slotView() } },
  ],
  [
    'a launcher that stays away is lost',
    stateIn('Aborted'),
    { slots: { 'proxy-1': slotView(null, { goneMs: limits.goneMs }), 'proxy-2': slotView() } },
    lost('gone', 'proxy-2'),
  ],
  [
    'nobody can step in when both are away',
    stateIn('Aborted'),
    { slots: { 'proxy-1': slotView(null, { goneMs: 5000 }), 'proxy-2': slotView(null) } },
  ],
  [
    'a silent launcher is not lost',
    stateIn('Aborted'),
    { slots: { 'proxy-1': slotView(null, { goneMs: 0 }), 'proxy-2': slotView() } },
  ],
  [
    'an active slot that the kubelet ends is left',
    stateIn('Aborted'),
    {
      slots: {
        'proxy-1': slotView({ ...running, terminating: true }, { terminatingMs: 300 }),
        'proxy-2': slotView(),
      },
    },
    lost('terminating', 'proxy-2'),
  ],
  [
    'when all slots are ended, the pod goes',
    stateIn('Aborted'),
    {
      slots: {
        'proxy-1': slotView({ ...running, terminating: true }, { terminatingMs: 300 }),
        'proxy-2': slotView({ terminating: true }),
      },
    },
  ],
  [
    'an active process that keeps exiting is left',
    stateIn('Aborted'),
    { slots: { 'proxy-1': slotView(running, { failures: 3 }), 'proxy-2': slotView() } },
    lost('failing', 'proxy-2'),
  ],
  [
    'a slot that steps in while it is retired is started anew, and does not serve before',
    stateIn('FailedOver', { home: 'proxy-1' }),
    {
      activeFile: 'proxy-2',
      slots: { 'proxy-1': slotView(null), 'proxy-2': slotView(target, { retiring: true }) },
    },
    { kind: 'idle', slot: 'proxy-2' },
  ],
  // Waiting.
  ['the slot has booted as ordered', stateIn('Waiting'), {}, { kind: 'targetReady' }],
  ['the slot was not restarted yet', stateIn('Waiting'), { slots: second({ boot: 1 }) }],
  ['the slot is being restarted', stateIn('Waiting'), { slots: second(null) }],
  [
    'the restarted slot is about to go again',
    stateIn('Waiting'),
    { slots: second({ boot: 2, terminating: true }) },
  ],
  [
    'the slot still runs an earlier attempt that is retired',
    stateIn('Waiting'),
    { slots: second(target, { retiring: true }) },
  ],
  [
    'the slot was not restarted in time',
    stateIn('Waiting'),
    { at: later(60), slots: second(null) },
    { kind: 'deadline', listening: [], missing: [], health: '' },
  ],
  // Starting.
  ['the new process serves', stateIn('Starting'), { slots: second(target) }, serving],
  [
    'the new process lacks a listener of the old one',
    stateIn('Starting'),
    { slots: second({ ...target, listening: ['0.0.0.0:80'] }) },
  ],
  [
    'a listener that the old process has not opened again yet is expected all the same',
    stateIn('Starting'),
    {
      slots: {
        'proxy-1': slotView({ ...running, listening: [], uptimeMs: 20 }),
        'proxy-2': slotView({ ...target, listening: ['0.0.0.0:80'] }),
      },
    },
  ],
  [
    'a listener that the old process has opened lately is expected too',
    stateIn('Starting', { addresses: ['0.0.0.0:80'] }),
    { slots: second({ ...target, listening: ['0.0.0.0:80'] }) },
  ],
  [
    'the new process is not healthy',
    stateIn('Starting'),
    { slots: second(target), health: { verdict: 'unknown', detail: '' } },
  ],
  [
    'the deadline tells what was missing',
    stateIn('Starting'),
    { at: later(60), slots: second({ ...target, listening: ['0.0.0.0:80'] }) },
    {
      kind: 'deadline',
      listening: ['0.0.0.0:80'],
      missing: ['0.0.0.0:81'],
      health: 'status 200',
    },
  ],
  [
    'the start did not reach the launcher',
    stateIn('Starting'),
    { slots: second({ boot: 2 }) },
    { kind: 'idle', slot: 'proxy-2' },
  ],
  [
    'the new process has exited',
    stateIn('Starting'),
    {
      slots: second(
        {
          ...target,
          pid: 0,
          listening: [],
          lastExit: { code: 3, signal: 0, connections: null, atStop: null },
        },
        { failures: 2 },
      ),
    },
    { kind: 'exited', failures: 2, code: 3, signal: 0 },
  ],
  [
    'the kubelet restarts the slot that is started',
    stateIn('Starting'),
    { slots: second({ ...target, terminating: true }) },
    { kind: 'targetTerminating' },
  ],
  [
    'a newer order comes before the new process serves',
    stateIn('Starting'),
    { order: newer, slots: second({ ...target, listening: [] }) },
    { kind: 'ordered', order: newer },
  ],
  [
    'the old process is lost while the new one starts',
    stateIn('Starting'),
    {
      slots: {
        'proxy-1': slotView(null, { goneMs: 150 }),
        'proxy-2': slotView({ ...target, listening: [] }),
      },
    },
    lost('gone', 'proxy-2'),
  ],
  // Confirming.
  [
    'without confirmSeconds it is confirmed at once',
    stateIn('Confirming'),
    { slots: second(target), connections: connections(4) },
    { kind: 'confirmed', connections: connections(4), old: oldProcess },
  ],
  [
    'confirmSeconds have not passed',
    stateIn('Confirming', { order: order({ confirmSeconds: 5 }) }),
    { at: later(4.9), order: order({ confirmSeconds: 5 }), slots: second(target) },
  ],
  [
    'nothing is gained by waiting when the old slot is about to go',
    stateIn('Confirming', { order: order({ confirmSeconds: 5 }) }),
    {
      order: order({ confirmSeconds: 5 }),
      slots: {
        'proxy-1': slotView({ ...running, terminating: true }),
        'proxy-2': slotView(target),
      },
    },
    { kind: 'confirmed', connections: null, old: oldProcess },
  ],
  [
    'it fails its health check while it is confirmed',
    stateIn('Confirming'),
    { slots: second(target), health: { verdict: 'failing', detail: 'status 500' } },
    { kind: 'unhealthy', detail: 'status 500' },
  ],
  // Failed over from proxy-1 to proxy-2; home is proxy-1.
  [
    'the slot that stands in serves',
    stateIn('FailedOver', { home: 'proxy-1' }),
    { activeFile: 'proxy-2', slots: { 'proxy-1': slotView(null), 'proxy-2': slotView(target) } },
    serving,
  ],
  [
    'the slot that was lost is there again',
    stateIn('FailedOver', { home: 'proxy-1', record: { servingAt: NOW } }),
    { activeFile: 'proxy-2', slots: { 'proxy-1': slotView(), 'proxy-2': slotView(target) } },
    serving,
    { kind: 'homeReady' },
  ],
  [
    'a slot that stands in but does not serve yields',
    stateIn('FailedOver', { home: 'proxy-1' }),
    {
      at: later(5),
      activeFile: 'proxy-2',
      slots: { 'proxy-1': slotView(), 'proxy-2': slotView({ ...target, listening: [] }) },
    },
    lost('failing', 'proxy-1'),
  ],
  // No order yet.
  [
    'an agent that knows nothing does nothing',
    stateIn('Unassigned'),
    { order: null, activeFile: null },
  ],
  [
    'an agent that knows who served starts it also without an order',
    stateIn('Unassigned', { active: 'proxy-1' }),
    { order: null, slots: { 'proxy-1': slotView(), 'proxy-2': slotView() } },
    { kind: 'idle', slot: 'proxy-1' },
  ],
]

describe('what is perceived', () => {
  for (const [name, state, world, ...expected] of cases) {
    it(name, () => {
      expect(perceive(state, worldOf(world))).to.deep.equal(expected)
    })
  }
})
