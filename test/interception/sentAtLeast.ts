import { until } from '../../launcher/testing/until.ts'
import type { Load } from '../ledger/index.ts'

/** Waits until a load has sent so many more: time that is measured in traffic. */
export async function sentAtLeast(load: Load, more: number): Promise<void> {
  const sent = async (): Promise<number> => (await load.snapshot()).total.sent
  const wanted = (await sent()) + more
  await until(`${wanted} requests are sent`, async () => (await sent()) >= wanted, 60_000)
}
