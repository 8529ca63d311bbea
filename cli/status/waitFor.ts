import { SIDECAR_SETS } from '../../api/v1beta1/kinds.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import { isApiError } from '../../runtime/transport/apiError.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Io } from '../commandline/command.ts'
import type { Exit } from '../exitCode.ts'
import { exits } from '../exitCode.ts'
import { object, oneOf, text } from '../output/shape.ts'
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
  readonly set: string
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

/** How long an API server may be away before the wait is given up, as in its own upgrade. */
const AWAY_MS = 60_000

/** Waits for one revision; short absences of the API server are waited out. */
export async function waitFor(input: WaitInput): Promise<Waited> {
  const { io, revision, goal, timeoutMs, intervalMs = 1_000, onChange } = input
  const start = io.now()
  let awaySince: number | undefined
  let last = ''
  for (;;) {
    try {
      const set = await read(input)
      awaySince = undefined
      const end = judgeWait({ set, revision, goal })
      const line = set === undefined ? '' : lineOf(set)
      if (line !== last && line !== '') onChange?.(line)
      last = line
      if (end !== undefined) return { ...end, revision, set }
      if (timeoutMs !== undefined && io.now() - start >= timeoutMs) {
        const seconds = Math.round(timeoutMs / 1000)
        const sentence = `not ${goal} within ${seconds} s: ${line}`
        return { exit: 'timeout', reason: 'Timeout', sentence, revision, set }
      }
    } catch (error) {
      if (!isApiError(error) || !error.retryable || io.signal.aborted) throw error
      awaySince ??= io.now()
      if (io.now() - awaySince > AWAY_MS) throw error
    }
    await io.sleep(intervalMs, io.signal)
  }
}

async function read({ cluster, set }: WaitInput): Promise<StoredSidecarSet | undefined> {
  return cluster.client.resource(SIDECAR_SETS).find({ name: set })
}

function lineOf(set: StoredSidecarSet): string {
  const { phase, sentence } = setRow(set)
  return `${set.metadata.name} ${phase}: ${sentence}`
}
