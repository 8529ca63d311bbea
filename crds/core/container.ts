import type {
  V1Container,
  V1ContainerPort,
  V1ContainerRestartRule,
  V1ContainerRestartRuleOnExitCodes,
} from '@kubernetes/client-node'
import type { Properties } from '../schema.ts'
import { boolean, integer, list, string } from '../schema.ts'
import { core } from './core.ts'
import { env, envFrom } from './environment.ts'
import { lifecycle, probe } from './handlers.ts'
import { volumeDevices, volumeMounts } from './mounts.ts'
import { resizePolicy, resources } from './resources.ts'
import { securityContext } from './securityContext.ts'

const ports = list(
  'Ports that the container listens on. Of two slots the first has them.',
  core<V1ContainerPort>('One port.', {
    containerPort: integer('Number of the port.'),
    hostIP: string('Address of the node that hostPort is bound to.'),
    hostPort: integer('Number of a port of the node.'),
    name: string('Name by which probes and Services may refer to the port.'),
    protocol: string('TCP, UDP or SCTP. Defaults to TCP.'),
  }),
)

const restartPolicyRules = list(
  'What to do by how the container has ended.',
  core<V1ContainerRestartRule>('One rule.', {
    action: string('Restart.'),
    exitCodes: core<V1ContainerRestartRuleOnExitCodes>('Exit codes that the rule is for.', {
      operator: string('In or NotIn.'),
      values: list('Exit codes.', { type: 'integer', format: 'int32' }),
    }),
  }),
)

/** The fields of a core/v1 Container, of which a set's containers may have all. */
export const coreContainer: Properties<V1Container> = {
  name: string('Name of the container; a hot one is named <name>-1 and <name>-2 in pods.'),
  image: string('Image of the container.'),
  imagePullPolicy: string(
    'Always, IfNotPresent or Never. Defaults to Always for the tag latest, else IfNotPresent.',
  ),
  command: list(
    'Program and first arguments. Required with handover: Baton starts the program itself.',
    { type: 'string' },
  ),
  args: list('Further arguments.', { type: 'string' }),
  workingDir: string("Directory in which the program starts. Defaults to the image's."),
  env,
  envFrom,
  ports,
  resources,
  resizePolicy,
  volumeMounts,
  volumeDevices,
  restartPolicy: string('Always makes an init container a native sidecar.'),
  restartPolicyRules,
  startupProbe: probe('Of a container with handover, carried out by the agent.'),
  readinessProbe: probe('Of a container with handover, carried out by the agent.'),
  livenessProbe: probe('Of a container with handover, carried out by the agent.'),
  lifecycle,
  securityContext,
  stdin: boolean('Whether standard input is kept open.'),
  stdinOnce: boolean('Whether standard input closes after the first client.'),
  tty: boolean('Whether the container has a terminal; needs stdin.'),
  terminationMessagePath: string(
    'File whose content is shown as the reason of the end. Defaults to /dev/termination-log.',
  ),
  terminationMessagePolicy: string('File or FallbackToLogsOnError. Defaults to File.'),
}
