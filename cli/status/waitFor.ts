import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { findAgain } from '../cluster/subjects.ts'
import type { Io } from '../commandline/command.ts'
import type { Exit } from '../exitCode.ts'
import { exits } from '../exitCode.ts'
import { object, oneOf, text } from '../output/shape.ts'
import { poll } from './poll.ts'
import { setRow } from './setRow.ts'
import type { End, Goal } from './judgeWait.ts'
import { judgeWait } from './judgeWait.ts'

export const waitDocument = object('How a wait ended.', {
  exit: oneOf('The exit code by its name.', ...(Object.keys(exits) as Exit[])),
  reason: text('Constant in UpperCamelCase.'),
  sentence: text('What was seen.'),
  revision: text('The one that was waited for.'),
})

export interface WaitInput {
  readonly cluster: Cluster
  readonly io: Io
  readonly set: StoredSidecarSet
  readonly revision: string
  readonly goal: Goal
  /** Undefined: for ever. */
  readonly timeoutMs: number | undefined
  /** Defaults to 1,000. */
  readonly intervalMs: number | undefined
  /** Told a line whenever the rollout has moved. */
  readonly onChange: ((line: string) => void) | undefined
}

export type Waited = End & {
  readonly revision: string
  readonly set: StoredSidecarSet | undefined
}

/** Waits for one revision of a set. */
export async function waitFor(input: WaitInput): Promise<Waited> {
  const { cluster, set: asked, revision, goal, ...rest } = input
  const { seen, ...end } = await poll({
    ...rest,
    goal,
    look: () => findAgain(cluster, asked),
    judge: (set) => judgeWait({ set, revision, goal }),
    line: (set) => (set === undefined ? '' : lineOf(set)),
  })
  return { ...end, revision, set: seen }
}

function lineOf(set: StoredSidecarSet): string {
  const { phase, sentence } = setRow(set)
  return `${set.metadata.name} ${phase}: ${sentence}`
}
