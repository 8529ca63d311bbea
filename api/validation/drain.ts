import type { Drain, DrainMethod } from '../v1beta1/sidecarset.ts'
import { portViolation } from './ports.ts'
import type { Violation } from './violation.ts'
import { wholeNumberViolations } from './wholeNumber.ts'

const DEFAULT_MAX_SECONDS = 600
const METHODS = ['envoy', 'signal']
/** What a process may be asked to finish with: SIGKILL and SIGSTOP leave it no say. */
const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH']

/** What is wrong with how the old process is told to finish, and how long it may take. */
export function drainViolations(path: string, drain: Drain): readonly Violation[] {
  const numbers = wholeNumberViolations(path, drain, { timerSeconds: 0, maxSeconds: 1 })
  return [
    ...numbers,
    ...(numbers.length === 0 ? orderViolations(path, drain) : []),
    ...methodViolations(`${path}.method`, drain.method ?? {}),
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

function methodViolations(path: string, method: DrainMethod): readonly Violation[] {
  const keys = Object.keys(method)
  const unknown = keys.filter((key) => !METHODS.includes(key))
  if (unknown.length > 0) {
    const problem = `there is no drain method ${unknown.join(', ')}`
    return [{ field: path, value: method, problem, remedy: `use one of ${METHODS.join(', ')}` }]
  }
  if (keys.length > 1) {
    const problem = 'the old process can be told to finish in one way only'
    return [{ field: path, value: method, problem, remedy: `keep one of ${keys.join(', ')}` }]
  }
  const admin =
    method.envoy === undefined
      ? undefined
      : portViolation(`${path}.envoy.adminPort`, method.envoy.adminPort)
  return [...(admin === undefined ? [] : [admin]), ...signalViolations(path, method.signal?.name)]
}

function signalViolations(path: string, name: string | undefined): readonly Violation[] {
  if (name === undefined || SIGNALS.includes(name)) return []
  const problem = 'a process cannot be told to finish by it'
  const remedy = `use one of ${SIGNALS.join(', ')}`
  return [{ field: `${path}.signal.name`, value: name, problem, remedy }]
}
