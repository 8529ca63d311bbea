import { readFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Interception } from '../../../api/interception/desired.ts'
import type { ProbeOutcome } from '../../../api/interception/status.ts'
import { PROBE_PORTS } from '../rules/constants.ts'
import type { Family } from '../rules/family.ts'
import { isAccepted } from './socketTable.ts'

/** Where the agent's connections went, by direction; null = that direction is not intercepted. */
export interface ProbeResult {
  readonly inbound: ProbeOutcome | null
  readonly outbound: ProbeOutcome | null
}

const LIMIT_MS = 1000
const POLL_MS = 10
const HOSTS: Readonly<Record<Family, string>> = { v4: '127.0.0.1', v6: '::1' }

/**
 * Opens a connection as the app would and sees whether the proxy accepts it. The kernel answers for a
 * listener even when its process is dead or hangs, so an open connection alone proves nothing.
 * Not seen so: the way of packets that come from other machines, for which the rules alone stand.
 * @param families those that the pod uses; the worst outcome counts
 */
export async function probeAll(
  terms: Interception,
  families: readonly Family[],
): Promise<ProbeResult> {
  const of = async (direction: 'inbound' | 'outbound'): Promise<ProbeOutcome | null> => {
    const side = terms[direction]
    if (side === undefined) return null
    const outcomes = await Promise.all(
      families.map((family) => probe(HOSTS[family], PROBE_PORTS[direction], side.proxyPort)),
    )
    return worst(outcomes)
  }
  const [inbound, outbound] = await Promise.all([of('inbound'), of('outbound')])
  return { inbound, outbound }
}

/** Nobody listens where the probe goes: who refuses it is nobody, or a dead proxy. */
function worst(outcomes: readonly ProbeOutcome[]): ProbeOutcome {
  return (
    (['NotAccepted', 'Refused', 'Seen'] as const).find((one) => outcomes.includes(one)) ?? 'Seen'
  )
}

function probe(host: string, port: number, proxyPort: number): Promise<ProbeOutcome> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port })
    const done = (outcome: ProbeOutcome): void => {
      clearTimeout(timer)
      resolve(outcome)
      // A reset leaves nothing behind, here and in the proxy.
      socket.resetAndDestroy()
    }
    const timer = setTimeout(() => {
      done('NotAccepted')
    }, LIMIT_MS)
    let isOpen = false
    socket.once('error', () => {
      done(isOpen ? 'Seen' : 'Refused')
    })
    // Only who has accepted it can end it.
    socket.once('end', () => {
      done('Seen')
    })
    socket.resume()
    socket.once('connect', () => {
      isOpen = true
      const { localPort = 0 } = socket
      accepted(proxyPort, localPort, () => socket.destroyed).then(
        (seen) => {
          if (seen) done('Seen')
        },
        () => {
          done('NotAccepted')
        },
      )
    })
  })
}

/** Looks until it is accepted, or `isOver`. */
async function accepted(
  proxyPort: number,
  localPort: number,
  isOver: () => boolean,
): Promise<boolean> {
  while (!isOver()) {
    for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
      const table = await readFile(file, 'utf8').catch(() => '')
      if (isAccepted(table, proxyPort, localPort) === true) return true
    }
    await delay(POLL_MS)
  }
  return false
}
