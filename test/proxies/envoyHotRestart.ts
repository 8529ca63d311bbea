import { until } from '../../launcher/testing/until.ts'
import type { StartedProcess } from '../../launcher/testing/process.ts'
import { podUid, restricted, startProcess } from '../../launcher/testing/process.ts'
import type { OwnReload, Side, Surroundings } from './proxy.ts'
import { MAX_DRAIN_SECONDS } from './proxy.ts'

type Words = (side: Side, surroundings: Surroundings) => Promise<readonly string[]>

/** Room for the end of a process after the time that it was given. */
const endMs = (MAX_DRAIN_SECONDS + 15) * 1000

/** Envoy's hot restart: epochs that pass listeners on, the parent ends after its shutdown time. */
export function hotRestart(words: Words): OwnReload {
  return {
    how: `hot restart, drain immediate, parent shutdown after ${MAX_DRAIN_SECONDS} s`,
    start: async (surroundings) => {
      // Shared memory and sockets of other Envoys of the machine have other numbers.
      const baseId = 1000 + (process.pid % 30_000)
      let epoch = 0
      const startEpoch = async (side: Side): Promise<StartedProcess> => {
        const started = startProcess([
          ...restricted(podUid),
          ...(await words(side, surroundings)),
          ...['--base-id', String(baseId), '--restart-epoch', String(epoch)],
          ...['--parent-shutdown-time-s', String(MAX_DRAIN_SECONDS)],
          ...['--drain-time-s', String(MAX_DRAIN_SECONDS - 5)],
        ])
        epoch += 1
        return started
      }
      let present = await startEpoch('a')
      return {
        change: async (side) => {
          const before = present
          present = await startEpoch(side)
          let ended = false
          void before.exited.then(() => (ended = true))
          await until('the parent has ended', () => ended, endMs)
        },
        end: async () => {
          await present.end()
        },
      }
    },
  }
}
