import type { AgentConfig } from '../../api/agentConfig.ts'
import type { AgentStatus } from '../../api/agentStatus.ts'
import type { InterceptionStatus } from '../../api/interception/status.ts'
import type { Clock } from '../clock.ts'
import type { Health } from '../handover/world.ts'
import type { Logger } from '../log.ts'
import type { DesiredSource } from '../podinfo/source.ts'
import { presentFamilies } from './iptables/backend.ts'
import { runProgram } from './iptables/program.ts'
import { InterceptionManager } from './manager.ts'
import { InterceptionMetrics } from './metrics.ts'
import { ProxySlots } from './slots.ts'
import { StateStore } from './toggle/stateStore.ts'

export interface CreateOptions {
  readonly config: AgentConfig
  readonly source: DesiredSource
  /** What the handovers of the pod see, by container. */
  readonly statuses: () => AgentStatus['containers']
  /** What their livenessProbes say, by container; null = it has none. */
  readonly livenesses: () => Readonly<Record<string, Health | null>>
  readonly log: Logger
  readonly clock: Clock
}

export interface PodInterception {
  readonly manager: InterceptionManager
  readonly metrics: InterceptionMetrics
  readonly status: InterceptionStatus
  /** A dead proxy is no reason to take the pod out of service now. */
  readonly doesWithoutProxy: boolean
}

/** Interception of this pod's network; null in pods that were injected without it. */
export function createInterception(options: CreateOptions): PodInterception | null {
  const { config, source, statuses, livenesses, log, clock } = options
  if (config.interception !== true) return null
  const metrics = new InterceptionMetrics()
  const manager = new InterceptionManager({
    wanted: () => source.readInterception(),
    store: new StateStore(config.runDir),
    slots: new ProxySlots(config, statuses, livenesses),
    families: presentFamilies(),
    run: runProgram,
    metrics,
    log: log.with({ part: 'interception' }),
    clock,
  })
  return {
    manager,
    metrics,
    get status() {
      return manager.status
    },
    get doesWithoutProxy() {
      return manager.doesWithoutProxy
    },
  }
}
