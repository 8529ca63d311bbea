import type { Drain, DrainMethod } from '../api/v1beta1/sidecarset.ts'
import { checked, wholeNumber } from './rules.ts'
import type { Properties } from './schema.ts'
import { integer, list, object, openObject, string } from './schema.ts'

type Options<K extends keyof DrainMethod> = NonNullable<DrainMethod[K]>

const INSTANCE =
  'must lie below /baton/run and hold $(BATON_INSTANCE), which is different for each process of a pod, as its environment variable BATON_INSTANCE is'

const methods: Properties<DrainMethod> = {
  envoy: object<Options<'envoy'>>(
    'Envoy: POST /drain_listeners to its admin interface. Run it with --drain-strategy immediate.',
    { adminPort: integer('Port of the admin interface. It becomes a private port.') },
    ['adminPort'],
  ),
  haproxy: object<Options<'haproxy'>>(
    'HAProxy: the signal SIGUSR1. Its configuration needs option idle-close-on-response.',
    {
      socket: string(
        `Path of a stats socket, by which connections are told by protocol; ${INSTANCE}.`,
      ),
    },
  ),
  nginx: object<Options<'nginx'>>(
    'nginx: the signal SIGQUIT. Without keepalive_min_timeout (1.27.4) it closes idle connections at once.',
    {},
  ),
  mosn: object<Options<'mosn'>>(
    'MOSN: the handshake of its smooth upgrade, after which it accepts nothing more.',
    { directory: string(`Directory of its sockets (uds_dir); ${INSTANCE}.`) },
    ['directory'],
  ),
  signal: object<Options<'signal'>>('Any other: a signal to the process.', {
    name: string('Name of the signal, such as SIGQUIT. Defaults to SIGTERM.'),
  }),
  http: object<Options<'http'>>(
    'Any other: a request to the process, which must be answered with 200 to 299 within 2 s.',
    {
      method: string('GET, POST, PUT or DELETE. Defaults to POST.'),
      port: integer('Port of the request. It becomes a private port.'),
      path: string('Path of the request, with its query. Defaults to /.'),
    },
    ['port'],
  ),
  exec: object<Options<'exec'>>(
    'Any other: a program that is run in the slot of the process, and must exit with 0 within 4 s.',
    {
      command: list(
        'Program and arguments, without a shell. In them $(BATON_INSTANCE) and $(BATON_PID) stand for the process that is to drain.',
        { type: 'string' },
      ),
    },
    ['command'],
  ),
}

const names = Object.keys(methods)

/** Other keys are kept, so that the webhook can name them and say which there are. */
const method = checked(openObject('One of these ways. Defaults to the signal SIGTERM.', methods), {
  rule: `${names.map((name) => `(has(self.${name}) ? 1 : 0)`).join(' + ')} <= 1`,
  message: `the old process can be told to finish in one way only: keep one of ${names.join(', ')}`,
})

const drainFields = object<Drain>(
  'How the old process is told to finish, and how long it may take.',
  {
    timerSeconds: wholeNumber(
      'Seconds from the order to drain until what is left is reported, and the pod counts as upgraded. Defaults to 15.',
      0,
    ),
    maxSeconds: wholeNumber(
      'Seconds after which the connections that are left are cut, and counted. Defaults to 600.',
      1,
    ),
    method,
  },
)

/** handover.drain */
export const drain = checked(drainFields, {
  rule: '!has(self.timerSeconds) || self.timerSeconds <= (has(self.maxSeconds) ? self.maxSeconds : 600)',
  message:
    'the old process would be gone after maxSeconds, before its connections are reported; lower it, or raise maxSeconds',
  fieldPath: '.timerSeconds',
})
