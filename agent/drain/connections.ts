import { LauncherRefused } from '../launcher/protocol.ts'
import type { ProxyProcess } from './process.ts'

/** Connections of clients that a process has. */
export interface Connections {
  readonly total: number
  /** Sums up to the total where the proxy tells protocols; else empty. */
  readonly byProtocol: Readonly<Record<string, number>>
}

/**
 * Connections that a process has taken from held listeners, as the kernel counts them; null = the
 * launcher cannot tell. Private ports are not among them: nobody drains an admin interface.
 */
export async function fromHeldListeners(process: ProxyProcess): Promise<number | null> {
  try {
    const { connections, aside, complete } = await process.launcher.connections()
    const counts = process.aside ? aside : connections
    if (counts === null || !complete) return null
    return Object.values(counts).reduce((sum, count) => sum + count, 0)
  } catch (error) {
    // One from before there was this request.
    if (error instanceof LauncherRefused) return null
    throw error
  }
}

/** Of connections whose protocol the proxy did not tell, or does not know yet. */
const UNKNOWN = 'unknown'

/**
 * The kernel's total, split as the proxy says. The two are read one after the other, and the proxy
 * also counts what the kernel does not call open any more: the total wins, so that sums are right.
 * Only `http3` is none of it: its connections are not the kernel's.
 */
export function fitted(
  total: number | null,
  known: Readonly<Record<string, number>> | null,
): Connections | null {
  if (known === null) return total === null ? null : { total, byProtocol: {} }
  const { http3 = 0, ...tcp } = known
  const counts = Object.entries(tcp)
  const sum = counts.reduce((all, [, count]) => all + count, 0)
  const open = total ?? sum
  const all = [
    ...(sum > open ? lessened(counts, sum - open) : counts),
    ['http3', http3] as const,
    [UNKNOWN, Math.max(0, open - sum)] as const,
  ]
  return {
    total: open + http3,
    byProtocol: Object.fromEntries(all.filter(([, count]) => count > 0)),
  }
}

type Counts = readonly (readonly [protocol: string, count: number])[]

/** Takes `excess` away, from the largest counts first: there an error is least. */
function lessened(counts: Counts, excess: number): Counts {
  let left = excess
  return counts
    .toSorted(([, one], [, other]) => other - one)
    .map(([protocol, count]) => {
      const less = Math.min(count, left)
      left -= less
      return [protocol, count - less]
    })
}
