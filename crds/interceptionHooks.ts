import type {
  HttpHook,
  InterceptionHook,
  InterceptionHooks,
} from '../api/v1beta1/trafficinterception.ts'
import type { Properties, Schema } from './schema.ts'
import { integer, list, object, string } from './schema.ts'

type Post = NonNullable<InterceptionHook['httpPost']>
type Qos = NonNullable<InterceptionHook['dubboQos']>
type Exec = NonNullable<InterceptionHook['exec']>

const request: Properties<HttpHook> = {
  port: integer('Port of the app.'),
  path: string('Path, with its query. Defaults to /.'),
  host: string('Address. Defaults to 127.0.0.1.'),
}

const actions: Properties<Omit<InterceptionHook, 'timeoutSeconds' | 'waitSeconds' | 'onError'>> = {
  httpGet: object<HttpHook>('A GET, which must be answered with 200 to 299.', request, ['port']),
  httpPost: object<Post>(
    'A POST, which must be answered with 200 to 299.',
    {
      ...request,
      body: string('Body of the request.'),
      contentType: string('Defaults to application/json.'),
    },
    ['port'],
  ),
  dubboQos: object<Qos>("A command to Apache Dubbo's QoS console; its answer is read.", {
    port: integer('Port of the console. Defaults to 22222.'),
    command: string('Defaults to online for the hook of this name, else to offline.'),
    service: string('Which services: a pattern. Absent: all.'),
  }),
  exec: object<Exec>(
    'A program of the image of a hot container, run in the slot that serves.',
    {
      command: list('Program and arguments, without a shell.', { type: 'string' }),
      container: string('Which hot container. Defaults to the first of the pod.'),
    },
    ['command'],
  ),
}
const names = Object.keys(actions)

const hook = (description: string): Schema => ({
  ...object<InterceptionHook>(description, {
    ...actions,
    timeoutSeconds: {
      ...integer('Seconds until the hook counts as failed. Defaults to 5.'),
      minimum: 1,
    },
    waitSeconds: {
      ...integer(
        'Seconds after it has succeeded, for callers to learn of it. Defaults to 5 where Dubbo leaves its registry (offline and gracefulClose), else to 0.',
      ),
      minimum: 0,
    },
    onError: string(
      'Abort: the toggle is given up, and what was begun is undone. Continue: it goes on. Defaults to Abort.',
    ),
  }),
  'x-kubernetes-validations': [
    {
      rule: `${names.map((name) => `(has(self.${name}) ? 1 : 0)`).join(' + ')} == 1`,
      message: `a hook calls one thing: give one of ${names.join(', ')}`,
    },
  ],
})

/** spec.hooks */
export const hooks = object<InterceptionHooks>('What is called around the toggle.', {
  offline: hook('Before the rules go on: the app leaves its registry.'),
  online: hook(
    'The app comes back: after the rules are on and were seen to work; and after they are off, if gracefulClose was called.',
  ),
  gracefulClose: hook('Before the rules go off: the app, or its SDK, is told to leave the proxy.'),
})
