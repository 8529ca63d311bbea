import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { PREFETCH_LABEL } from '../../../../operator/sidecarset/prefetch/prefetchPod.ts'
import type { Pod } from '../../../../runtime/client/kinds.ts'
import type { ResourceClient } from '../../../../runtime/client/resource.ts'
import { isApiError } from '../../../../runtime/transport/apiError.ts'
import { podAddress } from '../plane/network.ts'
import { pulledStatus, runningStatus, startedStatus } from './statuses.ts'
import type { ContainerStatus } from './statuses.ts'

/** One simulated pod: what runs in it, whatever the API server has heard of that so far. */
interface Sandbox {
  pod: Pod
  readonly ip: string
  readonly startedAt: number
  readonly statuses: Map<string, ContainerStatus>
  /** Containers that are being restarted now. */
  readonly restarting: Set<string>
  /** Is there something to tell, or is it being told? */
  telling: boolean
  changed: boolean
}

/** The containers of a simulated pod as the processes in it find them. */
export interface RunningPod {
  readonly pod: Pod
  /** How often a container has started, and when it did so last, in milliseconds since the epoch. */
  readonly boots: (container: string) => { readonly count: number; readonly at: number }
}

/**
 * The kubelets of all nodes: every pod starts at once, a container whose image changes restarts
 * after `restartMs` in place, requests that change are met, prefetch pods end after `pullMs`.
 */
export interface Kubelets {
  /** A pod as it was just read. */
  see(pod: Pod): void
  forget(key: string): void
  byAddress(ip: string): RunningPod | undefined
}

export interface KubeletOptions {
  readonly pods: ResourceClient<Pod>
  readonly restartMs: number
  readonly pullMs: number
}

export function createKubelets({ pods, restartMs, pullMs }: KubeletOptions): Kubelets {
  const sandboxes = new Map<string, Sandbox>()
  const addresses = new Map<string, Sandbox>()
  const pulling = new Set<string>()
  const bootedAt = new Map<string, number>()
  let next = 0

  const patchStatus = async (pod: Pod, status: object): Promise<void> => {
    try {
      await pods.strategicPatch(pod.metadata, { status }, { subresource: 'status', retry: true })
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error
    }
  }
  /** One at a time for each pod; what changes meanwhile goes into the next. */
  const tell = async (sandbox: Sandbox): Promise<void> => {
    sandbox.changed = true
    if (sandbox.telling) return
    sandbox.telling = true
    while (sandbox.changed) {
      sandbox.changed = false
      const statuses = [...sandbox.statuses.values()]
      await patchStatus(sandbox.pod, runningStatus(sandbox.ip, statuses, sandbox.startedAt))
    }
    sandbox.telling = false
  }
  const start = (pod: Pod): Sandbox => {
    const now = Date.now()
    const ip = podAddress(next++)
    const started = (pod.spec?.containers ?? []).map((one) => startedStatus(pod, one, 0, now))
    const sandbox: Sandbox = {
      pod,
      ip,
      startedAt: now,
      statuses: new Map(started.map((status) => [status.name, status])),
      restarting: new Set(),
      telling: false,
      changed: false,
    }
    addresses.set(ip, sandbox)
    return sandbox
  }
  const restart = async (sandbox: Sandbox, name: string): Promise<void> => {
    sandbox.restarting.add(name)
    await delay(restartMs)
    sandbox.restarting.delete(name)
    const container = sandbox.pod.spec?.containers.find((one) => one.name === name)
    const before = sandbox.statuses.get(name)
    if (container === undefined || before === undefined) return
    const now = Date.now()
    sandbox.statuses.set(name, startedStatus(sandbox.pod, container, before.restartCount + 1, now))
    bootedAt.set(`${sandbox.ip} ${name}`, now)
    await tell(sandbox)
  }
  const sync = (sandbox: Sandbox): void => {
    let isResized = false
    for (const container of sandbox.pod.spec?.containers ?? []) {
      const { name, image, resources } = container
      const status = sandbox.statuses.get(name)
      if (status === undefined || sandbox.restarting.has(name)) continue
      if (status.image !== image) background(restart(sandbox, name))
      else if (resources !== undefined && !isDeepStrictEqual(resources, status.resources)) {
        sandbox.statuses.set(name, { ...status, resources })
        isResized = true
      }
    }
    if (isResized) background(tell(sandbox))
  }
  const pull = async (key: string, pod: Pod): Promise<void> => {
    pulling.add(key)
    await delay(pullMs)
    await patchStatus(pod, pulledStatus(pod, Date.now()))
    pulling.delete(key)
  }

  return {
    see: (pod) => {
      if (pod.spec?.nodeName === undefined || pod.metadata.deletionTimestamp !== undefined) return
      const key = `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`
      if (pod.metadata.labels?.[PREFETCH_LABEL] !== undefined) {
        if (pod.status?.phase !== 'Succeeded' && !pulling.has(key)) background(pull(key, pod))
        return
      }
      const known = sandboxes.get(key)
      if (known === undefined) {
        const sandbox = start(pod)
        sandboxes.set(key, sandbox)
        background(tell(sandbox))
        return
      }
      known.pod = pod
      sync(known)
    },
    forget: (key) => {
      const sandbox = sandboxes.get(key)
      if (sandbox !== undefined) addresses.delete(sandbox.ip)
      sandboxes.delete(key)
    },
    byAddress: (ip) => {
      const sandbox = addresses.get(ip)
      if (sandbox === undefined) return undefined
      return {
        pod: sandbox.pod,
        boots: (name) => ({
          count: 1 + (sandbox.statuses.get(name)?.restartCount ?? -1),
          at: bootedAt.get(`${ip} ${name}`) ?? sandbox.startedAt,
        }),
      }
    },
  }
}

/** A kubelet that cannot tell what runs makes every number wrong: the program ends. */
function background(work: Promise<void>): void {
  work.catch((error: unknown) => {
    console.error(error)
    process.exit(1)
  })
}
