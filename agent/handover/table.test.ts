import { expect } from 'chai'
import { events, moment, stateIn } from '../testing/handovers.ts'
import type { Effect } from './effects.ts'
import type { Event, EventKind } from './events.ts'
import { eventKinds } from './events.ts'
import type { Phase } from './state.ts'
import { phases } from './state.ts'
import { step, table } from './table.ts'

/**
 * Every cell that is not written here must be an explicit ignore. `same` = the state is unchanged;
 * else the next phase and the slot that is active in it; then the effects in their order.
 */
const transitions: { readonly [P in Phase]: Partial<Record<EventKind, string>> } = {
  Unassigned: {
    ordered: 'Waiting on nobody',
    idle: 'same, startSlot proxy-2',
    activeLost: 'Unassigned on proxy-2, setActive proxy-2, startSlot proxy-2',
    misfiled: 'same',
    unlive: 'same',
  },
  Waiting: {
    ordered: 'Settled on proxy-1, finished Superseded',
    targetReady: 'Starting on proxy-1, startSlot proxy-2',
    idle: 'same, startSlot proxy-2',
    deadline: 'Aborted on proxy-1, retireSlot proxy-2, finished Aborted',
    activeLost: 'Waiting on proxy-2, setActive proxy-2, startSlot proxy-2',
    stray: 'same, retireSlot proxy-1',
    misfiled: 'same, setActive proxy-1',
    unlive: 'same, stopSlot proxy-1',
    relisted: 'Waiting on proxy-1',
  },
  Starting: {
    ordered: 'Settled on proxy-1, retireSlot proxy-2, finished Superseded',
    targetTerminating: 'Waiting on proxy-1, retireSlot proxy-2',
    idle: 'same, startSlot proxy-2',
    serving: 'Confirming on proxy-1',
    exited: 'Aborted on proxy-1, retireSlot proxy-2, finished Aborted',
    deadline: 'Aborted on proxy-1, retireSlot proxy-2, finished Aborted',
    activeLost: 'FailedOver on proxy-2, setActive proxy-2, startSlot proxy-2',
    misfiled: 'same, setActive proxy-1',
  },
  Confirming: {
    ordered: 'Settled on proxy-1, retireSlot proxy-2, finished Superseded',
    targetTerminating: 'Waiting on proxy-1, retireSlot proxy-2',
    idle: 'same, startSlot proxy-2',
    exited: 'Aborted on proxy-1, retireSlot proxy-2, finished Aborted',
    confirmed: 'Draining on proxy-2, setActive proxy-2, beginDrain proxy-1',
    unhealthy: 'Aborted on proxy-1, retireSlot proxy-2, finished Aborted',
    activeLost: 'FailedOver on proxy-2, setActive proxy-2, startSlot proxy-2',
    misfiled: 'same, setActive proxy-1',
  },
  Draining: {
    idle: 'same, startSlot proxy-2',
    undrained: 'same, beginDrain proxy-1',
    connections: 'Draining on proxy-2',
    timer: 'Draining on proxy-2, reportLeft',
    maxReached: 'Draining on proxy-2, stopSlot proxy-1',
    unstopped: 'same, stopSlot proxy-1',
    stopped: 'Settled on proxy-2, stopSlot proxy-1, finished Settled',
    activeLost: 'Draining on proxy-2, stopSlot proxy-1',
    misfiled: 'same, setActive proxy-2',
  },
  Settled: {
    ordered: 'Waiting on proxy-2',
    idle: 'same, startSlot proxy-2',
    activeLost: 'FailedOver on proxy-1, setActive proxy-1, startSlot proxy-1',
    stray: 'same, retireSlot proxy-1',
    misfiled: 'same, setActive proxy-2',
    unlive: 'same, stopSlot proxy-2',
    relisted: 'Settled on proxy-2',
  },
  Aborted: {
    ordered: 'Settled on proxy-1',
    idle: 'same, startSlot proxy-2',
    activeLost: 'FailedOver on proxy-2, setActive proxy-2, startSlot proxy-2',
    stray: 'same, retireSlot proxy-1',
    misfiled: 'same, setActive proxy-1',
    unlive: 'same, stopSlot proxy-1',
    relisted: 'Aborted on proxy-1',
  },
  FailedOver: {
    ordered: 'Waiting on proxy-2',
    idle: 'same, startSlot proxy-2',
    serving: 'FailedOver on proxy-2, finished FailedOver',
    activeLost: 'FailedOver on proxy-1, setActive proxy-1, startSlot proxy-1',
    homeReady: 'Starting on proxy-2, startSlot proxy-2',
    stray: 'same, retireSlot proxy-1',
    misfiled: 'same, setActive proxy-2',
    unlive: 'same, stopSlot proxy-2',
    relisted: 'FailedOver on proxy-2',
  },
}

function describeStep(phase: Phase, kind: EventKind): string {
  const before = stateIn(phase)
  const { state, effects } = step(before, eventFor(kind, before.active), moment)
  const outcome = state === before ? 'same' : `${state.phase} on ${state.active ?? 'nobody'}`
  return [outcome, ...effects.map(describeEffect)].join(', ')
}

/** The slot that steps in is never the active one. */
function eventFor(kind: EventKind, active: string | null): Event {
  if (kind !== 'activeLost') return events[kind]
  return { ...events.activeLost, other: active === 'proxy-2' ? 'proxy-1' : 'proxy-2' }
}

function describeEffect(effect: Effect): string {
  if (effect.kind === 'finished') return `finished ${effect.result}`
  return effect.kind === 'reportLeft' ? effect.kind : `${effect.kind} ${effect.slot}`
}

describe('the table of handovers', () => {
  for (const phase of phases) {
    for (const kind of eventKinds) {
      const expected = transitions[phase][kind]
      it(`${phase}: ${kind} ${expected === undefined ? 'is ignored' : `leads to ${expected}`}`, () => {
        const cell = table[phase][kind]
        if (expected === undefined) {
          expect(cell).to.have.property('ignored').that.is.a('string').and.not.empty
          const state = stateIn(phase)
          expect(step(state, eventFor(kind, state.active), moment)).to.deep.equal({
            state,
            effects: [],
          })
        } else {
          expect(cell).to.be.a('function')
          expect(describeStep(phase, kind)).to.equal(expected)
        }
      })
    }
  }
})
