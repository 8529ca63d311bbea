import { until } from '../../runtime/testing/until.ts'
import type { JavaProgram } from './javaProgram.ts'

/** What a consumer prints every 200 ms. */
export interface Calls {
  /** Since its start. */
  readonly failed: number
  /** Names of the providers that have answered in this time, in the order of names. */
  readonly by: readonly string[]
}

export function callsOf(consumer: JavaProgram): readonly Calls[] {
  return consumer.lines().flatMap((line) => {
    const [word, failed, ...counts] = line.split(' ')
    if (word !== 'calls') return []
    return [{ failed: Number(failed), by: counts.map((one) => one.split('=')[0] ?? '') }]
  })
}

/**
 * Whether a line tells of a call that Dubbo's consumer gave up before it was sent. It hears that a
 * provider leaves, and takes it out of service while a call that has chosen it is on its way there:
 * ReferenceCountInvokerWrapper refuses such a call under its lock, whatever becomes of the network. A
 * consumer with Dubbo's own default of two retries tries another provider.
 */
export function isNeverSent(line: string): boolean {
  return line.startsWith('failed ') && line.includes('This invoker has been destroyed!')
}

/** The next lines of a consumer, until there are answers of these providers and of no others. */
export async function answeredBy(
  consumer: JavaProgram,
  names: readonly string[],
  deadlineMs: number,
): Promise<void> {
  const from = callsOf(consumer).length
  await until(
    () => {
      const lines = callsOf(consumer).slice(from)
      // Two in a row: the first may be of the time before.
      return lines.some((one, index) => {
        const next = lines[index + 1]
        return [one, next].every((each) => each?.by.join() === names.join())
      })
    },
    { deadlineMs, what: `answers of ${names.join(' and ')}` },
  )
}
