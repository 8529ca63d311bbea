import { SIDECAR_SETS } from '../../api/v1beta1/kinds.ts'
import type { Condition, SidecarSet, SidecarSetStatus } from '../../api/v1beta1/sidecarset.ts'
import type { Client } from '../../runtime/client/client.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { PODS } from '../../runtime/client/kinds.ts'
import { waitFor } from '../environment/wait.ts'

/** Changes one SidecarSet as a user would, and waits for what its status says. */
export class Rollout {
  readonly #client: Client
  readonly #name: string
  readonly #list: 'containers' | 'initContainers'

  /** @param list where the set declares its proxy */
  constructor(client: Client, name: string, list: 'containers' | 'initContainers' = 'containers') {
    this.#client = client
    this.#name = name
    this.#list = list
  }

  async get(): Promise<SidecarSet> {
    return this.#client.resource(SIDECAR_SETS).get({ name: this.#name })
  }

  async pods(): Promise<readonly Pod[]> {
    const { items } = await this.#client.resource(PODS).list({ namespace: this.#name })
    return items.filter((pod) => pod.metadata.deletionTimestamp === undefined)
  }

  /** Sets the proxy's image. Resolves to the generation that carries it. */
  async setImage(image: string): Promise<number> {
    const set = await this.#client
      .resource(SIDECAR_SETS)
      .jsonPatch({ name: this.#name }, [
        { op: 'replace', path: `/spec/${this.#list}/0/image`, value: image },
      ])
    return set.metadata.generation ?? 0
  }

  /** Waits until every pod runs the revision of this generation and none is in flight. */
  async completed(generation: number, deadlineMs = 120_000): Promise<SidecarSetStatus> {
    return this.#status(`rollout of ${this.#name} completed`, deadlineMs, (status) => {
      const { observedGeneration = 0, matchedPods = 0, updatedReadyPods = 0 } = status
      return (
        observedGeneration >= generation &&
        matchedPods > 0 &&
        updatedReadyPods === matchedPods &&
        (status.upgradingPods ?? 0) === 0
      )
    })
  }

  /** Waits for a condition of the set with this reason. */
  async condition(type: string, reason: string, deadlineMs = 120_000): Promise<Condition> {
    const find = (status: SidecarSetStatus): Condition | undefined =>
      status.conditions?.find((one) => one.type === type && one.reason === reason)
    const status = await this.#status(
      `condition ${type} ${reason} of ${this.#name}`,
      deadlineMs,
      (seen) => find(seen) !== undefined,
    )
    const condition = find(status)
    if (condition === undefined) throw new Error('the condition went away')
    return condition
  }

  async #status(
    what: string,
    deadlineMs: number,
    good: (status: SidecarSetStatus) => boolean,
  ): Promise<SidecarSetStatus> {
    let seen: SidecarSetStatus = {}
    return waitFor(
      what,
      deadlineMs,
      async () => {
        seen = (await this.get()).status ?? {}
        return good(seen) ? seen : undefined
      },
      () => JSON.stringify(seen),
    )
  }
}

/** Pods of the namespace, once `count` of them are Ready. */
export async function readyPods(
  client: Client,
  namespace: string,
  count: number,
  deadlineMs = 120_000,
): Promise<readonly Pod[]> {
  let seen: readonly Pod[] = []
  return waitFor(
    `${count} ready pods in ${namespace}`,
    deadlineMs,
    async () => {
      seen = (await client.resource(PODS).list({ namespace })).items.filter(
        (pod) => pod.metadata.deletionTimestamp === undefined,
      )
      const ready = seen.filter(isReady)
      return seen.length === count && ready.length === count ? ready : undefined
    },
    () => JSON.stringify(seen.map((pod) => [pod.metadata.name, pod.status?.conditions])),
  )
}

export function isReady(pod: Pod): boolean {
  return (
    pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ===
    true
  )
}
