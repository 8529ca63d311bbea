import type { Pod } from '../../runtime/client/kinds.ts'
import type { KernelCounters } from '../../test/ledger/index.ts'
import { readKernelCounters } from '../../test/ledger/index.ts'
import type { Cluster } from '../cluster/cluster.ts'

/** Processes of a pod's containers, by the ids they have inside the node. */
export class PodProcesses {
  readonly #cluster: Cluster

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  /** PID 1 of every container that runs on the node, by the container's id. */
  async all(): Promise<ReadonlyMap<string, number>> {
    const table = await this.#run(['ctr', '-n', 'k8s.io', 'tasks', 'ls'])
    const rows = table.split('\n').slice(1)
    return new Map(
      rows.flatMap((row) => {
        const [id, pid, state] = row.trim().split(/\s+/)
        return id !== undefined && state === 'RUNNING' ? [[id, Number(pid)] as const] : []
      }),
    )
  }

  /** PID 1 of a container. Errors: when the container does not run. */
  async main(pod: Pod, container: string): Promise<number> {
    const statuses = [
      ...(pod.status?.containerStatuses ?? []),
      ...(pod.status?.initContainerStatuses ?? []),
    ]
    const id = statuses.find(({ name }) => name === container)?.containerID
    if (id === undefined) throw new Error(`container ${container} of ${nameOf(pod)} has no id`)
    const wanted = id.replace('containerd://', '')
    const pid = (await this.all()).get(wanted)
    if (pid !== undefined) return pid
    throw new Error(`container ${container} of ${nameOf(pod)} does not run on the node`)
  }

  /** Children of a container's PID 1: the proxy below its launcher. */
  async children(pod: Pod, container: string): Promise<readonly number[]> {
    const main = await this.main(pod, container)
    const text = await this.#run(['cat', `/proc/${main}/task/${main}/children`])
    return text.trim().split(/\s+/).filter(Boolean).map(Number)
  }

  /** All that a container's PID 1 has started, and what that has: a master and its workers. */
  async descendants(pod: Pod, container: string): Promise<readonly number[]> {
    const found: number[] = []
    for (let parents = [await this.main(pod, container)]; parents.length > 0;) {
      // A process that ends meanwhile has no children.
      const lists = parents.map((pid) => `/proc/${pid}/task/*/children`).join(' ')
      const text = await this.#run(['sh', '-c', `cat ${lists} 2>/dev/null || true`])
      parents = text.trim().split(/\s+/).filter(Boolean).map(Number)
      found.push(...parents)
    }
    return found
  }

  async kill(pid: number): Promise<void> {
    await this.killAll([pid])
  }

  /** At one moment, as far as there is one. */
  async killAll(pids: readonly number[]): Promise<void> {
    await this.#run(['kill', '-9', ...pids.map(String)])
  }

  /**
   * Kills a container's {@link descendants}: workers of a master that is killed alone may go on. Those
   * that end with it before are no error. Errors: there are none.
   */
  async killDescendants(pod: Pod, container: string): Promise<void> {
    const pids = await this.descendants(pod, container)
    if (pids.length === 0) throw new Error(`${container} of ${nameOf(pod)} has started nothing`)
    await this.#run(['sh', '-c', `kill -9 ${pids.join(' ')} 2>/dev/null || true`])
  }

  /** Kills whatever the launchers of these containers start, until aborted; resolves then. */
  async keepDead(pod: Pod, containers: readonly string[], signal: AbortSignal): Promise<void> {
    const mains = await Promise.all(containers.map((container) => this.main(pod, container)))
    const lists = mains.map((pid) => `/proc/${pid}/task/${pid}/children`).join(' ')
    const script = `while :; do kill -9 $(cat ${lists}) 2>/dev/null; sleep 0.02; done`
    try {
      await this.#cluster.enter(['sh', '-c', script], { timeoutMs: 120_000, signal })
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  /** What iptables-save says of the pod's nat table, with counters: `[packets:bytes] -A CHAIN …`. */
  async natRules(pod: Pod, container: string): Promise<readonly string[]> {
    const pid = await this.main(pod, container)
    const network = `--net=/proc/${pid}/ns/net`
    const text = await this.#run(['nsenter', network, 'iptables-save', '-c', '-t', 'nat'])
    return text.split('\n')
  }

  async isAlive(pid: number): Promise<boolean> {
    return (await this.#run(['sh', '-c', `[ -e /proc/${pid} ] && echo yes || echo no`])) === 'yes\n'
  }

  /** Text of a file below /proc/<pid> of a container's PID 1. */
  async procFile(pod: Pod, container: string, file: string): Promise<string> {
    const pid = await this.main(pod, container)
    return this.#run(['cat', `/proc/${pid}/${file}`])
  }

  /** Counters of the pod's network namespace. */
  async kernelCounters(pod: Pod, container: string): Promise<KernelCounters> {
    const pid = await this.main(pod, container)
    return readKernelCounters((path) => this.#run(['cat', path]), pid)
  }

  async #run(argv: readonly string[]): Promise<string> {
    return (await this.#cluster.enter(argv)).stdout
  }
}

function nameOf(pod: Pod): string {
  return `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`
}
