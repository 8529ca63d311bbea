import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StartedProcess } from './process.ts'
import { startKeeper, startSlot } from './slot.ts'
import type { KeeperOptions, SlotOptions, StartedSlot } from './slot.ts'

/** What differs from a slot of the pod; `alone`: it is not told of the keeper. */
export type SlotOverrides = Partial<SlotOptions> & { readonly alone?: boolean }

/** A run directory with slots and a keeper, as a pod has them; `end` leaves nothing behind. */
export interface TestPod {
  readonly runDir: string
  readonly keeperPath: string
  /** Directory of the container's slots. */
  readonly slotDir: string
  slot(slot: string, command: readonly string[], options?: SlotOverrides): Promise<StartedSlot>
  keeper(options?: Partial<KeeperOptions>): Promise<StartedProcess>
  end(): Promise<void>
}

export async function createPod(): Promise<TestPod> {
  const runDir = await mkdtemp(join(tmpdir(), 'baton-run-'))
  await chmod(runDir, 0o777)
  const keeperPath = join(runDir, 'keep.sock')
  const slotDir = join(runDir, 'proxy')
  const started: StartedProcess[] = []
  const remember = <T extends StartedProcess>(one: T): T => {
    started.push(one)
    return one
  }
  return {
    runDir,
    keeperPath,
    slotDir,
    slot: async (slot, command, options = {}) =>
      remember(
        await startSlot({
          dir: slotDir,
          slot,
          command,
          ...(options.alone === true ? {} : { keeper: keeperPath }),
          ...options,
        }),
      ),
    keeper: async (options = {}) => remember(await startKeeper({ keeper: keeperPath, ...options })),
    end: async () => {
      await Promise.all(started.map((one) => one.end()))
      await rm(runDir, { recursive: true, force: true })
    },
  }
}
