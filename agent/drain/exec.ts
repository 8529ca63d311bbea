import { runInSlot } from '../launcher/runInSlot.ts'
import type { DrainMethod } from './process.ts'
import { expanded, expectEnd } from './process.ts'

/**
 * A program is to tell the process, not to wait for its end: the handover stands still meanwhile.
 * Long enough for two steps with 2 s between them; see nginx in README.md.
 */
const TIMEOUT_MS = 4000

/** A program of the image, run beside the process. */
export function execMethod({ command }: { readonly command: readonly string[] }): DrainMethod {
  return {
    async begin(process, limitSeconds) {
      // First, for the process may end before the program does.
      await expectEnd(process, limitSeconds)
      const own = command.map((word) => expanded(word, process))
      const { ok, detail } = await runInSlot(process.launcher, own, TIMEOUT_MS)
      if (!ok) throw new Error(`drain by ${own.join(' ')} in ${process.slot}: ${detail}`)
    },
  }
}
