import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { launcherBinary } from './binary.ts'
import { controlStatus } from './control.ts'
import { podUid, restricted, startProcess } from './process.ts'
import type { StartedProcess } from './process.ts'
import { until } from './until.ts'

export interface SlotOptions {
  /** The container's run directory (`--dir`); made by the launcher when missing. */
  readonly dir: string
  readonly slot: string
  /** The keeper's socket; a slot without one holds its listeners alone. */
  readonly keeper?: string
  readonly command: readonly string[]
  /** Private ports: from the configuration's to the slot's own, or to one of each side. */
  readonly privatePorts?: Readonly<Record<number, number | readonly [number, number]>>
  readonly allowUids?: readonly number[]
  readonly graceSeconds?: number
  readonly uid?: number
  readonly env?: Readonly<Record<string, string>>
  /** Makes the launcher PID 1, as in a container; pids of its status are those in there. Needs root. */
  readonly pidNamespace?: boolean
}

const pidNamespace = ['unshare', '--pid', '--fork', '--mount-proc']

export interface StartedSlot extends StartedProcess {
  readonly socketPath: string
}

/** Starts `launcher run` and waits until its control socket answers. */
export async function startSlot(options: SlotOptions): Promise<StartedSlot> {
  const words = [
    ...(options.pidNamespace === true ? pidNamespace : []),
    ...restricted(options.uid ?? podUid),
    await launcherBinary(),
    ...['run', '--slot', options.slot, '--dir', options.dir],
    ...(options.keeper === undefined ? [] : ['--keeper', options.keeper]),
    ...Object.entries(options.privatePorts ?? {}).flatMap(([from, to]) => [
      '--private',
      `${from}=${[to].flat().join(',')}`,
    ]),
    ...(options.allowUids ?? []).flatMap((uid) => ['--allow-uid', String(uid)]),
    ...(options.graceSeconds === undefined ? [] : ['--grace', String(options.graceSeconds)]),
    ...['--', ...options.command],
  ]
  const started = startProcess(words, options.env)
  const socketPath = join(options.dir, `${options.slot}.sock`)
  await untilReady(started, async () => (await controlStatus(socketPath)).slot === options.slot)
  const launcher = options.pidNamespace === true ? await inNamespace(started) : started
  return { ...launcher, socketPath }
}

/** unshare(1) only waits for the launcher: signals are the launcher's. */
async function inNamespace(unshare: StartedProcess): Promise<StartedProcess> {
  const children = await readFile(`/proc/${unshare.pid}/task/${unshare.pid}/children`, 'utf8')
  const pid = Number(children)
  return {
    ...unshare,
    pid,
    kill: (signal) => void process.kill(pid, signal),
    end: () => {
      process.kill(pid, 'SIGKILL')
      return unshare.exited
    },
  }
}

export interface KeeperOptions {
  readonly keeper: string
  /** What it supervises: the agent's program. Defaults to a process that does nothing. */
  readonly command?: readonly string[]
  readonly allowUids?: readonly number[]
  readonly uid?: number
}

/** Starts `launcher keep` and waits until it says that it is ready. */
export async function startKeeper(options: KeeperOptions): Promise<StartedProcess> {
  const words = [
    ...restricted(options.uid ?? podUid),
    await launcherBinary(),
    ...['keep', '--keeper', options.keeper],
    ...(options.allowUids ?? []).flatMap((uid) => ['--allow-uid', String(uid)]),
    ...['--', ...(options.command ?? ['sleep', 'infinity'])],
  ]
  const started = startProcess(words)
  await untilReady(started, () => started.output.some((line) => line.includes('keeper ready')))
  return started
}

async function untilReady(
  started: StartedProcess,
  check: () => boolean | Promise<boolean>,
): Promise<void> {
  try {
    await until('the launcher is ready', check)
  } catch (cause) {
    await started.end()
    throw new Error(`launcher did not start:\n${started.output.join('\n')}`, { cause })
  }
}
