import type {
  V1ExecAction,
  V1GRPCAction,
  V1HTTPGetAction,
  V1HTTPHeader,
  V1Lifecycle,
  V1LifecycleHandler,
  V1Probe,
  V1SleepAction,
  V1TCPSocketAction,
} from '@kubernetes/client-node'
import type { Schema } from '../schema.ts'
import { int64, integer, intOrString, list, string } from '../schema.ts'
import { core } from './core.ts'

const port = intOrString('Number or name of a port of the container.')

const exec = core<V1ExecAction>('Runs a program in the container.', {
  command: list('Program and arguments, without a shell.', { type: 'string' }),
})

const httpGet = core<V1HTTPGetAction>('Asks by HTTP; 200 to 399 is a success.', {
  host: string("Host name or address. Defaults to the pod's."),
  httpHeaders: list(
    'Headers of the request.',
    core<V1HTTPHeader>('One header.', {
      name: string('Name of the header.'),
      value: string('Its value.'),
    }),
  ),
  path: string('Path of the request. Defaults to /.'),
  port,
  scheme: string('HTTP or HTTPS. Defaults to HTTP.'),
})

const tcpSocket = core<V1TCPSocketAction>('Opens a connection.', {
  host: string("Host name or address. Defaults to the pod's."),
  port,
})

/** A core/v1 Probe. */
export function probe(description: string): Schema {
  return core<V1Probe>(description, {
    httpGet,
    tcpSocket,
    grpc: core<V1GRPCAction>('Asks by the gRPC health protocol.', {
      port: integer('Number of the port.'),
      service: string('Name of the service that is asked for.'),
    }),
    exec,
    initialDelaySeconds: integer('Seconds from the start to the first attempt. Defaults to 0.'),
    timeoutSeconds: integer('Seconds until an attempt counts as failed. Defaults to 1.'),
    periodSeconds: integer('Seconds between attempts. Defaults to 10.'),
    successThreshold: integer('Successes in a row that count as one. Defaults to 1.'),
    failureThreshold: integer('Failures in a row that count as one. Defaults to 3.'),
    terminationGracePeriodSeconds: int64(
      "Seconds that the container gets to end after a failure. Defaults to the pod's.",
    ),
  })
}

const handler = (description: string): Schema =>
  core<V1LifecycleHandler>(description, {
    exec,
    httpGet,
    sleep: core<V1SleepAction>('Waits.', { seconds: int64('Seconds.') }),
    tcpSocket: core<V1TCPSocketAction>('Without effect.', { host: string('Host name.'), port }),
  })

export const lifecycle = core<V1Lifecycle>(
  'Hooks; not together with handover, where the process in a slot starts and ends without its container.',
  {
    postStart: handler('Runs as soon as the container has started.'),
    preStop: handler('Runs before the container is told to end.'),
    stopSignal: string('Signal that ends the container. Defaults to the one of the image.'),
  },
)
