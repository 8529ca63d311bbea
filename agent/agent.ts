import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { AgentConfig } from '../api/agentConfig.ts'
import type { Clock } from './clock.ts'
import { ContainerManager } from './container/manager.ts'
import { makeRunDirectory } from './handover/store.ts'
import { HookServer } from './hookServer.ts'
import { containerStatuses, routes } from './http/routes.ts'
import { AgentServer } from './http/server.ts'
import { createInterception } from './interception/create.ts'
import type { Logger } from './log.ts'
import { AgentMetrics } from './metrics/agentMetrics.ts'
import { DesiredSource } from './podinfo/source.ts'

export interface AgentOptions {
  readonly config: AgentConfig
  readonly log: Logger
  readonly clock: Clock
}

/**
 * When a pod is deleted, its endpoints go 0.1 s later and whoever holds an old list comes on for a
 * while: so long the proxies serve as before.
 */
const ENDPOINTS_GO_MS = 3000

/**
 * Runs the agent until the pod ends.
 * @param signal aborted on SIGTERM: the proxies are drained and stopped, then this resolves
 */
export async function runAgent(options: AgentOptions, signal: AbortSignal): Promise<void> {
  const { config, log, clock } = options
  const metrics = new AgentMetrics(config)
  const source = new DesiredSource({
    directory: config.podInfoDir,
    log,
    onChange: () => {
      for (const manager of managers) manager.notify()
      interception?.manager.notify()
    },
  })
  const managers = config.containers.map((container) => {
    const directory = join(config.runDir, container.name)
    prepare(directory, log)
    const fields = { container: container.name }
    const own = { config: container, directory, log: log.with(fields) }
    return new ContainerManager({ ...own, source, metrics, clock })
  })

  const statuses = () => containerStatuses(managers)
  const livenesses = () =>
    Object.fromEntries(managers.map(({ name, liveness }) => [name, liveness]))
  const interception = createInterception({ config, source, statuses, livenesses, log, clock })

  const loops = new AbortController()
  const hooks = new AbortController()
  const running = Promise.all([
    source.run(loops.signal),
    ...managers.map((manager) => manager.run(loops.signal)),
    interception?.manager.run(loops.signal),
  ])
  // Asked for by the preStop hook, by SIGTERM, or by both: it happens once.
  let ending: Promise<void> | null = null
  const end = (): Promise<void> => {
    ending ??= endPod(loops, running, managers, log)
    return ending
  }

  const port = config.port
  const server = await AgentServer.listen({
    port,
    log,
    routes: routes({ managers, interception, metrics, clock }),
  })
  const hook = new HookServer({ path: join(config.runDir, 'agent.sock'), onDrain: end, log })
  const hooked = hook.run(hooks.signal)
  log.info('agent is up', { port: server.port, pid: process.pid })

  // The loops end without an error only by `end`, which may have been asked for by the hook.
  await Promise.race([aborted(signal), running.then(() => aborted(signal))])
  await end()
  hooks.abort()
  await hooked
  server.close()
  log.info('agent ends')
}

/** A volume that is full now may have room later: the agent serves its status all the same. */
function prepare(directory: string, log: Logger): void {
  try {
    makeRunDirectory(directory)
  } catch (error) {
    log.error('run directory not made', { directory, error })
  }
}

async function endPod(
  loops: AbortController,
  running: Promise<unknown>,
  managers: readonly ContainerManager[],
  log: Logger,
): Promise<void> {
  log.info('pod ends, waiting for its endpoints to go', { waitMs: ENDPOINTS_GO_MS })
  // From here on nothing is handed over: a slot that terminates now does so with the pod.
  loops.abort()
  await running
  await delay(ENDPOINTS_GO_MS)
  await Promise.all(managers.map((manager) => manager.end()))
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener(
      'abort',
      () => {
        resolve()
      },
      { once: true },
    )
  })
}
