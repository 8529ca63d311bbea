import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../../launcher/testing/until.ts'
import { podUid, restricted, startProcess } from '../../launcher/testing/process.ts'
import { childrenOf, isRunning, kill } from './processes.ts'
import { placeProgram } from './ownProgram.ts'
import type { Program } from './packaged.ts'
import type { OwnReload, Side, Surroundings } from './proxy.ts'
import { MAX_DRAIN_SECONDS } from './proxy.ts'

/** Where the parts of one nginx are. */
export interface NginxFiles {
  readonly prefix: string
  readonly file: string
  readonly pidFile: string
}

export function nginxWords(path: string, { prefix, file }: NginxFiles): readonly string[] {
  return [path, '-p', prefix, '-e', join(prefix, 'error.log'), '-c', file]
}

type Write = (surroundings: Surroundings, side: Side, seconds: number) => Promise<NginxFiles>

const endMs = (MAX_DRAIN_SECONDS + 15) * 1000

/** SIGUSR2: the master starts a new program with its listeners; then SIGQUIT to the old master. */
export function binaryUpgrade(programs: Readonly<Record<Side, Program>>, write: Write): OwnReload {
  return {
    how: `SIGUSR2 (new program with the listeners), SIGQUIT, worker_shutdown_timeout ${MAX_DRAIN_SECONDS} s`,
    start: async (surroundings) => {
      const program = join(surroundings.directory, 'nginx')
      const place = async (side: Side): Promise<NginxFiles> => {
        await placeProgram(programs[side], program)
        return await write(surroundings, side, MAX_DRAIN_SECONDS)
      }
      const files = await place('a')
      startProcess([...restricted(podUid), ...nginxWords(program, files)])
      const present = (): number => {
        try {
          return Number(readFileSync(files.pidFile, 'utf8').trim())
        } catch {
          // Between the rename of the old one and the new one.
          return 0
        }
      }
      const first = await until(
        'the master has written its pid',
        () => present() || undefined,
        10_000,
      )
      const masters = new Set([first])
      return {
        change: async (side) => {
          const old = present()
          await place(side)
          kill(old, 'SIGUSR2')
          const next = await until('the new master runs', () => {
            const pid = present()
            return pid !== 0 && pid !== old && childrenOf(pid).length > 0 ? pid : undefined
          })
          masters.add(next)
          kill(old, 'SIGQUIT')
          await until('the old master has ended', () => !isRunning(old), endMs)
        },
        end: () => {
          const pids = [...masters].filter(isRunning)
          for (const pid of pids.flatMap((master) => [...childrenOf(master), master])) kill(pid)
          return Promise.resolve()
        },
      }
    },
  }
}
