import { describeSubject } from '../../api/gateway/subject.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { Act } from '../../cli/actions/acts.ts'
import { findRevision, previousRevision } from '../../cli/actions/findRevision.ts'
import { gitNotes } from '../../cli/actions/gitNotes.ts'
import type { ActPlan } from '../../cli/actions/planAct.ts'
import { planAct, planRollback } from '../../cli/actions/planAct.ts'
import { revisionsOf } from '../../cli/actions/readRevisions.ts'
import { scopeOf } from '../../cli/actions/scope.ts'
import { writeSet } from '../../cli/actions/writeSet.ts'
import type { Cluster } from '../../cli/cluster/cluster.ts'
import { readSubject } from '../../cli/cluster/subjects.ts'
import type { ActPreview, Done, Seen } from '../wire.ts'
import { recordAct } from './recordAct.ts'
import { seenOf } from './seenOf.ts'
import { refuseStale } from './stale.ts'

export interface SetAct {
  readonly act: Act
  readonly set: string
  /** Of a rollback: a revision. Absent: the last one that worked. */
  readonly to?: string
  readonly reason?: string
}

/** What the act would do now, for the user to confirm. Errors: CliError when it is not possible. */
export async function previewSetAct(
  cluster: Cluster,
  act: SetAct,
  now: number,
): Promise<ActPreview> {
  const set = await readSubject(cluster, act.set)
  const plan = await planFor(cluster, set, act, now)
  const isDone = plan.operations.length === 0
  return {
    what: isDone ? `change nothing: ${act.set} ${plan.unchanged}` : plan.what,
    seen: seenOf(set),
    notes: isDone ? [] : gitNotes(set),
  }
}

/** Carries the act out if nothing has moved since the user saw it. Errors: CliError `Stale`. */
export async function carryOutSetAct(
  cluster: Cluster,
  act: SetAct,
  { seen, now }: { readonly seen: Seen; readonly now: number },
): Promise<Done> {
  const set = await readSubject(cluster, act.set)
  refuseStale(`${act.act} of ${describeSubject(act.set)}`, seen, seenOf(set))
  const plan = await planFor(cluster, set, act, now)
  if (plan.operations.length === 0) {
    return { changed: false, sentence: `${act.set} ${plan.unchanged}` }
  }
  await writeSet(cluster, set, plan.operations, { dryRun: false })
  const { sentence } = plan
  // Admission writes the user into commands; into a spec nobody does.
  const isCommand = plan.operations.every(({ path }) => path.startsWith('/metadata/annotations'))
  const { act: verb, reason } = act
  const unrecorded = isCommand
    ? undefined
    : await recordAct(cluster, set, { act: verb, sentence, reason, now })
  return {
    changed: true,
    sentence: `${act.set}: ${sentence}${unrecorded === undefined ? '' : `; ${unrecorded}`}`,
  }
}

async function planFor(
  cluster: Cluster,
  set: StoredSidecarSet,
  { act, to: word, reason }: SetAct,
  now: number,
): Promise<ActPlan> {
  const scope = await scopeOf(cluster, set)
  if (act !== 'rollback') {
    return planAct(act, { set, scope, reason: reason ?? 'from the console', now })
  }
  const revisions = await revisionsOf(cluster, set)
  const to = word === undefined ? previousRevision(revisions) : findRevision(revisions, word)
  return planRollback({ set, scope }, { from: revisions.latest, to })
}
