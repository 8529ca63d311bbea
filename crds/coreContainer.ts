import type { Schema } from './schema.ts'
import { int64, integer, intOrString, list, mapOf, openObject, string } from './schema.ts'

const quantities = (description: string) => mapOf(description, intOrString('A quantity.'))

const probedPort = (description: string) =>
  openObject(description, { port: intOrString('Number or name of a port of the container.') })

/** A core/v1 Probe. */
export function probe(description: string): Schema {
  return openObject(description, {
    httpGet: probedPort('Asks by HTTP.'),
    tcpSocket: probedPort('Opens a connection.'),
    grpc: openObject('Asks by the gRPC health protocol.', { port: integer('Number of the port.') }),
    exec: openObject('Runs a program.', {
      command: list('Program and arguments.', { type: 'string' }),
    }),
    initialDelaySeconds: integer('Seconds from the start to the first attempt.'),
    timeoutSeconds: integer('Seconds until an attempt counts as failed.'),
    periodSeconds: integer('Seconds between attempts.'),
    successThreshold: integer('Successes in a row that count as one.'),
    failureThreshold: integer('Failures in a row that count as one.'),
  })
}

/** The fields of a core/v1 Container that Baton reads; injection keeps the others as they are. */
export const coreContainer: Readonly<Record<string, Schema>> = {
  name: string('Name of the container; a hot one is named <name>-1 and <name>-2 in pods.'),
  image: string('Image of the container.'),
  command: list(
    'Program and first arguments. Required with handover: Baton starts the program itself.',
    { type: 'string' },
  ),
  args: list('Further arguments.', { type: 'string' }),
  env: list(
    'Environment variables.',
    openObject('One variable.', { name: string('Name of the variable.') }, ['name']),
  ),
  ports: list(
    'Ports that the container listens on.',
    openObject('One port.', {
      containerPort: integer('Number of the port.'),
      hostPort: integer('Number of a port of the node.'),
      name: string('Name by which probes and Services may refer to the port.'),
      protocol: string('TCP, UDP or SCTP.'),
    }),
  ),
  resources: openObject('Requests and limits. Slots of hot containers always get some.', {
    requests: quantities('What is reserved for the container.'),
    limits: quantities('What the container may use.'),
  }),
  volumeMounts: list(
    'Mounts of the volumes of the set.',
    openObject('One mount.', {
      name: string('Name of the volume.'),
      mountPath: string('Directory where it is mounted.'),
    }),
  ),
  volumeDevices: list(
    'Block devices among the volumes of the set.',
    openObject('One device.', { name: string('Name of the volume.') }),
  ),
  restartPolicy: string('Always makes an init container a native sidecar.'),
  startupProbe: probe('Of a hot container, carried out by the agent.'),
  readinessProbe: probe('Of a hot container, carried out by the agent.'),
  livenessProbe: probe('Of a hot container, carried out by the agent.'),
  lifecycle: openObject(
    'Hooks, of cold containers only: the process in a slot starts and ends without its container.',
  ),
  securityContext: openObject('Hot containers get the restricted profile where it says nothing.', {
    runAsUser: int64('Defaults to 1337 in hot containers.'),
    runAsGroup: int64('Defaults to 1337 in hot containers.'),
  }),
}
