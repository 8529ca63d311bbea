import { expect } from 'chai'
import { assert, boolean, constantFrom, integer, nat, property, record, array } from 'fast-check'
import { INTERCEPTION_CONDITION, annotations } from '../../api/group.ts'
import type { AgentStatus } from '../../api/agentStatus.ts'
import { defaultInterception } from '../../api/defaults/trafficInterceptionDefaults.ts'
import { formatInterception } from '../../api/interception/desired.ts'
import type { InterceptionState } from '../../api/interception/status.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { applyPatch } from '../testing/applyPatch.ts'
import { anInterception, switchablePod } from '../testing/buildInterception.ts'
import { allowedUnavailable, keptPods } from '../sidecarset/rollout/budget.ts'
import { planInterception } from './plan.ts'
import type { InterceptionPlan } from './plan.ts'
import { ORDERED_ANNOTATION, viewPod } from './podView.ts'
import { recordPatch } from './record.ts'
import { viewPods, wantedOf } from './wanted.ts'

/** A cluster in memory: what is written on pods, and agents that obey at their own pace. */
interface Cluster {
  pods: readonly Pod[]
  readonly agents: Map<string, AgentStatus>
}

const NOW = Date.parse('2025-01-01T00:00:30Z')

function answer(id: string, state: InterceptionState): AgentStatus {
  const rest = { rules: { v4: null, v6: null }, probe: null, lastToggle: null, message: '' }
  const interception = { id, state, phase: 'Idle' as const, verified: true, ...rest }
  return {
    ...{ v: 1, ready: true, containers: {} },
    interception: { ...interception, repairs: 0, bypasses: 0 },
  }
}

const rollouts = record({
  partition: constantFrom<number | string>(0, 1, 3, '30%', '100%'),
  maxUnavailable: constantFrom<number | string>(1, 2, '25%', '100%'),
  paused: boolean(),
})
const schedules = record({
  count: integer({ min: 1, max: 8 }),
  rollout: rollouts,
  enabled: boolean(),
  /** Which pods are looked at in which round, and what goes wrong. */
  paces: array(nat(), { minLength: 40, maxLength: 40 }),
  failing: nat(20),
})

function plan(cluster: Cluster, enabled: boolean, rollout: object): InterceptionPlan {
  const object = anInterception({ enabled, spec: { rollout } })
  const spec = defaultInterception(object.spec)
  return planInterception({
    wanted: wantedOf(object, cluster.pods),
    leaving: [],
    rollout: spec.rollout,
    agents: cluster.agents,
    silentSince: new Map(),
    unwritable: new Set(),
    now: NOW,
  })
}

function carryOut(cluster: Cluster, { decisions }: InterceptionPlan): number {
  let orders = 0
  cluster.pods = cluster.pods.map((pod) => {
    const decision = decisions.find(({ view }) => view.pod === pod)
    if (decision?.kind === 'record') {
      return applyPatch(pod, recordPatch(pod, decision.record, NOW))
    }
    if (decision?.kind !== 'order') return pod
    orders += 1
    return applyPatch(pod, {
      metadata: {
        annotations: {
          [annotations.interception]: formatInterception(decision.order),
          [ORDERED_ANNOTATION]: new Date(NOW).toISOString(),
        },
      },
    })
  })
  return orders
}

/** Every second agent or so comes to what is written on its pod. */
function obey(cluster: Cluster, pace: number, failing: number): void {
  for (const [index, view] of viewPods(cluster.pods).entries()) {
    const { written, key } = view
    if (written === undefined || ((pace >> index) & 1) === 0) continue
    const state = index === failing ? 'Failed' : written.enabled ? 'On' : 'Off'
    cluster.agents.set(key, answer(written.id, state))
  }
}

const openOf = ({ pods }: Cluster): number =>
  pods.map((pod) => viewPod(pod)).filter(({ written, record: known }) => written && !known).length

describe('whatever the pace of agents, a rollout of interception', () => {
  it('never has more pods in a toggle than allowed, keeps the partition, and comes to its end', () => {
    assert(
      property(schedules, ({ count, rollout, enabled, paces, failing }) => {
        const pods = Array.from({ length: count }, (_none, index) => switchablePod(`web-${index}`))
        const cluster: Cluster = { pods, agents: new Map() }
        const most = allowedUnavailable(rollout.maxUnavailable, count)
        const kept = keptPods(rollout.partition, count)
        for (const pace of paces) {
          carryOut(cluster, plan(cluster, enabled, rollout))
          expect(openOf(cluster)).to.be.at.most(most)
          obey(cluster, pace, failing)
        }
        // All agents come to it, as often as it takes.
        for (let round = 0; round < 3 * count; round++) {
          carryOut(cluster, plan(cluster, enabled, rollout))
          obey(cluster, -1, failing)
        }
        const { summary } = plan(cluster, enabled, rollout)
        const told = cluster.pods.map((pod) => viewPod(pod)).filter(({ written }) => written)
        expect(told.length).to.be.at.most(Math.max(0, count - kept))
        expect(openOf(cluster)).to.equal(0)
        if (!enabled || rollout.paused) expect(told).to.have.length(0)
        else if (failing >= count) expect(summary.enabled).to.equal(Math.max(0, count - kept))
        else if (summary.failed > 0) expect(summary.failure?.record.reason).to.equal('ToggleFailed')
      }),
      { numRuns: 200 },
    )
  })

  it('has nothing to do twice: what was written is not written again', () => {
    assert(
      property(schedules, ({ count, rollout, paces, failing }) => {
        const pods = Array.from({ length: count }, (_none, index) => switchablePod(`web-${index}`))
        const cluster: Cluster = { pods, agents: new Map() }
        for (const pace of paces.slice(0, 10)) {
          carryOut(cluster, plan(cluster, true, rollout))
          // Another operator looks at the same.
          const again = plan(cluster, true, rollout)
          const settled = again.decisions.filter(({ kind }) => kind === 'record')
          expect(settled).to.deep.equal([])
          expect(carryOut(cluster, again)).to.be.at.most(count)
          obey(cluster, pace, failing)
        }
        const conditions = cluster.pods.flatMap((pod) => pod.status?.conditions ?? [])
        const records = conditions.filter(({ type }) => type === INTERCEPTION_CONDITION)
        expect(records.length).to.be.at.most(count)
      }),
      { numRuns: 100 },
    )
  })
})
