import type { Client } from '../../runtime/client/client.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { PODS } from '../../runtime/client/kinds.ts'

/** What became of pods that many clients created at once, as dry runs. */
export interface Admissions {
  readonly created: number
  /** Sentences of the API server about those it did not create, the first ten. */
  readonly failures: readonly string[]
  readonly failed: number
  readonly seconds: number
}

export interface AdmissionsOptions {
  readonly count: number
  /** Pods that are created at the same time. Defaults to 8. */
  readonly atOnce?: number
  /** Whether the webhook has been asked: an admission that it never saw proves nothing. */
  readonly isGood: (pod: Pod) => boolean
}

/** Creates the pod so often, with all admission and without storing it. */
export async function createPods(
  client: Client,
  pod: Pod,
  { count, atOnce = 8, isGood }: AdmissionsOptions,
): Promise<Admissions> {
  const began = performance.now()
  const failures: string[] = []
  let [left, created, failed] = [count, 0, 0]
  const one = async (): Promise<void> => {
    for (; left > 0;) {
      left -= 1
      try {
        const made = await client.resource(PODS).create(pod, { dryRun: true, retry: false })
        if (!isGood(made)) throw new Error('the pod was created without its sidecar')
        created += 1
      } catch (error) {
        failed += 1
        if (failures.length < 10)
          failures.push(error instanceof Error ? error.message : String(error))
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, one))
  return { created, failures, failed, seconds: (performance.now() - began) / 1000 }
}
