import type { DrainMethod, ProxyProcess } from './process.ts'
import { expanded, stopProcess } from './process.ts'
import { HaproxySession } from './haproxySession.ts'

/** The same for a master with workers, which passes the signal on, and for a process alone. */
const SOFT_STOP = 'USR1'

/** Sessions with stats sockets, by path. */
export type HaproxySessions = Map<string, HaproxySession>

/**
 * A way to drain HAProxy. A process that stops softly takes no new connection on its stats socket
 * either, but goes on answering on one that was open before: so it is opened in good time and kept.
 * An agent that has been killed has lost it; it counts on, but cannot tell protocols any more.
 * @param socket path of the stats socket
 */
export function haproxyMethod(
  { socket }: { readonly socket?: string },
  sessions: HaproxySessions,
): DrainMethod {
  const begin: DrainMethod['begin'] = async (process, limitSeconds) => {
    // Who cannot tell protocols has to drain all the same.
    if (socket !== undefined) await sessionWith(process, socket, sessions).catch(() => undefined)
    await stopProcess(process, limitSeconds, SOFT_STOP)
  }
  if (socket === undefined) return { begin }
  return {
    begin,
    split: async (process) => {
      const session = await sessionWith(process, socket, sessions)
      return byMode(await session.ask('show stat -1 1 -1'))
    },
  }
}

async function sessionWith(
  process: ProxyProcess,
  socket: string,
  sessions: HaproxySessions,
): Promise<HaproxySession> {
  const path = expanded(socket, process)
  const known = sessions.get(path)
  if (known?.isOpen === true) return known
  const session = await HaproxySession.open(path)
  sessions.set(path, session)
  return session
}

/**
 * Connections of all frontends by their mode, `http` or `tcp`, from the CSV of `show stat`.
 * Errors: when it is something else.
 */
export function byMode(csv: string): Readonly<Record<string, number>> {
  const [head = '', ...rows] = csv.trim().split('\n')
  const names = head.replace(/^# /, '').split(',')
  const [count, mode] = [names.indexOf('scur'), names.indexOf('mode')]
  if (count < 0 || mode < 0) throw new Error(`haproxy's 'show stat': unexpected answer '${head}'`)
  const sums: Record<string, number> = {}
  for (const row of rows) {
    const fields = row.split(',')
    const name = fields[mode] ?? ''
    sums[name] = (sums[name] ?? 0) + Number(fields[count])
  }
  return sums
}
