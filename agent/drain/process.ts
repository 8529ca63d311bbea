import type { AgentContainerConfig } from '../../api/agentConfig.ts'
import type { LauncherClient } from '../launcher/client.ts'
import { portOfProcess } from '../probe/check.ts'

/** A process of a slot: its child, or the one that was set aside to drain beside a new child. */
export interface DrainTarget {
  readonly slot: string
  readonly aside: boolean
}

/** One running process of a proxy, and how it is reached. */
export interface ProxyProcess extends DrainTarget {
  /** As its launcher sees it, which is as all programs of the slot's container do. */
  readonly pid: number
  /** What the launcher has told it as BATON_INSTANCE: no other process of the pod has it. */
  readonly instance: string
  readonly launcher: LauncherClient
  /** Its launcher was told already not to start it anew: by this drain, or by setting it aside. */
  readonly told: boolean
  /** Where it listens for a port of the container's configuration. */
  readonly portOf: (port: number) => number
}

/** One way to drain. Both may be called again at any time. */
export interface DrainMethod {
  /** @param limitSeconds it may live on for so long */
  begin(process: ProxyProcess, limitSeconds: number): Promise<void>
  /** Open connections by protocol, where the proxy knows them. */
  readonly split?: (process: ProxyProcess) => Promise<Readonly<Record<string, number>>>
  /** Whether it may accept still although it was told not to: then having none is not the end. */
  readonly accepts?: (process: ProxyProcess) => Promise<boolean>
}

/** Null: there is no such process (any more). Errors: those of {@link LauncherClient}. */
export async function findProcess(
  target: DrainTarget,
  launcher: LauncherClient,
  privatePorts: AgentContainerConfig['privatePorts'],
): Promise<ProxyProcess | null> {
  const status = await launcher.status()
  const { pid, side } = target.aside ? (status.aside ?? { pid: 0, side: 0 }) : status
  if (pid === 0) return null
  const place = { slot: target.slot, side }
  return {
    ...target,
    pid,
    instance: instanceOf(place),
    launcher,
    told: target.aside || !status.want,
    portOf: (port) => portOfProcess(port, place, privatePorts),
  }
}

/** As the launcher names the processes of its two sides. */
export function instanceOf({
  slot,
  side,
}: {
  readonly slot: string
  readonly side: number
}): string {
  return side === 0 ? slot : `${slot}-b`
}

/** A path or an argument of the set, made that of one process. */
export function expanded(text: string, { instance, pid }: ProxyProcess): string {
  return text.replaceAll('$(BATON_INSTANCE)', instance).replaceAll('$(BATON_PID)', String(pid))
}

/**
 * The agent ends a drain at its limit, and the launcher does if there is no agent then. At the same
 * moment it must not: what a process closes on the agent's SIGTERM would be missing in the count
 * that the launcher makes before its SIGKILL.
 */
const BACKSTOP_MS = 2000
/** The launcher takes no longer ones. */
const LONGEST_GRACE_MS = 24 * 3600 * 1000

/**
 * Tells a process to end by a signal, within a time, and its launcher not to start it anew when it
 * does.
 */
export async function stopProcess(
  { aside, launcher }: ProxyProcess,
  limitSeconds: number,
  signal: string,
): Promise<void> {
  // Where the drain is a SIGTERM already, the agent's own sends nothing new.
  const backstopMs = signal === 'TERM' || signal === 'SIGTERM' ? 0 : BACKSTOP_MS
  const graceMs = Math.min(limitSeconds * 1000 + backstopMs, LONGEST_GRACE_MS)
  if (aside) await launcher.stopAside(graceMs, signal)
  else await launcher.stop(graceMs, signal)
}

/**
 * For those that are told to end in another way than by a signal: the launcher is not to start them
 * anew, and SIGCONT does nothing to a process that runs.
 */
export async function expectEnd(process: ProxyProcess, limitSeconds: number): Promise<void> {
  await stopProcess(process, limitSeconds, 'CONT')
}
