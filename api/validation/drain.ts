import type { Drain } from '../v1beta1/sidecarset.ts'
import { drainMethodViolations } from './drainMethod.ts'
import type { Violation } from './violation.ts'
import { wholeNumberViolations } from './wholeNumber.ts'

const DEFAULT_MAX_SECONDS = 600

/** What is wrong with how the old process is told to finish, and how long it may take. */
export function drainViolations(path: string, drain: Drain): readonly Violation[] {
  const numbers = wholeNumberViolations(path, drain, { timerSeconds: 0, maxSeconds: 1 })
  return [
    ...numbers,
    ...(numbers.length === 0 ? orderViolations(path, drain) : []),
    ...drainMethodViolations(`${path}.method`, drain.method ?? {}),
  ]
}

function orderViolations(path: string, drain: Drain): readonly Violation[] {
  const { timerSeconds, maxSeconds = DEFAULT_MAX_SECONDS } = drain
  if (timerSeconds === undefined || timerSeconds <= maxSeconds) return []
  return [
    {
      field: `${path}.timerSeconds`,
      value: timerSeconds,
      problem: `the old process would be gone after maxSeconds (${maxSeconds}), before its connections are reported`,
      remedy: `lower it to at most ${maxSeconds}, or raise maxSeconds`,
    },
  ]
}
