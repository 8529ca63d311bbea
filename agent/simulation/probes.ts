import type { State } from '../handover/state.ts'
import type { Health, Liveness } from '../handover/world.ts'
import { unknownHealth } from '../handover/world.ts'
import type { Agent } from './agent.ts'
import type { Pod } from './pod.ts'
import { reach } from './pod.ts'
import { isListening } from './program.ts'

/** Since when a process was seen to fail its probe. */
export interface ProbeMemory {
  readonly start: Failing
  readonly live: Failing
}

interface Failing {
  pid: number
  since: number | null
}

/** Three times the period and the timeout of a probe. */
const START_FAILS_AFTER_MS = 1500
const LIVE_FAILS_AFTER_MS = 3000

export function noProbes(): ProbeMemory {
  return { start: { pid: 0, since: null }, live: { pid: 0, since: null } }
}

/** As ContainerHealth.ofStart: of the process that is being started. */
export function startHealthOf({ state, probes }: Agent, pod: Pod): Health {
  const slot = startedSlot(state)
  return slot === null ? unknownHealth : probe(probes.start, slot, pod, START_FAILS_AFTER_MS)
}

/** As ContainerHealth.ofLiveness: of the active process, while nobody else could answer. */
export function livenessOf({ state, probes }: Agent, pod: Pod): Liveness {
  const relapseMs = 4 * LIVE_FAILS_AFTER_MS
  const busy = state.phase === 'Starting' || state.phase === 'Confirming'
  if (busy || state.active === null) {
    probes.live.since = null
    return { ...unknownHealth, relapseMs }
  }
  return { ...probe(probes.live, state.active, pod, LIVE_FAILS_AFTER_MS), relapseMs }
}

function startedSlot(state: State): string | null {
  if (state.phase === 'Starting' || state.phase === 'Confirming') return state.record.to
  return state.phase === 'FailedOver' && state.record.servingAt === null ? state.record.to : null
}

function probe(memory: Failing, slot: string, pod: Pod, failsAfterMs: number): Health {
  const child = reach(pod, slot)?.child ?? null
  if (child === null || child.pid !== memory.pid) {
    memory.pid = child?.pid ?? 0
    memory.since = null
  }
  if (child === null || !isListening(child, pod.at)) return unknownHealth
  if (child.program.answers) {
    memory.since = null
    return { verdict: 'passing', detail: 'status 200' }
  }
  memory.since ??= pod.at
  const failing = pod.at - memory.since >= failsAfterMs
  return failing ? { verdict: 'failing', detail: 'no answer' } : unknownHealth
}
