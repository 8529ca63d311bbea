import { setTimeout as delay } from 'node:timers/promises'
import type { LauncherClient } from './client.ts'
import type { Execution } from './protocol.ts'

const POLL_MS = 50
/** From the launcher's SIGKILL at the time limit to its answer. */
const MARGIN_MS = 1000

/** How a program ended: `ok` is exit code 0; `detail` what was seen, without a full stop. */
export interface ProgramEnd {
  readonly ok: boolean
  readonly detail: string
}

/**
 * Runs a program in a slot's container and waits for its end. Errors: those of
 * {@link LauncherClient}, and a launcher that does not end it.
 */
export async function runInSlot(
  launcher: LauncherClient,
  command: readonly string[],
  timeoutMs: number,
): Promise<ProgramEnd> {
  const deadline = performance.now() + timeoutMs + MARGIN_MS
  const id = await launcher.exec(timeoutMs, command)
  for (;;) {
    const execution = await launcher.executed(id)
    if (!execution.running) return endOf(execution, timeoutMs)
    if (performance.now() > deadline) {
      throw new Error(`program ${id} runs on although its ${timeoutMs} ms are over`)
    }
    await delay(POLL_MS)
  }
}

function endOf({ code, signal, timedOut }: Execution, timeoutMs: number): ProgramEnd {
  if (timedOut) return { ok: false, detail: `not done within ${timeoutMs} ms` }
  if (signal !== 0) return { ok: false, detail: `ended by signal ${signal}` }
  return { ok: code === 0, detail: `exit code ${code}` }
}
