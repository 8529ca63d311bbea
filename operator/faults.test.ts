import { expect } from 'chai'
import fc from 'fast-check'
import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { UpdateStrategy } from '../api/v1beta1/sidecarset.ts'
import { disturb, disturbances } from './testing/disturbances.ts'
import type { Disturbance } from './testing/disturbances.ts'
import { endState } from './testing/endState.ts'
import { hotProxy } from './testing/build.ts'
import { startWorld } from './testing/world.ts'
import type { RunningOperator, World } from './testing/world.ts'

/** A rollout of several pods, and how it is known to be over. */
interface Scenario {
  readonly name: string
  readonly pods: number
  readonly strategy: UpdateStrategy
  readonly brokenImages: ReadonlySet<string>
  isOver(world: World): boolean
}

const conditionOf = (world: World, type: string) =>
  world.set().status?.conditions?.find((one) => one.type === type)?.reason

const scenarios: readonly Scenario[] = [
  {
    name: 'a rollout',
    pods: 6,
    strategy: { maxUnavailable: 2 },
    brokenImages: new Set(),
    isOver: (world) => conditionOf(world, 'Progressing') === 'RolloutCompleted',
  },
  {
    name: 'a failure and the way back',
    pods: 3,
    strategy: { maxUnavailable: 1 },
    brokenImages: new Set(['proxy:2']),
    isOver: (world) =>
      world.set().status?.failedRevision !== undefined && world.set().status?.upgradingPods === 0,
  },
]

/** BATON_FAULT_SECONDS: how long schedules are tried; the stalls are whole then. */
const seconds = Number(process.env['BATON_FAULT_SECONDS'] ?? '0')
const stallMs = seconds > 0 ? 5_000 : 700
const budgetMs = seconds > 0 ? seconds * 1_000 : 8_000
/** All stalls of a schedule may come one after the other. */
const overMs = 60_000 + 50 * stallMs
const patienceMs = 30_000
/** Worlds that go on at the same time: each waits most of its time. */
const atATime = 4
const MOST = 4_000

describe('the operator, whatever goes wrong between it and the API server', function () {
  this.timeout(budgetMs + 3 * overMs)

  for (const scenario of scenarios)
    it(`leaves ${scenario.name} as if nothing had happened`, async () => {
      const wanted = await endOf(scenario)
      const seed = Number(process.env['BATON_FAULT_SEED'] ?? Date.now() % 2 ** 31)
      // A schedule takes seconds: the first that fails is told as it is, and not made smaller.
      const schedules = fc.sample(disturbances({ stallMs }), { seed, numRuns: MOST })
      const until = Date.now() + budgetMs
      let tried = 0
      while (tried === 0 || (Date.now() < until && tried < MOST)) {
        const some = schedules.slice(tried, tried + atATime)
        const ends = await Promise.allSettled(
          some.map((one) => endOf(scenario, { schedule: one, wanted })),
        )
        for (const [index, end] of ends.entries()) {
          const schedule = `seed ${seed}, ${JSON.stringify(some[index])}`
          if (end.status === 'rejected') throw new Error(schedule, { cause: end.reason })
          expect(end.value, schedule).to.deep.equal(wanted)
        }
        tried += some.length
      }
      console.log(`      ${tried} schedules of seed ${seed}`)
    })
})

interface Disturbed {
  readonly schedule: readonly Disturbance[]
  /** What should be left. */
  readonly wanted: object
}

/** What is left of a scenario in which these things go wrong. */
async function endOf(scenario: Scenario, disturbed?: Disturbed): Promise<object> {
  const { pods, strategy, brokenImages } = scenario
  const apiServer = { bookmarkIntervalMs: 100 }
  const world = await startWorld({ brokenImages, apiServer, watchIdleMs: 500 })
  const isOver = (): boolean => scenario.isOver(world)
  const life = startLife(world)
  try {
    world.addPods(pods, [hotProxy('proxy:1')])
    world.putSet({ containers: [hotProxy('proxy:1')], updateStrategy: strategy })
    await reach(
      'the set is at rest',
      () => conditionOf(world, 'Progressing') === 'RolloutCompleted',
    )
    const before = world.server.requests.length
    world.putSet({ containers: [hotProxy('proxy:2')], updateStrategy: strategy })
    await reach('the rollout has begun', () => !isOver())
    const ahead = (disturbed?.schedule ?? []).toSorted((a, b) => a.afterRequests - b.afterRequests)
    for (const { afterRequests, what } of ahead) {
      await reach('it comes that far', () => {
        return isOver() || world.server.requests.length - before >= afterRequests
      })
      await disturb(world, what, life.restart)
    }
    await reach('the rollout is over', isOver, () => JSON.stringify(endState(world)))
    world.server.clearFaults()
    return await atRest(world, disturbed?.wanted)
  } finally {
    await life.stop()
    await world.stop()
  }
}

/** An operator, and another one whenever it ends: as the kubelet sees to it. */
function startLife(world: World) {
  let isStopped = false
  let operator: RunningOperator
  const begin = (): void => {
    const own = world.startOperator()
    operator = own
    void own.ended.then(() => {
      if (!isStopped && operator === own) begin()
    })
  }
  begin()
  return {
    restart: async (): Promise<void> => {
      await operator.stop().catch(() => undefined)
    },
    stop: async (): Promise<void> => {
      isStopped = true
      await operator.stop().catch(() => undefined)
    },
  }
}

/**
 * The state that stays, if it is the wanted one: what a half-open link has swallowed is found out
 * some time after the rest is over. Otherwise what there is when nobody would wait any longer.
 */
async function atRest(world: World, wanted: object | undefined): Promise<object> {
  let last = ''
  let since = Date.now()
  const end = since + patienceMs
  for (;;) {
    const state = endState(world)
    const text = JSON.stringify(state)
    const isWell = wanted === undefined || isDeepStrictEqual(state, wanted)
    if (text !== last || !isWell) since = Date.now()
    last = text
    if (Date.now() - since > 600 || Date.now() > end) return state
    await delay(20)
  }
}

async function reach(what: string, isSo: () => boolean, seen = () => ''): Promise<void> {
  const end = Date.now() + overMs
  while (!isSo()) {
    if (Date.now() > end) throw new Error(`${what}: not within ${overMs / 1000} s; ${seen()}`)
    await delay(5)
  }
}
