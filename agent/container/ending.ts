import { setTimeout as delay } from 'node:timers/promises'
import type { Drain, DrainDriver } from '../drain/driver.ts'
import { Retirement } from '../drain/retirement.ts'
import { limits } from '../handover/limits.ts'
import type { State } from '../handover/state.ts'
import type { Logger } from '../log.ts'
import type { Slots } from './slots.ts'

export interface EndingOptions {
  readonly slots: Slots
  readonly driver: DrainDriver
  readonly drain: Drain
  readonly log: Logger
  readonly now: () => number
  readonly onCut: (connections: number) => void
}

const POLL_MS = 250
/** After the drain's limit: SIGTERM, SIGKILL, and the launcher's answer. */
const MARGIN_MS = limits.stopGraceMs + 1000

/** How the processes of a container drain when the pod ends; without an order, by SIGTERM. */
export function lastDrain(state: State): Drain {
  if (state.phase !== 'Unassigned') return state.order.drain
  return { timerSeconds: 0, maxSeconds: limits.forcedDrainSeconds, method: {} }
}

/** Drains and stops whatever runs in the slots, at most for the time that a pod's end leaves. */
export async function retireAll(options: EndingOptions): Promise<void> {
  const { slots, drain, log, now } = options
  const limitSeconds = Math.min(drain.maxSeconds, limits.forcedDrainSeconds)
  const deadline = now() + limitSeconds * 1000 + MARGIN_MS
  const retirements = new Map(
    slots.names.map((slot) => {
      const launcher = slots.launcher(slot)
      return [slot, new Retirement({ ...options, slot, limitSeconds, launcher })]
    }),
  )
  while (retirements.size > 0 && now() < deadline) {
    const views = await slots.look(now(), () => true)
    for (const [slot, retirement] of retirements) {
      const view = views[slot]
      try {
        const gone = (view?.goneMs ?? 0) > 0
        if (gone || (await retirement.advance(now(), view?.status ?? null)))
          retirements.delete(slot)
      } catch (error) {
        log.warn('retirement not carried on', { slot, error })
      }
    }
    if (retirements.size > 0) await delay(POLL_MS)
  }
  log.info('slots are stopped', { left: [...retirements.keys()] })
}
