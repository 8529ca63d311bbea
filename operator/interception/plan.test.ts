import { expect } from 'chai'
import { defaultInterception } from '../../api/defaults/trafficInterceptionDefaults.ts'
import type { InterceptionRollout } from '../../api/v1beta1/trafficinterception.ts'
import type { AgentStatus } from '../../api/agentStatus.ts'
import type { InterceptionState } from '../../api/interception/status.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { anInterception, recorded, switchablePod, toldBy } from '../testing/buildInterception.ts'
import type { SwitchablePodOptions } from '../testing/buildInterception.ts'
import { injectedPod, hotProxy } from '../testing/build.ts'
import { planInterception } from './plan.ts'
import type { Decision, InterceptionPlan } from './plan.ts'
import { viewPods, wantedOf } from './wanted.ts'

const on = anInterception({ enabled: true })
const off = anInterception({ enabled: false })
const orderOn = toldBy(on)
const orderOff = toldBy(off)
/** Half a minute after the containers of the tests have started. */
const NOW = Date.parse('2025-01-01T00:00:30Z')
const LATER = Date.parse('2025-01-01T01:00:00Z')
const JUST_NOW = NOW - 1_000
const LONG_AGO = NOW - 3_600_000

/** Pods in a state each. */
const POD = {
  untold: {},
  untoldNotReady: { ready: false },
  switchingOn: { told: orderOn, orderedAt: JUST_NOW },
  bornOn: { told: orderOn },
  isOn: { told: orderOn, orderedAt: LONG_AGO, record: recorded(orderOn) },
  isOff: { told: orderOff, orderedAt: LONG_AGO, record: recorded(orderOff) },
  switchingOff: { told: orderOff, orderedAt: JUST_NOW },
  failedOn: { told: orderOn, orderedAt: LONG_AGO, record: recorded(orderOn, 'failed') },
  failedOff: { told: orderOff, orderedAt: LONG_AGO, record: recorded(orderOff, 'failed') },
  bypassed: { told: orderOn, orderedAt: LONG_AGO, record: recorded(orderOn, 'bypassed') },
} as const satisfies Record<string, SwitchablePodOptions>
type State = keyof typeof POD

interface Given {
  readonly pods: readonly State[]
  readonly rollout?: InterceptionRollout
  readonly wants?: typeof on
  readonly unwritable?: readonly number[]
  readonly open?: readonly number[]
  /** What agents say, by index. */
  readonly says?: Readonly<Record<number, InterceptionState | 'OtherId' | 'Unverified'>>
  /** An hour has passed. */
  readonly later?: boolean
  /** These are nobody's. */
  readonly leaving?: readonly State[]
}

function plan(given: Given): InterceptionPlan {
  const { wants = on, rollout = { maxUnavailable: '100%' } } = given
  const pods = given.pods.map((state, index) => named(state, index))
  const left = (given.leaving ?? []).map((state, index) => named(state, 50 + index))
  const spec = { ...wants.spec, rollout }
  return planInterception({
    wanted: wantedOf(wants, pods),
    leaving: viewPods(left),
    rollout: defaultInterception(spec).rollout,
    agents: new Map(
      Object.entries(given.says ?? {}).map(([index, state]) => [
        `default/web-${index.padStart(2, '0')}`,
        says(state, wants === on ? orderOn.id : orderOff.id),
      ]),
    ),
    silentSince: new Map(given.pods.map((_state, index) => [keyAt(index), NOW])),
    unwritable: new Set((given.unwritable ?? []).map((index) => keyAt(index))),
    open: new Set((given.open ?? []).map((index) => keyAt(index))),
    now: given.later === true ? LATER : NOW,
  })
}

const keyAt = (index: number): string => `default/web-${String(index).padStart(2, '0')}`
const named = (state: State, index: number): Pod =>
  switchablePod(keyAt(index).replace('default/', ''), POD[state])

function says(state: InterceptionState | 'OtherId' | 'Unverified', id: string): AgentStatus {
  const interception = {
    id: state === 'OtherId' ? 'other' : id,
    state: state === 'OtherId' || state === 'Unverified' ? ('On' as const) : state,
    phase: 'Idle' as const,
    rules: { v4: null, v6: null },
    verified: state !== 'Unverified',
    probe: null,
    lastToggle: null,
    repairs: 0,
    bypasses: 0,
    message: '',
  }
  return { v: 1, ready: true, containers: {}, interception }
}

/** `order on`, `record enabled`, `Waiting` and so on, in the order of the pods. */
function words({ decisions }: InterceptionPlan): readonly string[] {
  return decisions.map((one: Decision) => {
    if (one.kind === 'order') return `order ${one.order.enabled ? 'on' : 'off'}`
    if (one.kind === 'record') return `record ${one.record.outcome}`
    return one.reason
  })
}

const cases: Readonly<Record<string, Given & { readonly then: readonly string[] }>> = {
  'all pods are told at once when all may be out': {
    pods: ['untold', 'untold'],
    then: ['order on', 'order on'],
  },
  'a quarter of the pods is told at a time, which is one of three': {
    pods: ['untold', 'untold', 'untold'],
    rollout: {},
    then: ['order on', 'Waiting', 'Waiting'],
  },
  'a pod in a toggle uses the budget': {
    pods: ['switchingOn', 'untold'],
    rollout: { maxUnavailable: 1 },
    then: ['Switching', 'Waiting'],
  },
  'a pod that was created with the state does not': {
    pods: ['bornOn', 'untold'],
    rollout: { maxUnavailable: 1 },
    then: ['Switching', 'order on'],
  },
  'a pod that is not ready uses the budget': {
    pods: ['untoldNotReady', 'untold', 'untold'],
    rollout: { maxUnavailable: 1 },
    then: ['order on', 'Waiting', 'Waiting'],
  },
  'a pod whose proxy is dead uses the budget': {
    pods: ['bypassed', 'untold'],
    rollout: { maxUnavailable: 1 },
    then: ['Bypassed', 'Waiting'],
  },
  'the partition keeps pods': {
    pods: ['isOn', 'untold', 'untold', 'untold'],
    rollout: { partition: 2, maxUnavailable: '100%' },
    then: ['Settled', 'order on', 'Kept', 'Kept'],
  },
  'a partition that is reached keeps the rest': {
    pods: ['isOn', 'isOn', 'untold', 'untold'],
    rollout: { partition: '50%', maxUnavailable: '100%' },
    then: ['Settled', 'Settled', 'Kept', 'Kept'],
  },
  'while paused no pod is told, and those that were are recorded': {
    pods: ['switchingOn', 'untold'],
    rollout: { paused: true },
    says: { 0: 'On' },
    then: ['record enabled', 'Paused'],
  },
  'after a failure no pod is told': {
    pods: ['failedOn', 'switchingOn', 'untold'],
    then: ['Failed', 'Switching', 'Stopped'],
  },
  'a failure that is only just heard of stops the rollout too': {
    pods: ['switchingOn', 'untold'],
    says: { 0: 'Failed' },
    then: ['record failed', 'Stopped'],
  },
  'another wish is a new attempt for a pod that failed': {
    pods: ['failedOn', 'isOn'],
    wants: off,
    then: ['order off', 'order off'],
  },
  'off is tried again after it failed, when the wish is another': {
    pods: ['failedOff'],
    wants: anInterception({ enabled: false, spec: { drain: { timerSeconds: 1 } } }),
    then: ['order off'],
  },
  'a pod that never was told anything is off': {
    pods: ['untold', 'isOff', 'switchingOff'],
    wants: off,
    then: ['Settled', 'Settled', 'Switching'],
  },
  'other ports are no reason to toggle what is off': {
    pods: ['isOff'],
    wants: anInterception({ enabled: false, spec: { inbound: { ports: [80] } } }),
    then: ['Settled'],
  },
  'other ports are a toggle for what is on': {
    pods: ['isOn'],
    wants: anInterception({ spec: { inbound: { ports: [80] } } }),
    then: ['order on'],
  },
  'a pod that was told the same by another object is told anew by whom': {
    pods: ['isOn'],
    wants: anInterception({ name: 'heir' }),
    rollout: { paused: true },
    then: ['order on'],
  },
  'a pod in a toggle is told at once to go back': {
    pods: ['isOn', 'isOn', 'switchingOn'],
    wants: off,
    rollout: { maxUnavailable: 1 },
    then: ['Waiting', 'Waiting', 'order off'],
  },
  'a pod that cannot be written blocks nobody': {
    pods: ['untold', 'untold'],
    rollout: { maxUnavailable: 1 },
    unwritable: [0],
    then: ['WriteFailed', 'order on'],
  },
  'a pod that may have been told without a sign of it keeps its room': {
    pods: ['untold', 'untold'],
    rollout: { maxUnavailable: 1 },
    unwritable: [0],
    open: [0],
    then: ['WriteFailed', 'Waiting'],
  },
  'and is told in it': {
    pods: ['untold', 'untold'],
    rollout: { maxUnavailable: 1 },
    open: [1],
    then: ['Waiting', 'order on'],
  },
  'an agent that has not read the order yet is waited for': {
    pods: ['switchingOn'],
    says: { 0: 'OtherId' },
    then: ['Switching'],
  },
  'rules that were not verified count as not there': {
    pods: ['switchingOn'],
    says: { 0: 'Unverified' },
    then: ['Switching'],
  },
  'an agent that is at it too long, or silent, has failed': {
    pods: ['switchingOn', 'bornOn'],
    later: true,
    says: { 0: 'Enabling' },
    then: ['record failed', 'record failed'],
  },
  'a pod whose agent comes to it after all is not failed any more': {
    pods: ['failedOn', 'untold'],
    says: { 0: 'On' },
    then: ['record enabled', 'order on'],
  },
  'a proxy that dies is recorded, and its return too': {
    pods: ['isOn', 'bypassed'],
    says: { 0: 'Bypassed', 1: 'On' },
    then: ['record bypassed', 'record enabled'],
  },
  'silence is no news of a pod whose toggle is over': {
    pods: ['isOn', 'bypassed', 'failedOn'],
    then: ['Settled', 'Bypassed', 'Failed'],
  },
  "what is nobody's goes off, whatever the rollout says": {
    pods: ['failedOn'],
    leaving: ['isOn', 'isOff', 'failedOn', 'untold'],
    rollout: { paused: true, partition: '100%', maxUnavailable: '100%' },
    then: ['Failed', 'order off', 'Settled', 'order off'],
  },
  'and only so many at a time': {
    pods: [],
    leaving: ['isOn', 'isOn'],
    rollout: { maxUnavailable: 1 },
    then: ['order off', 'Waiting'],
  },
}

describe('the plan of interception', () => {
  for (const [name, { then, ...given }] of Object.entries(cases)) {
    it(name, () => {
      expect(words(plan(given))).to.deep.equal(then)
    })
  }

  it('leaves pods alone that were injected without interception, and names them', () => {
    const plain = injectedPod('plain', [hotProxy('proxy:1')])
    const { decisions, summary } = planInterception({
      wanted: wantedOf(on, [plain]),
      leaving: [],
      rollout: defaultInterception(on.spec).rollout,
      agents: new Map(),
      silentSince: new Map(),
      unwritable: new Set(),
      now: NOW,
    })
    expect(decisions).to.deep.include({
      kind: 'none',
      view: decisions[0]?.view,
      reason: 'NotInjected',
    })
    expect(summary).to.deep.include({ matched: 1, notInjected: ['default/plain'], complete: true })
  })

  it('tells the pods by what they do with their traffic now', () => {
    const states: readonly State[] = [
      ...(['isOn', 'untold', 'switchingOn', 'failedOn', 'bypassed', 'isOff'] as const),
    ]
    const { summary } = plan({ pods: states, rollout: { paused: true } })
    expect(summary).to.deep.include({
      matched: 6,
      enabled: 1,
      disabled: 2,
      switching: 1,
      failed: 1,
      bypassed: 1,
      waiting: 2,
      kept: 0,
      complete: false,
    })
    expect(summary.failure?.pod).to.equal('default/web-03')
    expect(summary.bypass?.pod).to.equal('default/web-04')
  })

  it('does not take a pod that was told before for one in its new state', () => {
    const wants = anInterception({ spec: { inbound: { ports: [80] } } })
    const { summary } = plan({
      pods: ['isOn', 'bypassed', 'failedOff', 'switchingOff'],
      wants,
      rollout: { paused: true },
    })
    // To switch off had failed, so it is on still.
    expect(summary).to.deep.include({ enabled: 2, bypassed: 1, switching: 1, disabled: 0 })
  })

  it('is late by the start of its agent, not by an order that nobody could read', () => {
    const young = switchablePod('web-00', { ...POD.switchingOn, started: false })
    const { decisions } = planInterception({
      wanted: wantedOf(on, [young]),
      leaving: [],
      rollout: defaultInterception(on.spec).rollout,
      agents: new Map(),
      silentSince: new Map([['default/web-00', NOW]]),
      unwritable: new Set(),
      now: LATER,
    })
    expect(decisions[0]).to.deep.include({ kind: 'none', reason: 'Switching' })
  })

  it('takes an agent for silent when it was asked for some time, not when an old order is new to it', () => {
    const pod = switchablePod('web-00', POD.bornOn)
    const { decisions } = planInterception({
      wanted: wantedOf(on, [pod]),
      leaving: [],
      rollout: defaultInterception(on.spec).rollout,
      agents: new Map(),
      silentSince: new Map([['default/web-00', LATER - 1_000]]),
      unwritable: new Set(),
      now: LATER,
    })
    expect(decisions[0]).to.deep.include({ kind: 'none', reason: 'Switching' })
  })
})
