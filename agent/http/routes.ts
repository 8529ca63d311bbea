import type { AgentStatus } from '../../api/agentStatus.ts'
import type { InterceptionStatus } from '../../api/interception/status.ts'
import type { Clock } from '../clock.ts'
import type { ContainerManager } from '../container/manager.ts'
import { METRICS_CONTENT_TYPE } from '../metrics/exposition.ts'
import type { AgentMetrics } from '../metrics/agentMetrics.ts'

export interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
}

export interface RouteOptions {
  readonly managers: readonly ContainerManager[]
  /** null in pods that were injected without interception. */
  readonly interception: InterceptionView | null
  readonly metrics: AgentMetrics
  readonly clock: Clock
}

export interface InterceptionView {
  readonly status: InterceptionStatus
  readonly doesWithoutProxy: boolean
  readonly metrics: { format(): string }
}

/** A loop that has not completed a look for so long hangs: its waits are all below 5 s. */
const STUCK_MS = 15_000

/** What the agent tells, by path. It only tells: no command comes in over the network. */
export function routes(options: RouteOptions): Readonly<Record<string, () => Answer>> {
  const { managers, interception, metrics, clock } = options
  return {
    '/status': () => ({
      status: 200,
      type: 'application/json',
      body: JSON.stringify(agentStatus(managers, interception)),
    }),
    '/metrics': () => ({
      status: 200,
      type: METRICS_CONTENT_TYPE,
      body: `${metrics.format(containerStatuses(managers))}${interception?.metrics.format() ?? ''}`,
    }),
    '/healthz': () => health(managers, clock.now()),
    '/readyz': () => readiness(managers, interception),
    '/startedz': () => started(managers),
  }
}

function agentStatus(
  managers: readonly ContainerManager[],
  interception: InterceptionView | null,
): AgentStatus {
  return {
    v: 1,
    ready: isReady(managers, interception),
    containers: containerStatuses(managers),
    ...(interception === null ? {} : { interception: interception.status }),
  }
}

/** What is known of each hot container. */
export function containerStatuses(
  managers: readonly Pick<ContainerManager, 'name' | 'status'>[],
): AgentStatus['containers'] {
  return Object.fromEntries(managers.map(({ name, status }) => [name, status]))
}

function health(managers: readonly ContainerManager[], at: number): Answer {
  const stuck = managers.filter(({ lookedAt }) => at - lookedAt > STUCK_MS)
  const lines = managers.flatMap(({ name, status, lookedAt }) => [
    `${name}: looked ${at - lookedAt} ms ago`,
    // Boot 0 = no launcher answers. That is not the agent's fault, and killing it would not help.
    ...Object.entries(status.slots).map(
      ([slot, { boot }]) =>
        `${slot}: ${boot > 0 ? `launcher of boot ${boot} answers` : 'no launcher'}`,
    ),
  ])
  return text(stuck.length === 0 ? 200 : 503, lines)
}

/** A pod whose app goes on without its proxies is ready without them. */
function isReady(
  managers: readonly ContainerManager[],
  interception: InterceptionView | null,
): boolean {
  return doServe(managers) || interception?.doesWithoutProxy === true
}

function doServe(managers: readonly ContainerManager[]): boolean {
  return managers.every(({ readiness: { ready } }) => ready)
}

function readiness(
  managers: readonly ContainerManager[],
  interception: InterceptionView | null,
): Answer {
  const ready = isReady(managers, interception)
  const isSpared = ready && !doServe(managers)
  const lines = managers.flatMap(({ name, readiness: { message }, blocked }) => [
    `${name}: ${message}`,
    // It serves on: a pod that is taken out of service for want of room would serve nobody.
    ...(blocked === null ? [] : [`${name}: ${blocked}`]),
  ])
  return text(ready ? 200 : 503, isSpared ? [...lines, SPARED] : lines)
}

const SPARED = 'Traffic goes directly, so the pod is ready without its proxy.'

/** For a startupProbe: every container has served once. Unlike readiness it stays true. */
function started(managers: readonly ContainerManager[]): Answer {
  const missing = managers.filter((manager) => !manager.started)
  if (missing.length === 0) return text(200, ['All containers have served.'])
  return text(
    503,
    missing.map(({ name, readiness: { message } }) => `${name}: ${message}`),
  )
}

function text(status: number, lines: readonly string[]): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: `${lines.join('\n')}\n` }
}
