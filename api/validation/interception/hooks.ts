import type {
  HttpHook,
  InterceptionHook,
  InterceptionHooks,
} from '../../v1beta1/trafficinterception.ts'
import { choiceViolations } from '../choice.ts'
import { portViolation } from '../ports.ts'
import type { Violation } from '../violation.ts'
import { wholeNumberViolations } from '../wholeNumber.ts'

const ACTIONS = ['httpGet', 'httpPost', 'dubboQos', 'exec'] as const
/** A toggle must come to an end: the longest a hook may take, and may wait after that, in seconds. */
const LONGEST = 300
/** Printable ASCII without spaces: all else has to be percent-encoded in a request. */
const TARGET = /^\/[!-~]*$/

/** What is wrong with the hooks around the toggle. */
export function hookViolations(hooks: InterceptionHooks): readonly Violation[] {
  return (['offline', 'online', 'gracefulClose'] as const).flatMap((name) => {
    const hook = hooks[name]
    return hook === undefined ? [] : oneHook(`spec.hooks.${name}`, hook)
  })
}

function oneHook(path: string, hook: InterceptionHook): readonly Violation[] {
  return [
    ...actionCount(path, hook),
    ...http(`${path}.httpGet`, hook.httpGet),
    ...http(`${path}.httpPost`, hook.httpPost),
    ...qosPort(`${path}.dubboQos.port`, hook.dubboQos?.port),
    ...command(`${path}.exec.command`, hook.exec),
    ...wholeNumberViolations(path, hook, { timeoutSeconds: 1, waitSeconds: 0 }),
    ...tooLong(path, 'timeoutSeconds', hook),
    ...tooLong(path, 'waitSeconds', hook),
    ...choiceViolations(`${path}.onError`, hook.onError, ['Abort', 'Continue']),
  ]
}

function actionCount(path: string, hook: InterceptionHook): readonly Violation[] {
  const given = ACTIONS.filter((action) => hook[action] !== undefined)
  if (given.length === 1) return []
  const field = path
  const value = hook
  if (given.length === 0) {
    const problem = 'it does not say what is called'
    return [{ field, value, problem, remedy: `give one of ${ACTIONS.join(', ')}` }]
  }
  const problem = 'a hook calls one thing only'
  return [{ field, value, problem, remedy: `keep one of ${given.join(', ')}` }]
}

function http(path: string, hook: HttpHook | undefined): readonly Violation[] {
  if (hook === undefined) return []
  const port = portViolation(`${path}.port`, hook.port)
  const { path: value } = hook
  const problem = 'this is not the path of a request'
  const remedy = 'begin it with /, and percent-encode spaces and letters beyond ASCII'
  return [
    ...(port === undefined ? [] : [port]),
    ...(value === undefined || TARGET.test(value)
      ? []
      : [{ field: `${path}.path`, value, problem, remedy }]),
  ]
}

function qosPort(field: string, port: number | undefined): readonly Violation[] {
  const violation = port === undefined ? undefined : portViolation(field, port)
  return violation === undefined ? [] : [violation]
}

function command(field: string, exec: InterceptionHook['exec']): readonly Violation[] {
  const [program = ''] = exec?.command ?? []
  if (exec === undefined || program !== '') return []
  const problem = 'there is no program to run'
  return [{ field, value: exec.command, problem, remedy: 'name one, such as ["/bin/offline"]' }]
}

function tooLong(
  path: string,
  name: 'timeoutSeconds' | 'waitSeconds',
  hook: InterceptionHook,
): readonly Violation[] {
  const value = hook[name]
  if (value === undefined || value <= LONGEST) return []
  const problem =
    name === 'timeoutSeconds'
      ? 'the pod would be out of service for so long when the app does not answer'
      : 'the pod would be out of service for so long'
  return [{ field: `${path}.${name}`, value, problem, remedy: `use at most ${LONGEST}` }]
}
