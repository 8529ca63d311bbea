import type { AgentContainerConfig } from '../../api/agentConfig.ts'
import type { DesiredContainer } from '../../api/desired.ts'
import type { LauncherClient } from '../launcher/client.ts'
import type { Connections } from './connections.ts'
import { fitted, fromHeldListeners } from './connections.ts'
import { envoyMethod } from './envoy.ts'
import { execMethod } from './exec.ts'
import type { HaproxySessions } from './haproxy.ts'
import { haproxyMethod } from './haproxy.ts'
import { httpMethod } from './http.ts'
import { mosnMethod } from './mosn.ts'
import { nginxMethod } from './nginx.ts'
import type { DrainMethod, DrainTarget, ProxyProcess } from './process.ts'
import { findProcess } from './process.ts'
import { signalMethod } from './signal.ts'

export type Drain = DesiredContainer['drain']

/** How proxies are told to let go, and what they still have. Both may be called again at any time. */
export interface DrainDriver {
  /**
   * Tells a process to accept nothing more and to let its connections go. A process that is gone
   * has nothing to be told. Errors say what was asked and what was seen.
   * @param limitSeconds it may live on for so long
   */
  begin(target: DrainTarget, drain: Drain, limitSeconds: number): Promise<void>
  /** Connections of clients that it still has; null = neither launcher nor proxy can tell. */
  count(target: DrainTarget, drain: Drain): Promise<Connections | null>
}

export function drainDriver(
  config: AgentContainerConfig,
  launchers: ReadonlyMap<string, LauncherClient>,
): DrainDriver {
  const find = async (target: DrainTarget): Promise<ProxyProcess | null> => {
    const launcher = launchers.get(target.slot)
    if (launcher === undefined) throw new Error(`no slot ${target.slot}`)
    return await findProcess(target, launcher, config.privatePorts)
  }
  const sessions: HaproxySessions = new Map()
  return {
    async begin(target, drain, limitSeconds) {
      const process = await find(target)
      if (process !== null) await methodOf(drain, sessions).begin(process, limitSeconds)
      // It ended by itself and must not come back: whoever is started now would accept again.
      else if (!target.aside) await launchers.get(target.slot)?.stop(0)
    },
    async count(target, drain) {
      const process = await find(target)
      if (process === null) return { total: 0, byProtocol: {} }
      const { split, accepts } = methodOf(drain, sessions)
      const total = await fromHeldListeners(process)
      if (total === 0 && (await accepts?.(process)) === true) return null
      // A proxy that does not say which protocols they speak has connections all the same.
      const known = await split?.(process).catch((error: unknown) => {
        if (total === null) throw error
      })
      return fitted(total, known ?? null)
    },
  }
}

/** Exactly one is there; none is the signal SIGTERM. */
function methodOf({ method }: Drain, sessions: HaproxySessions): DrainMethod {
  const { envoy, haproxy, nginx, mosn, http, exec, signal } = method
  if (envoy !== undefined) return envoyMethod(envoy)
  if (haproxy !== undefined) return haproxyMethod(haproxy, sessions)
  if (nginx !== undefined) return nginxMethod
  if (mosn !== undefined) return mosnMethod(mosn)
  if (http !== undefined) return httpMethod(http)
  if (exec !== undefined) return execMethod(exec)
  return signalMethod(signal ?? { name: 'SIGTERM' })
}
