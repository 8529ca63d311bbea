import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import type { Drain, DrainDriver } from '../drain/driver.ts'
import type { DrainTarget } from '../drain/process.ts'
import type { Cut } from '../drain/retirement.ts'
import { Retirement } from '../drain/retirement.ts'
import { limits } from '../handover/limits.ts'
import type { State } from '../handover/state.ts'
import type { SlotView } from '../handover/world.ts'
import type { Logger } from '../log.ts'
import type { Slots } from './slots.ts'

export interface EndingOptions {
  readonly slots: Slots
  readonly driver: DrainDriver
  readonly drain: Drain
  readonly log: Logger
  readonly clock: Clock
  readonly onCut: (cut: Cut) => void
}

const POLL_MS = 250
/** After the drain's limit: SIGTERM, SIGKILL, and the launcher's answer. */
const MARGIN_MS = limits.stopGraceMs + 1000

const onlyKnown = { retiring: true, replaceable: false, connectionsSeen: 0 }

/** How the processes of a container drain when the pod ends; without an order, by SIGTERM. */
export function lastDrain(state: State): Drain {
  if (state.phase !== 'Unassigned') return state.order.drain
  return { timerSeconds: 0, maxSeconds: limits.forcedDrainSeconds, method: {} }
}

/** Drains and stops whatever runs in the slots, at most for the time that a pod's end leaves. */
export async function retireAll(options: EndingOptions): Promise<void> {
  const { slots, drain, log, clock } = options
  const limitSeconds = Math.min(drain.maxSeconds, limits.forcedDrainSeconds)
  const deadline = clock.now() + limitSeconds * 1000 + MARGIN_MS
  const retirementOf = (target: DrainTarget): Retirement => {
    const launcher = slots.launcher(target.slot)
    return new Retirement({ ...options, target, limitSeconds, launcher, reason: 'PodDeleted' })
  }
  const left = new Set(
    slots.names
      .flatMap((slot) => [false, true].map((aside) => ({ slot, aside })))
      .map((target) => retirementOf(target)),
  )
  while (left.size > 0 && clock.now() < deadline) {
    const views = await slots.look(clock.now(), () => onlyKnown)
    for (const retirement of left) {
      try {
        if (await isOver(retirement, views[retirement.slot], clock.now())) left.delete(retirement)
      } catch (error) {
        log.warn('retirement not carried on', { slot: retirement.slot, error })
      }
    }
    if (left.size > 0) await delay(POLL_MS)
  }
  log.info('slots are stopped', { left: [...left].map(({ slot }) => slot) })
}

async function isOver(
  retirement: Retirement,
  view: SlotView | undefined,
  at: number,
): Promise<boolean> {
  if ((view?.goneMs ?? 0) === 0) return await retirement.advance(at, view?.status ?? null)
  retirement.lose()
  return true
}
