import type { MetricDefinition, QueryValues } from '../../../api/analysis/index.ts'
import { fillQuery } from '../../../api/analysis/index.ts'
import { mentionsStable } from '../../../api/condition/index.ts'
import type { Clock } from '../../../runtime/clock/clock.ts'
import type { Source } from '../../../runtime/controller/source.ts'
import type { Runnable } from '../../../runtime/manager/runnable.ts'
import type { MeasuredPods } from './measuredPods.ts'
import { PrometheusError } from './prometheus.ts'
import type { PrometheusClient } from './prometheus.ts'
import type { Answer, Due } from './run.ts'

/** A measurement and whom it is about. */
export interface Order extends Due {
  readonly pods: MeasuredPods
}

export interface MeasurerOptions {
  readonly prometheus: PrometheusClient
  readonly clock: Clock
  /** Measurements at the same time. Defaults to 8. */
  readonly limit?: number
}

/**
 * Carries measurements out beside the reconciler, which never waits for one. What came back is kept
 * until nobody waits for it any more; a restart loses nothing but measurements under way.
 */
export interface Measurer extends Runnable, Source {
  /**
   * Begins what is not begun, and drops answers to everything else.
   * @param kept ids of answers that are to stay all the same
   */
  order(set: string, orders: readonly Order[], kept?: readonly string[]): void
  /** Answers that have come, by id. */
  answers(set: string): ReadonlyMap<string, Answer>
}

interface Waiting {
  readonly set: string
  readonly order: Order
}

export function createMeasurer(options: MeasurerOptions): Measurer {
  const { prometheus, clock, limit = 8 } = options
  const begun = new Map<string, Set<string>>()
  const answered = new Map<string, Map<string, Answer>>()
  const queue: Waiting[] = []
  const active = new Set<Promise<void>>()
  const listeners = new Set<(set: string) => void>()
  let running: AbortSignal | undefined

  function pump(): void {
    while (running?.aborted === false && active.size < limit) {
      const next = queue.shift()
      if (next === undefined) return
      const work = carryOut(next, running).finally(() => {
        active.delete(work)
        pump()
      })
      active.add(work)
    }
  }

  async function carryOut({ set, order }: Waiting, signal: AbortSignal): Promise<void> {
    if (begun.get(set)?.has(order.id) !== true) return
    const answer = await measure(order, signal)
    // Nobody may want it any more.
    if (signal.aborted || begun.get(set)?.has(order.id) !== true) return
    const answers = answered.get(set) ?? new Map<string, Answer>()
    answered.set(set, answers.set(order.id, answer))
    for (const tell of listeners) tell(set)
  }

  async function measure({ definition, pods }: Order, signal: AbortSignal): Promise<Answer> {
    const at = clock.now()
    const ask = (query: string, values: QueryValues): Promise<readonly number[]> => {
      const { address, timeoutMs } = definition
      return prometheus.query({ address, query: fillQuery(query, values), at, timeoutMs }, signal)
    }
    const query = fillQuery(definition.query, pods.revision)
    const { samplesQuery } = definition
    try {
      const [result, stable, samples] = await Promise.all([
        ask(definition.query, pods.revision),
        comparesWithStable(definition) ? ask(definition.query, pods.stable) : [],
        samplesQuery === undefined ? undefined : ask(samplesQuery, pods.revision),
      ])
      const total = samples?.reduce((sum, one) => sum + one, 0)
      return { query, at, sample: { kind: 'values', result, stable, samples: total } }
    } catch (error) {
      if (!(error instanceof PrometheusError)) throw error
      return { query, at, sample: { kind: 'error', sentence: error.message } }
    }
  }

  return {
    name: 'analysis measurements',
    order: (set, orders, kept = []) => {
      const wanted = new Set([...orders.map(({ id }) => id), ...kept])
      const known = begun.get(set) ?? new Set()
      const fresh = orders.filter(({ id }) => !known.has(id))
      if (wanted.size === 0) {
        begun.delete(set)
        answered.delete(set)
        return
      }
      begun.set(set, wanted)
      for (const id of answered.get(set)?.keys() ?? []) {
        if (!wanted.has(id)) answered.get(set)?.delete(id)
      }
      queue.push(...fresh.map((order) => ({ set, order })))
      pump()
    },
    answers: (set) => answered.get(set) ?? new Map<string, Answer>(),
    start: (enqueue) => {
      const tell = (set: string): void => {
        enqueue(set, 'normal')
      }
      listeners.add(tell)
      return () => listeners.delete(tell)
    },
    run: async (signal) => {
      running = signal
      pump()
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve()
        else
          signal.addEventListener(
            'abort',
            () => {
              resolve()
            },
            { once: true },
          )
      })
      await Promise.all(active)
    },
  }
}

function comparesWithStable({ success, failure }: MetricDefinition): boolean {
  return [success, failure].some((tree) => tree !== undefined && mentionsStable(tree))
}
