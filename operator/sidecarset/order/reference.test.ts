import { expect } from 'chai'
import fc from 'fast-check'
import type { UpdateStrategy } from '../../../api/v1beta1/sidecarset.ts'
import { injectedPod } from '../../testing/build.ts'
import { inFlight, plan, v1, v2 } from '../../testing/planning.ts'

/** A pod as OpenKruise counts it. */
interface Sketch {
  readonly state: 'old' | 'updated' | 'flying'
  readonly ready: boolean
  readonly tier: 'x' | 'y'
  readonly rank: number
  /** Seconds for which it has been ready. */
  readonly age: number
}

interface Strategy {
  readonly partition: number | string
  readonly maxUnavailable: number | string
  readonly selected: boolean
  readonly priority: 'none' | 'weight' | 'order'
}

const sketches: fc.Arbitrary<Sketch[]> = fc.array(
  fc.record({
    state: fc.constantFrom('old', 'old', 'old', 'updated', 'flying'),
    ready: fc.boolean(),
    tier: fc.constantFrom('x', 'y'),
    rank: fc.integer({ min: 0, max: 3 }),
    age: fc.integer({ min: 1, max: 5 }),
  }),
  { minLength: 1, maxLength: 14 },
)
const share = (least: number): fc.Arbitrary<number | string> =>
  fc.oneof(
    fc.integer({ min: least, max: 16 }),
    fc.integer({ min: least, max: 100 }).map((percent) => `${percent}%`),
  )
const strategies: fc.Arbitrary<Strategy> = fc.record({
  partition: share(0),
  maxUnavailable: share(1),
  selected: fc.boolean(),
  priority: fc.constantFrom('none', 'weight', 'order'),
})

const nameOf = (index: number): string => `p${String(index).padStart(2, '0')}`

/** The least whole number that is not below the share: found by counting. */
function counting(value: number | string, total: number): number {
  if (typeof value === 'number') return value
  const percent = Number(value.slice(0, -1))
  let pods = 0
  while (pods * 100 < percent * total) pods += 1
  return pods
}

/**
 * Which pods start, said slowly: take the best pod that is left, again and again, until the partition
 * is all that is left; a ready one only while fewer than allowed are unavailable.
 */
function reference(list: readonly Sketch[], strategy: Strategy): string[] {
  const total = list.length
  let kept = strategy.selected ? 0 : counting(strategy.partition, total)
  const isShare = typeof strategy.partition === 'string' && strategy.partition !== '100%'
  if (isShare && total > 1 && kept === total) kept = total - 1
  const left = list.flatMap((one, index) =>
    one.state === 'old' && (!strategy.selected || one.tier === 'x') ? [{ ...one, index }] : [],
  )
  let unavailable = 0
  for (const one of list) {
    if (one.state === 'flying' || (one.state === 'updated' && !one.ready)) unavailable += 1
  }
  const started: string[] = []
  while (left.length > kept) {
    let best = 0
    for (let other = 1; other < left.length; other += 1) {
      const [challenger, champion] = [left[other], left[best]]
      if (challenger !== undefined && champion !== undefined && beats(challenger, champion)) {
        best = other
      }
    }
    const [chosen] = left.splice(best, 1)
    if (chosen === undefined) break
    if (!chosen.ready) started.push(nameOf(chosen.index))
    else if (unavailable < counting(strategy.maxUnavailable, total)) {
      unavailable += 1
      started.push(nameOf(chosen.index))
    }
  }
  return started.sort()

  function beats(one: Sketch, other: Sketch): boolean {
    if (strategy.priority === 'weight' && one.tier !== other.tier) return one.tier === 'y'
    if (strategy.priority === 'order' && one.rank !== other.rank) return one.rank > other.rank
    if (one.ready !== other.ready) return !one.ready
    return one.ready && one.age < other.age
  }
}

function planned(list: readonly Sketch[], strategy: Strategy): string[] {
  const pods = list.map(({ state, ready, tier, rank, age }, index) => {
    const options = {
      ready,
      labels: { tier, rank: `r${rank}` },
      readySince: new Date(Date.parse('2025-01-01T00:00:00Z') - age * 1000).toISOString(),
    }
    if (state === 'flying') return inFlight(nameOf(index), options)
    return injectedPod(nameOf(index), state === 'old' ? v1 : v2, options)
  })
  const { partition, maxUnavailable, selected, priority } = strategy
  const weight = { weight: 5, matchSelector: { matchLabels: { tier: 'y' } } }
  const updateStrategy: UpdateStrategy = {
    maxUnavailable,
    ...(selected ? { selector: { matchLabels: { tier: 'x' } } } : { partition }),
    ...(priority === 'weight' ? { priorityStrategy: { weightPriority: [weight] } } : {}),
    ...(priority === 'order'
      ? { priorityStrategy: { orderPriority: [{ orderedKey: 'rank' }] } }
      : {}),
  }
  const { decisions } = plan(pods, { strategy: updateStrategy })
  return decisions
    .filter(({ kind }) => kind === 'startUpgrade')
    .map(({ view }) => view.pod.metadata.name)
    .sort()
}

describe('which pods start', function () {
  this.timeout(120_000)

  it('is what a slow and obvious count says, for any pods and any strategy', () => {
    fc.assert(
      fc.property(sketches, strategies, (list, strategy) => {
        expect(planned(list, strategy)).to.deep.equal(reference(list, strategy))
      }),
      { numRuns: 300 },
    )
  })
})
