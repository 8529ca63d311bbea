import type { DesiredContainer } from '../../api/desired.ts'
import { cutAt } from '../handover/accounting.ts'
import type { ProcessEnd } from '../handover/events.ts'
import { limits } from '../handover/limits.ts'
import type { World } from '../handover/world.ts'
import type { Agent } from './agent.ts'
import { beginDrain, stopChild } from './commands.ts'
import type { Pod } from './pod.ts'
import { reach } from './pod.ts'
import { isListening } from './program.ts'

/** As drain/retirement.ts. */
export interface Retirement {
  readonly slot: string
  readonly drain: DesiredContainer['drain']
  readonly limitMs: number
  since: number | null
  stopped: boolean
  quiet: number
  /** Connections at the last count. */
  last: number
}

export function newRetirement(
  slot: string,
  drain: DesiredContainer['drain'],
  limitSeconds: number,
): Retirement {
  return {
    slot,
    drain,
    limitMs: limitSeconds * 1000,
    since: null,
    stopped: false,
    quiet: 0,
    last: 0,
  }
}

export function advanceRetirement(agent: Agent, pod: Pod, world: World): void {
  const { retirement } = agent
  if (retirement === null) return
  const { slot, drain } = retirement
  const view = world.slots[slot]
  if ((view?.goneMs ?? 0) >= limits.goneMs) {
    account(agent, retirement, null)
    return
  }
  const launcher = reach(pod, slot)
  if (launcher === null) return
  if (launcher.child === null && !launcher.want) {
    account(agent, retirement, launcher.lastExit)
    return
  }
  if (launcher.child === null || !isListening(launcher.child, pod.at)) {
    stopChild(pod, slot, limits.stopGraceMs)
    retirement.stopped = true
    return
  }
  if (retirement.stopped) return
  if (retirement.since === null) {
    retirement.since = pod.at
    beginDrain(pod, slot, drain)
  }
  // The order to drain may have been its end.
  const left = reach(pod, slot)?.child?.connections.length ?? 0
  retirement.last = left
  retirement.quiet = left === 0 ? retirement.quiet + 1 : 0
  const over = pod.at - retirement.since >= retirement.limitMs
  if (!over && retirement.quiet < limits.quietReadings) return
  retirement.stopped = true
  stopChild(pod, slot, limits.stopGraceMs)
}

function account(agent: Agent, retirement: Retirement, end: ProcessEnd): void {
  agent.retirement = null
  if (retirement.since === null && !retirement.stopped) return
  agent.numbers.cut += cutAt(end, retirement.stopped) ?? retirement.last
}
