import type { DesiredContainer } from '../../api/desired.ts'
import { forgetFailures, noMemory } from '../container/slotTracker.ts'
import type { Effect } from '../handover/effects.ts'
import { limits } from '../handover/limits.ts'
import { assertNever } from '../handover/state.ts'
import type { World } from '../handover/world.ts'
import type { Agent } from './agent.ts'
import { ask, beginDrain, stopChild } from './commands.ts'
import { Failure, NotWritten } from './failure.ts'
import { replace, start, stopAside } from './launcher.ts'
import type { Pod } from './pod.ts'
import { newRetirement } from './retirement.ts'

/** As container/performer.ts. */
export function perform(agent: Agent, pod: Pod, world: World, effect: Effect): void {
  switch (effect.kind) {
    case 'startSlot':
      startSlot(agent, pod, world, effect.slot)
      return
    case 'stopSlot':
      stopSlot(agent, pod, world, effect.slot, effect.graceMs, effect.reason !== undefined)
      return
    case 'replaceSlot':
      replaceSlot(agent, pod, world, effect.slot, effect.urgent)
      return
    case 'stopAside':
      stopAsideOf(agent, pod, world, effect.slot, effect.graceMs)
      return
    case 'setActive':
      if (pod.run.full) throw new NotWritten()
      pod.run.active = effect.slot
      return
    case 'beginDrain':
      beginDrain(pod, effect.slot, effect.drain)
      startAgain(agent, effect.slot)
      agent.drained = effect.slot
      return
    case 'retireSlot':
      retire(agent, world, effect.slot, effect.drain)
      return
    case 'dropListeners':
    case 'reportLeft':
      return
    case 'finished':
      finish(agent, effect)
      return
    default:
      assertNever(effect)
  }
}

/** What a failover lost was counted when it was seen to end. */
function finish(
  agent: Agent,
  { result, record }: Extract<Effect, { readonly kind: 'finished' }>,
): void {
  agent.numbers.ended += 1
  const hasDrained = result === 'Settled' || result === 'TurnedBack' || result === 'Aborted'
  if (hasDrained && record.drainStartedAt !== null) agent.numbers.cut += record.connectionsCut
}

function startSlot(agent: Agent, pod: Pod, world: World, slot: string): void {
  if (agent.retirement?.slot === slot) {
    stopSlot(agent, pod, world, slot, limits.urgentGraceMs, false)
    return
  }
  forget(agent, slot)
  start(ask(pod, slot))
}

function forget(agent: Agent, slot: string): void {
  startAgain(agent, slot)
  if (agent.drained === slot) agent.drained = null
  agent.stopped.delete(slot)
}

function stopSlot(
  agent: Agent,
  pod: Pod,
  world: World,
  slot: string,
  graceMs: number,
  counted: boolean,
): void {
  if ((world.slots[slot]?.goneMs ?? 0) > 0) return
  stopChild(pod, slot, graceMs)
  agent.stopped.set(slot, counted)
}

function replaceSlot(agent: Agent, pod: Pod, world: World, slot: string, urgent: boolean): void {
  const launcher = ask(pod, slot)
  const refused = replace(launcher)
  if (refused !== null) {
    if (!urgent) throw new Failure(refused)
    stopSlot(agent, pod, world, slot, limits.urgentGraceMs, false)
    return
  }
  forget(agent, slot)
  agent.asideStopped.delete(slot)
}

function stopAsideOf(agent: Agent, pod: Pod, world: World, slot: string, graceMs: number): void {
  const status = world.slots[slot]?.status ?? null
  if (status === null) return
  if (status.aside === null) stopChild(pod, slot, graceMs)
  else pod.ended.push(...stopAside(ask(pod, slot), pod.at, graceMs))
  agent.asideStopped.add(slot)
}

function retire(agent: Agent, world: World, slot: string, drain: DesiredContainer['drain']): void {
  if (agent.retirement?.slot === slot) return
  const terminating = world.slots[slot]?.status?.terminating === true
  const limit = terminating
    ? Math.min(limits.forcedDrainSeconds, drain.maxSeconds)
    : drain.maxSeconds
  agent.retirement = newRetirement(slot, drain, limit)
}

function startAgain(agent: Agent, slot: string): void {
  agent.memories.set(slot, forgetFailures(agent.memories.get(slot) ?? noMemory))
}
