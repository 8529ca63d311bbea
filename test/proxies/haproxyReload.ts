import { chown } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from '../../launcher/testing/until.ts'
import { podUid, restricted, startProcess } from '../../launcher/testing/process.ts'
import { childrenOf, kill } from './processes.ts'
import { placeProgram } from './ownProgram.ts'
import type { Program } from './packaged.ts'
import type { OwnReload, Side, Surroundings } from './proxy.ts'
import { MAX_DRAIN_SECONDS } from './proxy.ts'

type Write = (surroundings: Surroundings, side: Side, hardStop: number) => Promise<string>

const endMs = (MAX_DRAIN_SECONDS + 15) * 1000

/** SIGUSR2: the master executes itself anew, the new worker takes the old one's listeners. */
export function masterReload(programs: Readonly<Record<Side, Program>>, write: Write): OwnReload {
  return {
    how: `SIGUSR2 to the master, expose-fd listeners, hard-stop-after ${MAX_DRAIN_SECONDS} s`,
    start: async (surroundings) => {
      const program = join(surroundings.directory, 'haproxy')
      const place = async (side: Side): Promise<string> => {
        await placeProgram(programs[side], program)
        const file = await write(surroundings, side, MAX_DRAIN_SECONDS)
        if (process.getuid?.() === 0) await chown(file, podUid, podUid)
        return file
      }
      const file = await place('a')
      const master = startProcess([...restricted(podUid), program, '-W', '-f', file])
      await until('the worker runs', () => childrenOf(master.pid).length > 0, 10_000)
      return {
        change: async (side) => {
          const before = childrenOf(master.pid)
          await place(side)
          master.kill('SIGUSR2')
          await until(
            'the old worker has ended and another one runs',
            () => {
              const now = childrenOf(master.pid)
              return now.length > 0 && now.every((pid) => !before.includes(pid))
            },
            endMs,
          )
        },
        end: async () => {
          const workers = childrenOf(master.pid)
          await master.end()
          for (const pid of workers) kill(pid)
        },
      }
    },
  }
}
