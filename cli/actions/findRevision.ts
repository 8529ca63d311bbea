import type { Revision } from '../../operator/sidecarset/rollout/revision.ts'
import { CliError, usageError } from '../cliError.ts'
import { nearest } from '../commandline/nearest.ts'

export interface Revisions {
  readonly set: string
  readonly latest: Revision
  /** Hash of the last revision that every pod got. */
  readonly current: string | undefined
  readonly known: readonly Revision[]
}

/**
 * The revision that a word means: its hash or the beginning of it, its number, or the name of its
 * ControllerRevision. Errors: CliError with those that there are.
 */
export function findRevision({ set, known }: Revisions, word: string): Revision {
  const hash = word.startsWith(`${set}-`) ? word.slice(set.length + 1) : word
  const exact = known.find((one) => one.hash === hash || String(one.number) === word)
  if (exact !== undefined) return exact
  const starting = known.filter((one) => one.hash.startsWith(hash))
  const [only] = starting
  if (only !== undefined && starting.length === 1) return only
  const hashes = known.map((one) => one.hash)
  const near = nearest(hash, hashes)
  throw usageError(
    starting.length > 1
      ? `several revisions begin with "${word}"`
      : `${set} has no revision "${word}"`,
    near === undefined || starting.length > 1
      ? `kubectl baton history ${set} lists them`
      : `did you mean "${near}"?`,
  )
}

/**
 * Where a rollback leads without being told: to the last revision that every pod had, or, when the
 * spec's revision is on every pod, to the one before it.
 */
export function previousRevision({ set, latest, current, known }: Revisions): Revision {
  const last = known.find(({ hash }) => hash === current && hash !== latest.hash)
  if (last !== undefined) return last
  const before = known
    .filter(({ hash }) => hash !== latest.hash)
    .toSorted((left, right) => right.number - left.number)[0]
  if (before !== undefined) return before
  throw new CliError({
    exit: 'error',
    reason: 'NoRevision',
    message: `SidecarSet ${set} has no revision before ${latest.hash}`,
    remedy: 'name the image by kubectl baton upgrade',
  })
}
