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
  /** Pods that are created at least. */
  readonly count: number
  /**
   * Whether what the pods are created for has happened: after `count`, more are created until it
   * has, for at most another minute. Defaults to at once.
   * @param failed pods that were not created so far
   */
  readonly enough?: (failed: number) => boolean
  /** Pods that are created at the same time. Defaults to 8. */
  readonly atOnce?: number
  /** Whether the webhook has been asked: an admission that it never saw proves nothing. */
  readonly isGood: (pod: Pod) => boolean
}

const MORE_MS = 60_000

/** Creates the pod so often, with all admission and without storing it. */
export async function createPods(
  client: Client,
  pod: Pod,
  { count, enough = () => true, atOnce = 8, isGood }: AdmissionsOptions,
): Promise<Admissions> {
  const began = performance.now()
  const failures: string[] = []
  let [left, created, failed] = [count, 0, 0]
  let deadline = Infinity
  const more = (): boolean => {
    if (left > 0) return true
    if (deadline === Infinity) deadline = performance.now() + MORE_MS
    return !enough(failed) && performance.now() < deadline
  }
  const one = async (): Promise<void> => {
    for (; more();) {
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
