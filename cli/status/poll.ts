import { isApiError } from '../../runtime/transport/apiError.ts'
import type { Io } from '../commandline/command.ts'
import type { End } from './judgeWait.ts'

export interface PollInput<T> {
  readonly io: Io
  /** What is waited for: a word for the sentence of a timeout. */
  readonly goal: string
  /** Undefined: for ever. */
  readonly timeoutMs: number | undefined
  /** Defaults to 1,000. */
  readonly intervalMs: number | undefined
  readonly look: () => Promise<T>
  /** How the wait has ended; undefined: not yet. */
  readonly judge: (seen: T) => End | undefined
  /** How it stands, in one line; empty when there is nothing to say. */
  readonly line: (seen: T) => string
  /** Told a line whenever something has moved. */
  readonly onChange: ((line: string) => void) | undefined
}

/** How long an API server may be away before the wait is given up, as in its own upgrade. */
const AWAY_MS = 60_000

/** Looks again and again until the wait has ended; short absences of the API server are waited out. */
export async function poll<T>(input: PollInput<T>): Promise<End & { readonly seen: T }> {
  const { io, goal, timeoutMs, intervalMs = 1_000 } = input
  const start = io.now()
  let awaySince: number | undefined
  let last = ''
  for (;;) {
    try {
      const seen = await input.look()
      awaySince = undefined
      const line = input.line(seen)
      if (line !== last && line !== '') input.onChange?.(line)
      last = line
      const end = input.judge(seen)
      if (end !== undefined) return { ...end, seen }
      if (timeoutMs !== undefined && io.now() - start >= timeoutMs) {
        const sentence = `not ${goal} within ${Math.round(timeoutMs / 1000)} s: ${line}`
        return { exit: 'timeout', reason: 'Timeout', sentence, seen }
      }
    } catch (error) {
      if (!isApiError(error) || !error.retryable || io.signal.aborted) throw error
      awaySince ??= io.now()
      if (io.now() - awaySince > AWAY_MS) throw error
    }
    await io.sleep(intervalMs, io.signal)
  }
}
