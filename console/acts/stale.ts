import { CliError } from '../../cli/cliError.ts'
import type { Seen } from '../wire.ts'

/**
 * Refuses a click that was meant for something else than what is there now: the user decided by what
 * the screen showed. Errors: CliError `Stale`.
 */
export function refuseStale(what: string, seen: Seen, now: Seen): void {
  const moved = [
    ...(seen.revision === now.revision
      ? []
      : [`you saw revision ${seen.revision}, it is ${now.revision}`]),
    ...(seen.step === now.step ? [] : [`you saw ${stepName(seen)}, it is ${stepName(now)}`]),
    ...(seen.generation === now.generation
      ? []
      : [`you saw generation ${seen.generation} of the spec, it is ${now.generation}`]),
  ]
  if (moved.length === 0) return
  throw new CliError({
    exit: 'error',
    reason: 'Stale',
    message: `${what} is refused, for it has moved meanwhile: ${moved.join('; ')}`,
    remedy: 'look at it again and decide anew',
  })
}

function stepName({ step }: Seen): string {
  return step === 0 ? 'no step' : `step ${step}`
}
