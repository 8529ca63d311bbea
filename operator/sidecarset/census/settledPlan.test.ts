import { expect } from 'chai'
import fc from 'fast-check'
import { INTERCEPTION_CONDITION } from '../../../api/group.ts'
import type { AgentStatus } from '../../../api/agentStatus.ts'
import type { UpdateStrategy } from '../../../api/v1beta1/sidecarset.ts'
import type { Pod } from '../../../runtime/client/kinds.ts'
import { aRevision, injectedPod, largeProxy } from '../../testing/build.ts'
import {
  carriedOut,
  failedAndReverted,
  inFlight,
  now,
  plan,
  settled as settledAgent,
  v1,
  v2,
} from '../../testing/planning.ts'
import type { PlanOptions } from '../../testing/planning.ts'

const states = {
  old: (name) => injectedPod(name, v1),
  fresh: (name) => injectedPod(name, v2),
  upgraded: (name) => {
    const pod = inFlight(name)
    const agents = { [`default/${name}`]: settledAgent(pod) }
    return carriedOut(pod, plan([pod], { agents }))
  },
  flying: (name) => inFlight(name),
  failed: failedAndReverted,
  notReady: (name) => injectedPod(name, v2, { ready: false }),
  pending: (name) => injectedPod(name, v2, { phase: 'Pending' }),
  gone: (name) => injectedPod(name, v2, { deleted: true }),
  bypassed: (name) => withCondition(injectedPod(name, v2), INTERCEPTION_CONDITION, 'Bypassed'),
  // Of other sizes than the set says, so that there is something to resize.
  otherSize: (name) => withRevision(injectedPod(name, [largeProxy('proxy:2')]), name),
} satisfies Readonly<Record<string, (name: string) => Pod>>
type State = keyof typeof states

interface Sketch {
  readonly state: State
  readonly workload: string
  readonly tier: string
}

const sketches = fc.array(
  fc.record({
    state: fc.oneof(
      fc.constantFrom<State>('old', 'fresh', 'upgraded'),
      fc.constantFrom(...(Object.keys(states) as State[])),
    ),
    workload: fc.constantFrom('a', 'b'),
    tier: fc.constantFrom('x', 'y'),
  }),
  { maxLength: 12 },
)
const share = fc.constantFrom<number | string>(1, 2, '10%', '50%', '100%')
const strategies: fc.Arbitrary<UpdateStrategy> = fc.record(
  {
    partition: fc.constantFrom<number | string>(0, 1, '40%'),
    maxUnavailable: share,
    maxUnavailablePerWorkload: share,
    failureLimit: share,
    paused: fc.boolean(),
    onFailure: fc.constantFrom('Rollback', 'Pause'),
    selector: fc.constant({ matchLabels: { tier: 'x' } }),
    canary: fc.constant({ steps: [{ replicas: '30%', pause: {} }, { replicas: '100%' }] }),
  },
  { requiredKeys: [] },
)

describe('a plan without the pods that are settled', function () {
  this.timeout(120_000)

  it('is the plan with them, whatever pods and strategy are like', () => {
    let left = 0
    fc.assert(
      fc.property(sketches, strategies, fc.boolean(), (list, strategy, failedBefore) => {
        const pods = list.map(podOf)
        const options: PlanOptions = {
          strategy,
          agents: answersOf(pods),
          now: now + 5_000,
          ...(failedBefore ? { failedRevision: aRevision(v2, 2).hash } : {}),
        }
        const whole = plan(pods, options)
        const part = plan(pods, { ...options, withoutSettled: true })
        left += part.settled
        const decided = new Set(part.decisions.map(({ view }) => view.key))
        const others = whole.decisions.filter(({ view }) => !decided.has(view.key))
        expect(others.map((one) => one.kind === 'none' && one.reason)).to.deep.equal(
          Array.from({ length: part.settled }, () => 'UpToDate'),
        )
        const mine = whole.decisions.filter(({ view }) => decided.has(view.key))
        expect(sorted(part.decisions)).to.deep.equal(sorted(mine))
        expect({ ...part, decisions: [], settled: 0 }).to.deep.equal({ ...whole, decisions: [] })
      }),
      { numRuns: 400 },
    )
    expect(left, 'pods that no plan looked at').to.be.greaterThan(100)
  })
})

function podOf({ state, workload, tier }: Sketch, index: number): Pod {
  const pod = states[state](`p${index}`)
  const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: workload, uid: workload }
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      labels: { ...pod.metadata.labels, tier },
      ownerReferences: [{ ...owner, controller: true }],
    },
  }
}

function answersOf(pods: readonly Pod[]): Record<string, AgentStatus> {
  return Object.fromEntries(
    pods.map((pod) => [`default/${pod.metadata.name}`, settledAgent(pod)] as const),
  )
}

function withCondition(pod: Pod, type: string, reason: string): Pod {
  const conditions = [...(pod.status?.conditions ?? []), { type, status: 'False', reason }]
  return { ...pod, status: { ...pod.status, conditions } }
}

/** As if it had been injected with v2. */
function withRevision(pod: Pod, name: string): Pod {
  const { annotations } = injectedPod(name, v2).metadata
  return {
    ...pod,
    metadata: { ...pod.metadata, ...(annotations === undefined ? {} : { annotations }) },
  }
}

function sorted<T extends { readonly view: { readonly key: string } }>(list: readonly T[]): T[] {
  return [...list].sort((one, other) => (one.view.key < other.view.key ? -1 : 1))
}
