import type { AgentContainerConfig } from '../../api/agentConfig.ts'
import type { DesiredContainer } from '../../api/desired.ts'
import type { LauncherClient } from '../launcher/client.ts'
import { portOfSlot } from '../probe/check.ts'
import { beginEnvoyDrain, countEnvoyConnections } from './envoy.ts'

export type Drain = DesiredContainer['drain']

/** How a proxy is told to let go. Both may be called again at any time. */
export interface DrainDriver {
  /**
   * Tells the process in a slot to accept nothing more and to let its connections go.
   * @param limitSeconds it may live on for so long
   */
  begin(slot: string, drain: Drain, limitSeconds: number): Promise<void>
  /** Connections of clients that it still has; null = this kind of proxy does not tell. */
  count(slot: string, drain: Drain): Promise<number | null>
}

/** Where the admin of the process in `slot` listens, for a drain by Envoy's admin. */
export function adminPortOf(
  drain: Drain,
  slot: string,
  config: AgentContainerConfig,
): number | null {
  const envoy = drain.method.envoy
  return envoy === undefined ? null : portOfSlot(envoy.adminPort, slot, config.privatePorts)
}

/** Errors of `begin` and `count`: those of the admin's HTTP or of the launcher. */
export function drainDriver(
  config: AgentContainerConfig,
  launchers: ReadonlyMap<string, LauncherClient>,
): DrainDriver {
  return {
    async begin(slot, drain, limitSeconds) {
      const port = adminPortOf(drain, slot, config)
      if (port !== null) {
        await beginEnvoyDrain(port)
        return
      }
      const launcher = launchers.get(slot)
      if (launcher === undefined) throw new Error(`no slot ${slot}`)
      const name = drain.method.signal?.name ?? 'SIGTERM'
      // `stop` sends SIGTERM and keeps the launcher from starting the process anew when it is done.
      if (isTerm(name)) await launcher.stop(limitSeconds * 1000)
      else await launcher.signal(name)
    },
    async count(slot, drain) {
      const port = adminPortOf(drain, slot, config)
      return port === null ? null : await countEnvoyConnections(port)
    },
  }
}

function isTerm(name: string): boolean {
  return name === 'SIGTERM' || name === 'TERM'
}
