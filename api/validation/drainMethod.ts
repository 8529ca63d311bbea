import { PATHS } from '../group.ts'
import type { DrainMethod } from '../v1beta1/sidecarset.ts'
import { portViolation } from './ports.ts'
import type { Violation } from './violation.ts'

/** What is wrong with the options of one method; `path` is that of the method. */
type Rule<K extends keyof DrainMethod> = (
  path: string,
  options: NonNullable<DrainMethod[K]>,
) => readonly (Violation | undefined)[]

/** Every method there is. */
const RULES: { readonly [K in keyof Required<DrainMethod>]: Rule<K> } = {
  envoy: (path, { adminPort }) => [portViolation(`${path}.adminPort`, adminPort)],
  haproxy: (path, { socket }) => [
    socket === undefined ? undefined : ownPathViolation(`${path}.socket`, socket),
  ],
  nginx: () => [],
  mosn: (path, { directory }) => [ownPathViolation(`${path}.directory`, directory)],
  signal: (path, { name }) => [signalViolation(`${path}.name`, name)],
  http: (path, { method, port, path: target }) => [
    httpMethodViolation(`${path}.method`, method),
    portViolation(`${path}.port`, port),
    targetViolation(`${path}.path`, target),
  ],
  exec: (path, { command }) => [commandViolation(`${path}.command`, command)],
}
const METHODS = Object.keys(RULES)

/** What is wrong with the way in which the old process is told to finish. */
export function drainMethodViolations(path: string, method: DrainMethod): readonly Violation[] {
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
  const found = (keys as readonly (keyof DrainMethod)[]).flatMap((name) => {
    // Its own rule for its own options, which the compiler does not see of a name in a list.
    const rule = RULES[name] as (path: string, options: unknown) => ReturnType<Rule<'nginx'>>
    return rule(`${path}.${name}`, method[name])
  })
  return found.filter((violation) => violation !== undefined)
}

/** What a process may be asked to finish with: SIGKILL and SIGSTOP leave it no say. */
const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH']

function signalViolation(field: string, value: string | undefined): Violation | undefined {
  if (value === undefined || SIGNALS.includes(value)) return undefined
  const problem = 'a process cannot be told to finish by it'
  return { field, value, problem, remedy: `use one of ${SIGNALS.join(', ')}` }
}

const INSTANCE = '$(BATON_INSTANCE)'

/** A path that each process has for itself, and that the agent can reach. */
function ownPathViolation(field: string, value: string | undefined): Violation | undefined {
  const remedy = `use one such as ${PATHS.run}/<container>/${INSTANCE}, and the same with the environment variable BATON_INSTANCE in the configuration of the proxy`
  if (value?.startsWith(`${PATHS.run}/`) !== true) {
    const problem = `the agent sees no files of the container but those below ${PATHS.run}`
    return { field, value, problem, remedy }
  }
  if (value.includes(INSTANCE)) return undefined
  const problem = `the old and the new process would have the same one, for it does not hold ${INSTANCE}`
  return { field, value, problem, remedy }
}

const HTTP_METHODS = ['GET', 'POST', 'PUT', 'DELETE']

function httpMethodViolation(field: string, value: string | undefined): Violation | undefined {
  if (value === undefined || HTTP_METHODS.includes(value)) return undefined
  const problem = 'a drain cannot be asked for by it'
  return { field, value, problem, remedy: `use one of ${HTTP_METHODS.join(', ')}` }
}

/** Printable ASCII without spaces: all else has to be percent-encoded in a request. */
const TARGET = /^\/[!-~]*$/

function targetViolation(field: string, value: string | undefined): Violation | undefined {
  if (value === undefined || TARGET.test(value)) return undefined
  const problem = 'this is not the path of a request'
  const remedy = 'begin it with /, and percent-encode spaces and letters beyond ASCII'
  return { field, value, problem, remedy }
}

/** A line to the launcher has 4096 bytes, in which some characters take three. */
const LONGEST_COMMAND = 1000

function commandViolation(
  field: string,
  value: readonly string[] | undefined,
): Violation | undefined {
  const [program = ''] = value ?? []
  if (program === '') {
    const problem = 'there is no program to run'
    return { field, value, problem, remedy: 'name one, such as ["/bin/drain", "--now"]' }
  }
  if ((value ?? []).join(' ').length <= LONGEST_COMMAND) return undefined
  const problem = 'the command is too long to be passed to the launcher of the slot'
  const remedy = `use at most ${LONGEST_COMMAND} characters; put a script into the image, or into a volume`
  return { field, value, problem, remedy }
}
