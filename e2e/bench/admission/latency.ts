import type { Client } from '../../../runtime/client/client.ts'
import { PODS } from '../../../runtime/client/kinds.ts'
import type { Target } from './targets.ts'

export interface AdmissionLatency {
  readonly name: string
  readonly kind: Target['kind']
  readonly requests: number
  /** Milliseconds of a pod CREATE with dryRun=All, admission included. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** Above the control, the first row. */
  readonly addedP50Ms: number
  readonly addedP99Ms: number
}

/** Creations that are thrown away, while connections open and code is compiled. */
const WARM_UP = 50

/**
 * Creates each target in turn, one at a time, so that whatever else the machine does hits all of
 * them alike.
 */
export async function measureLatency(
  client: Client,
  targets: readonly Target[],
  rounds: number,
): Promise<readonly AdmissionLatency[]> {
  const times = targets.map((): number[] => [])
  for (let round = -WARM_UP; round < rounds; round += 1) {
    for (const [index, target] of targets.entries()) {
      const startMs = performance.now()
      await client.resource(PODS).create(target.pod, { dryRun: true })
      if (round >= 0) times[index]?.push(performance.now() - startMs)
    }
  }
  const [control = []] = times
  return targets.map(({ name, kind }, index) => {
    const own = times[index] ?? []
    const [p50Ms, p99Ms] = [percentile(own, 50), percentile(own, 99)]
    return {
      name,
      kind,
      requests: own.length,
      p50Ms,
      p99Ms,
      addedP50Ms: p50Ms - percentile(control, 50),
      addedP99Ms: p99Ms - percentile(control, 99),
    }
  })
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? 0
}
