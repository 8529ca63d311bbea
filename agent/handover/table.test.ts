import { expect } from 'chai'
import { asideDrain, events, moment, stateIn } from '../testing/handovers.ts'
import type { Effect } from './effects.ts'
import type { Event, EventKind } from './events.ts'
import { eventKinds } from './events.ts'
import type { Phase } from './state.ts'
import { phases } from './state.ts'
import { step, table } from './table.ts'

/** What a process that is set aside needs, and new terms of the order: the same in all phases. */
function carriedOn(phase: Phase, active: string): Partial<Record<EventKind, string>> {
  const on = `${phase} on ${active}`
  return {
    amended: on,
    asideFound: on,
    asideCounted: on,
    asideMaxReached: `${on}, stopAside proxy-1`,
    asideUnstopped: 'same, stopAside proxy-1',
    asideEnded: `${on}, finished TurnedBack`,
  }
}

/**
 * Every cell that is not written here must be an explicit ignore. `same` = the state is unchanged;
 * else the next phase and the slot that is active in it; then the effects in their order.
 */
const transitions: { readonly [P in Phase]: Partial<Record<EventKind, string>> } = {
  Unassigned: {
    ordered: 'Waiting on nobody',
    idle: 'same, startSlot proxy-2',
    activeLost: 'Unassigned on proxy-2, startSlot proxy-2, setActive proxy-2',
    misfiled: 'same',
    unlive: 'same',
  },
  Waiting: {
    ...carriedOn('Waiting', 'proxy-1'),
    ordered: 'Settled on proxy-1, finished Superseded',
    targetReady: 'Starting on proxy-1, startSlot proxy-2',
    idle: 'same, startSlot proxy-2',
    deadline: 'Aborted on proxy-1, retireSlot proxy-2, finished Aborted',
    activeLost: 'Waiting on proxy-2, startSlot proxy-2, setActive proxy-2',
    stray: 'same, retireSlot proxy-1',
    misfiled: 'same, setActive proxy-1',
    unlive: 'Waiting on proxy-1, stopSlot proxy-1',
    relisted: 'Waiting on proxy-1',
    unwanted: 'same, dropListeners',
  },
  Starting: {
    ...carriedOn('Starting', 'proxy-1'),
    unreplaced: 'same, replaceSlot proxy-2',
    ordered: 'Settled on proxy-1, finished Superseded, retireSlot proxy-2',
    targetTerminating: 'Waiting on proxy-1, retireSlot proxy-2',
    idle: 'same, startSlot proxy-2',
    serving: 'Confirming on proxy-1',
    exited: 'Aborted on proxy-1, retireSlot proxy-2, finished Aborted',
    deadline: 'Aborted on proxy-1, retireSlot proxy-2, finished Aborted',
    activeLost: 'FailedOver on proxy-2, startSlot proxy-2, setActive proxy-2',
    misfiled: 'same, setActive proxy-1',
  },
  Confirming: {
    ...carriedOn('Confirming', 'proxy-1'),
    ordered: 'Settled on proxy-1, finished Superseded, retireSlot proxy-2',
    targetTerminating: 'Waiting on proxy-1, retireSlot proxy-2',
    idle: 'same, startSlot proxy-2',
    exited: 'Aborted on proxy-1, retireSlot proxy-2, finished Aborted',
    confirmed: 'Draining on proxy-2, setActive proxy-2, beginDrain proxy-1',
    unhealthy: 'Aborted on proxy-1, retireSlot proxy-2, finished Aborted',
    activeLost: 'FailedOver on proxy-2, startSlot proxy-2, setActive proxy-2',
    misfiled: 'same, setActive proxy-1',
  },
  Draining: {
    ...carriedOn('Draining', 'proxy-2'),
    turnedBack: 'Starting on proxy-2, replaceSlot proxy-1',
    unlive: 'Draining on proxy-2, stopSlot proxy-2',
    idle: 'same, startSlot proxy-2',
    undrained: 'same, beginDrain proxy-1',
    connections: 'Draining on proxy-2',
    timer: 'Draining on proxy-2, reportLeft',
    maxReached: 'Draining on proxy-2, stopSlot proxy-1',
    unstopped: 'same, stopSlot proxy-1',
    stopped: 'Settled on proxy-2, finished Settled, stopSlot proxy-1',
    activeLost: 'Draining on proxy-2, stopSlot proxy-1',
    misfiled: 'same, setActive proxy-2',
  },
  Settled: {
    ...carriedOn('Settled', 'proxy-2'),
    unwanted: 'same, dropListeners',
    ordered: 'Waiting on proxy-2',
    idle: 'same, startSlot proxy-2',
    activeLost: 'FailedOver on proxy-1, startSlot proxy-1, setActive proxy-1',
    stray: 'same, retireSlot proxy-1',
    misfiled: 'same, setActive proxy-2',
    unlive: 'Settled on proxy-2, stopSlot proxy-2',
    relisted: 'Settled on proxy-2',
  },
  Aborted: {
    ...carriedOn('Aborted', 'proxy-1'),
    unwanted: 'same, dropListeners',
    ordered: 'Settled on proxy-1',
    idle: 'same, startSlot proxy-2',
    activeLost: 'FailedOver on proxy-2, startSlot proxy-2, setActive proxy-2',
    stray: 'same, retireSlot proxy-1',
    misfiled: 'same, setActive proxy-1',
    unlive: 'Aborted on proxy-1, stopSlot proxy-1',
    relisted: 'Aborted on proxy-1',
  },
  FailedOver: {
    ...carriedOn('FailedOver', 'proxy-2'),
    unreplaced: 'same, replaceSlot proxy-2',
    unwanted: 'same, dropListeners',
    ordered: 'Waiting on proxy-2',
    idle: 'same, startSlot proxy-2',
    serving: 'FailedOver on proxy-2, finished FailedOver',
    activeLost: 'FailedOver on proxy-1, startSlot proxy-1, setActive proxy-1',
    homeReady: 'Starting on proxy-2, startSlot proxy-2',
    stray: 'same, retireSlot proxy-1',
    misfiled: 'same, setActive proxy-2',
    unlive: 'FailedOver on proxy-2, stopSlot proxy-2',
    relisted: 'FailedOver on proxy-2',
  },
}

/** One process is set aside already: that changes nothing of what the slots do. */
const aside = { aside: asideDrain() }

function describeStep(phase: Phase, kind: EventKind): string {
  const before = stateIn(phase, aside)
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
  return 'slot' in effect ? `${effect.kind} ${effect.slot}` : effect.kind
}

describe('the table of handovers', () => {
  for (const phase of phases) {
    for (const kind of eventKinds) {
      const expected = transitions[phase][kind]
      it(`${phase}: ${kind} ${expected === undefined ? 'is ignored' : `leads to ${expected}`}`, () => {
        const cell = table[phase][kind]
        if (expected === undefined) {
          expect(cell).to.have.property('ignored').that.is.a('string').and.not.empty
          const state = stateIn(phase, aside)
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
