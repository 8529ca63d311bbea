import { setTimeout as delay } from 'node:timers/promises'
import type { SlotName } from '../../agent/testing/hotPod.ts'
import { HotPod } from '../../agent/testing/hotPod.ts'
import { freePort } from '../../launcher/testing/ports.ts'
import { kill } from '../proxies/processes.ts'
import type { Proxy, Side, Surroundings } from '../proxies/proxy.ts'
import { MAX_DRAIN_SECONDS } from '../proxies/proxy.ts'
import type { Subject } from './subject.ts'

const SLOT_OF: Readonly<Record<Side, SlotName>> = { a: 'proxy-1', b: 'proxy-2' }
const TIMER_SECONDS = 15
const POLL_MS = 200
/** Start of the new one, drain, end of the old one. */
const SETTLE_MS = (MAX_DRAIN_SECONDS + 30) * 1000

/** The proxy in a pod of real launchers and a real agent; each change restarts the standby slot. */
export async function batonSubject(proxy: Proxy, surroundings: Surroundings): Promise<Subject> {
  const { adminPort } = surroundings
  const drain = {
    timerSeconds: TIMER_SECONDS,
    maxSeconds: MAX_DRAIN_SECONDS,
    method: proxy.drain(surroundings),
  }
  const pod = await HotPod.create({
    command: await proxy.command('a', surroundings),
    drain,
    ...(proxy.hasAdmin === true ? { privatePorts: [[adminPort, await freePort()] as const] } : {}),
  })
  let changes = 0
  let cut = 0
  const settled = async (id: string): Promise<void> => {
    const deadline = performance.now() + SETTLE_MS
    for (;;) {
      // Seldom: the agent has the same two cores as the load.
      await delay(POLL_MS)
      const { phase, handover } = await pod.container()
      if (handover?.id === id && phase === 'Settled') {
        cut += handover.connectionsCut
        return
      }
      const over = handover?.id === id && (phase === 'Aborted' || phase === 'FailedOver')
      if (over || performance.now() > deadline)
        throw new Error(`${id} is ${phase}: ${handover?.message ?? ''}\n${tail(pod.output)}`)
    }
  }
  try {
    await pod.order('initial', 'proxy-1')
    await settled('initial')
  } catch (error) {
    await endAll(pod)
    throw error
  }
  return {
    change: async (side) => {
      const slot = SLOT_OF[side]
      changes += 1
      await pod.restartSlot(slot, await proxy.command(side, surroundings))
      await pod.order(`change-${changes}`, slot, { minBoot: { [slot]: pod.boots(slot) } })
      await settled(`change-${changes}`)
    },
    connectionsCut: () => cut,
    end: () => endAll(pod),
  }
}

/**
 * In a pod the end of PID 1 is the end of everything. Here workers of a killed master would live on
 * and keep its output open.
 */
async function endAll(pod: HotPod): Promise<void> {
  const groups = Object.values(SLOT_OF).flatMap((slot) => {
    pod.slot(slot).kill('SIGKILL')
    try {
      return [-pod.childPid(slot)]
    } catch {
      // Nothing was ever started there.
      return []
    }
  })
  for (const group of groups) kill(group)
  await pod.end()
}

function tail(output: string): string {
  return output.split('\n').slice(-20).join('\n')
}
