import { setTimeout as delay } from 'node:timers/promises'
import type { StartedProcess } from '../../launcher/testing/process.ts'
import { podUid, restricted, startProcess } from '../../launcher/testing/process.ts'
import { childrenOf, kill } from '../proxies/processes.ts'
import type { Proxy, Side, Surroundings } from '../proxies/proxy.ts'
import type { Subject } from './subject.ts'

const GRACE_MS = 5000

/** SIGTERM, SIGKILL after 5 s, then the other one: what a restart of the container does. */
export async function stopStartSubject(proxy: Proxy, surroundings: Surroundings): Promise<Subject> {
  const start = async (side: Side): Promise<StartedProcess> =>
    startProcess([...restricted(podUid), ...(await proxy.command(side, surroundings))])
  let present = await start('a')
  const stop = async (): Promise<void> => {
    const workers = childrenOf(present.pid)
    present.kill('SIGTERM')
    const patience = new AbortController()
    await Promise.race([
      present.exited,
      delay(GRACE_MS, undefined, { signal: patience.signal }).catch(() => undefined),
    ])
    patience.abort()
    await present.end()
    for (const pid of workers) kill(pid)
  }
  return {
    change: async (side) => {
      await stop()
      present = await start(side)
    },
    end: stop,
  }
}
