import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DesiredContainer } from '../../api/desired.ts'
import type { Connections } from '../drain/connections.ts'
import { drainDriver } from '../drain/driver.ts'
import { LauncherClient } from '../launcher/client.ts'
import type { LauncherStatus } from '../launcher/protocol.ts'
import { until } from '../../launcher/testing/until.ts'
import { startKeeper, startSlot } from './launchers.ts'

type Method = DesiredContainer['drain']['method']

/** A slot of a real launcher with one process, and the driver that drains it; there is no agent. */
export interface DrainSlot {
  readonly client: LauncherClient
  /** The process of the slot, or the one that was set aside. */
  readonly begin: (aside?: boolean) => Promise<void>
  readonly count: (aside?: boolean) => Promise<Connections | null>
  /** Waits until the count is this. */
  readonly counts: (connections: Connections, aside?: boolean) => Promise<void>
  readonly status: () => Promise<LauncherStatus>
  /** Waits until the process has ended, and is not started again. */
  readonly ends: () => Promise<LauncherStatus>
  end(): Promise<void>
}

export interface DrainSlotOptions {
  readonly command: readonly string[]
  readonly method: Method
  /** How many addresses it listens on when it is ready. */
  readonly listeners: number
  /** Where a private port leads: of its first process, and of the one beside that. */
  readonly privatePorts?: Readonly<Record<string, readonly [number, number]>>
  readonly limitSeconds?: number
}

export async function drainSlot(options: DrainSlotOptions): Promise<DrainSlot> {
  const { command, method, listeners, privatePorts = {}, limitSeconds = 30 } = options
  const directory = mkdtempSync(join(tmpdir(), 'baton-drain-'))
  chmodSync(directory, 0o777)
  const keeper = join(directory, 'keep.sock')
  const slot = 'proxy-1'
  const started = [
    await startKeeper(keeper, ['sleep', '600']),
    await startSlot({ directory, keeper, slot, command, privatePorts, graceSeconds: 25 }),
  ]
  const client = new LauncherClient(join(directory, `${slot}.sock`))
  const drain = { timerSeconds: 1, maxSeconds: limitSeconds, method }
  const ports = Object.entries(privatePorts).map(([port, [own, spare]]) => {
    return { port: Number(port), slots: { [slot]: own }, spares: { [slot]: spare } }
  })
  const driver = drainDriver(
    { name: 'proxy', slots: [slot], privatePorts: ports },
    new Map([[slot, client]]),
  )
  const end = async (): Promise<void> => {
    await Promise.all(started.map((one) => one.end()))
    rmSync(directory, { recursive: true, force: true })
  }
  const count = (aside = false) => driver.count({ slot, aside }, drain)
  try {
    await client.start()
    await until('it listens', async () => (await client.status()).listening.length === listeners)
  } catch (cause) {
    await end()
    throw new Error(started.flatMap(({ output }) => output).join('\n'), { cause })
  }
  return {
    client,
    begin: (aside = false) => driver.begin({ slot, aside }, drain, limitSeconds),
    count,
    counts: async (connections, aside = false) => {
      let last: Connections | null = null
      const wanted = JSON.stringify(connections)
      await until(`the count is ${wanted}`, async () => {
        last = await count(aside)
        return JSON.stringify(last) === wanted
      }).catch((cause: unknown) => {
        throw new Error(`the count is ${JSON.stringify(last)}, not ${wanted}`, { cause })
      })
    },
    status: () => client.status(),
    ends: () =>
      until('it has ended', async () => {
        const status = await client.status()
        return status.pid === 0 && !status.want ? status : undefined
      }),
    end,
  }
}
