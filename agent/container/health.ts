import type { AgentContainerConfig, AgentProbe } from '../../api/agentConfig.ts'
import type { DesiredContainer } from '../../api/desired.ts'
import { limits } from '../handover/limits.ts'
import type { State } from '../handover/state.ts'
import type { Health, Liveness, SlotView } from '../handover/world.ts'
import { unknownHealth } from '../handover/world.ts'
import type { LauncherClient } from '../launcher/client.ts'
import type { LauncherStatus } from '../launcher/protocol.ts'
import type { Check } from '../probe/check.ts'
import { checkOf, isPrivate, portOfProcess } from '../probe/check.ts'
import { thresholdsOf } from '../probe/judge.ts'
import type { Round } from '../probe/prober.ts'
import { Prober } from '../probe/prober.ts'

type Views = Readonly<Record<string, SlotView>>

/** Until a new process passes, waiting for its probe's own period would only delay the handover. */
const START_PERIOD_MS = 200

/** The probes of one container, carried out against the right process at the right time. */
export class ContainerHealth {
  readonly #config: AgentContainerConfig
  readonly #start: Prober
  readonly #readiness: Prober
  readonly #liveness: Prober

  /** @param launchers of the slots, which run the programs of probes */
  constructor(
    config: AgentContainerConfig,
    launchers: ReadonlyMap<string, LauncherClient>,
    onChange: () => void,
  ) {
    this.#config = config
    this.#start = new Prober(launchers, onChange)
    this.#readiness = new Prober(launchers, onChange)
    this.#liveness = new Prober(launchers, onChange)
  }

  /** Of the process that is being started; `unknown` when none is. */
  ofStart(state: State, views: Views, at: number): Health {
    const slot = startedSlot(state)
    const status = slot === null ? null : (views[slot]?.status ?? null)
    if (slot === null || status === null || status.pid === 0 || state.phase === 'Unassigned') {
      this.#start.clear()
      return unknownHealth
    }
    const alone = state.record.from === null
    const probe = startProbe(this.#config, state.order, alone)
    const passing = this.#start.health.verdict === 'passing'
    const round: Round = {
      checks: this.#startChecks(probe, state.order, slot, status),
      timeoutMs: (probe?.timeoutSeconds ?? 1) * 1000,
      periodMs: passing ? (probe?.periodSeconds ?? 1) * 1000 : START_PERIOD_MS,
      thresholds: thresholdsOf(probe ?? {}),
    }
    // Every new listener is a reason to look at once, not after the period.
    return this.#start.look(`${processKey(slot, status)}/${status.listening.length}`, round, at)
  }

  #startChecks(
    probe: AgentProbe | undefined,
    order: DesiredContainer,
    slot: string,
    status: LauncherStatus,
  ): readonly Check[] {
    const { privatePorts } = this.#config
    const checks: Check[] = []
    const place = { slot, side: status.side }
    if (probe !== undefined) checks.push(checkOf(probe, place, privatePorts, status.listening))
    const { envoy } = order.drain.method
    // Envoy answers 200 there only when it is LIVE: its clusters and listeners are warm.
    if (envoy !== undefined && this.#config.healthCheck === undefined) {
      const port = portOfProcess(envoy.adminPort, place, privatePorts)
      const httpGet = { port, path: '/ready', host: '127.0.0.1' }
      checks.push(checkOf({ httpGet }, place, [], []))
    }
    return checks
  }

  /**
   * The readiness probe against the active process. While another one is started beside it the
   * last verdict stands: on a shared port the probe could meet either.
   */
  ofReadiness(state: State, views: Views, at: number): Health {
    const probe = this.#config.readinessProbe
    if (probe === undefined) return { verdict: 'passing', detail: 'no readiness probe' }
    const known = this.#readiness.health.verdict !== 'unknown'
    const starting = state.phase === 'Starting' || state.phase === 'Confirming'
    const status = state.active === null ? null : (views[state.active]?.status ?? null)
    if (state.active === null || status === null || (starting && known)) {
      return this.#readiness.health
    }
    if (status.uptimeMs < (probe.initialDelaySeconds ?? 0) * 1000) return this.#readiness.health
    // One key for all processes: a handover goes on with the verdict of the one before.
    return this.#readiness.look('active', this.#round(probe, state.active, status), at)
  }

  /** The liveness probe against the active process, when nobody else could answer it. */
  ofLiveness(state: State, views: Views, at: number): Liveness {
    const { livenessProbe: probe, startupProbe } = this.#config
    const { active } = state
    const status = active === null ? null : (views[active]?.status ?? null)
    const busy = state.phase === 'Starting' || state.phase === 'Confirming'
    if (probe === undefined || active === null || status === null || status.pid === 0 || busy) {
      this.#liveness.clear()
      return { ...unknownHealth, relapseMs: 0 }
    }
    const delaySeconds = Math.max(probe.initialDelaySeconds ?? 0, longestStartSeconds(startupProbe))
    const relapseMs = relapseMsOf(probe, delaySeconds)
    if (status.uptimeMs < delaySeconds * 1000) return { ...unknownHealth, relapseMs }
    const key = processKey(active, status)
    const health = this.#liveness.look(key, this.#round(probe, active, status), at)
    return { ...health, relapseMs }
  }

  #round(probe: AgentProbe, slot: string, status: LauncherStatus): Round {
    return {
      checks: [
        checkOf(probe, { slot, side: status.side }, this.#config.privatePorts, status.listening),
      ],
      timeoutMs: (probe.timeoutSeconds ?? 1) * 1000,
      periodMs: (probe.periodSeconds ?? 10) * 1000,
      thresholds: thresholdsOf(probe),
    }
  }
}

function startedSlot(state: State): string | null {
  switch (state.phase) {
    case 'Starting':
    case 'Confirming':
      return state.record.to
    case 'FailedOver':
      return state.record.servingAt === null ? state.record.to : null
    case 'Unassigned':
    case 'Waiting':
    case 'Draining':
    case 'Settled':
    case 'Aborted':
      return null
  }
}

/**
 * What a new process must pass. Alone in the pod, all ports lead to it; beside another one only a
 * probe on a private port does.
 */
function startProbe(
  config: AgentContainerConfig,
  order: DesiredContainer,
  alone: boolean,
): AgentProbe | undefined {
  if (config.healthCheck !== undefined) return config.healthCheck
  const own = config.startupProbe ?? config.readinessProbe
  if (own === undefined || alone) return own
  if (order.drain.method.envoy !== undefined) return undefined
  return isPrivate(own, config.privatePorts) ? own : undefined
}

/** Until a startup probe would have given up, liveness says nothing (core/v1 Probe). */
function longestStartSeconds(probe: AgentProbe | undefined): number {
  if (probe === undefined) return 0
  return (
    (probe.initialDelaySeconds ?? 0) + (probe.periodSeconds ?? 10) * (probe.failureThreshold ?? 3)
  )
}

/**
 * Within twice the time that a hang takes to be noticed, a second one is the same: the restart has
 * not helped.
 */
function relapseMsOf(probe: AgentProbe, delaySeconds: number): number {
  const { failure } = thresholdsOf(probe)
  const roundMs = Math.max(probe.periodSeconds ?? 10, probe.timeoutSeconds ?? 1) * 1000
  return limits.hungGraceMs + 2 * (delaySeconds * 1000 + failure * roundMs)
}

function processKey(slot: string, status: LauncherStatus): string {
  return `${slot}/${status.boot}/${status.starts}`
}
