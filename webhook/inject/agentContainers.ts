import type { AgentConfig, AgentContainerConfig } from '../../api/agentConfig.ts'
import {
  AGENT_CONTAINER,
  AGENT_PORT,
  INIT_CONTAINER,
  PATHS,
  slotNames,
  VOLUMES,
} from '../../api/group.ts'
import { INTERCEPTING_GROUP } from '../../api/interception/desired.ts'
import { agentProbe } from './agentProbe.ts'
import type { HotContainer } from './injectableSet.ts'
import type { Container, Env } from './podTypes.ts'
import type { PrivatePorts } from './privatePorts.ts'
import { CHANGES_RULES, RESTRICTED, slotUser } from './securityContext.ts'

/** Where the agent's image has its programs. */
const LAUNCHER = '/baton/launcher'
/**
 * A young generation of 1 MiB: the agent makes little garbage, and it is 5 MB smaller so (24 -> 19 MB
 * of anonymous memory, measured; a bound on malloc's arenas saves nothing).
 */
export const AGENT_PROGRAM = ['/usr/local/bin/node', '--max-semi-space-size=1', '/baton/agent.js']

/** What the agent of a pod must know of its hot containers. */
export function agentConfig(
  containers: readonly HotContainer[],
  privatePorts: ReadonlyMap<string, PrivatePorts>,
  intercepts: boolean,
): AgentConfig {
  return {
    v: 1,
    runDir: PATHS.run,
    podInfoDir: PATHS.podInfo,
    port: AGENT_PORT,
    containers: containers.map((container) =>
      containerConfig(container, privatePorts.get(container.name) ?? []),
    ),
    ...(intercepts ? { interception: true } : {}),
  }
}

function containerConfig(
  container: HotContainer,
  privatePorts: PrivatePorts,
): AgentContainerConfig {
  const { ports } = container
  const probes = {
    readinessProbe: agentProbe(container.readinessProbe, ports),
    livenessProbe: agentProbe(container.livenessProbe, ports),
    startupProbe: agentProbe(container.startupProbe, ports),
    healthCheck: agentProbe(container.upgradeStrategy.handover.healthCheck, ports),
  }
  return {
    name: container.name,
    slots: slotNames(container.name),
    privatePorts,
    ...Object.fromEntries(Object.entries(probes).filter(([, probe]) => probe !== undefined)),
  }
}

/** Copies the launcher out of the agent's image, so that slots need nothing but the proxy's. */
export function initContainer(agentImage: string): Container {
  return {
    name: INIT_CONTAINER,
    image: agentImage,
    imagePullPolicy: 'IfNotPresent',
    command: [LAUNCHER, 'install', `${PATHS.bin}/launcher`],
    resources: {
      requests: { cpu: '10m', memory: '16Mi' },
      limits: { cpu: '100m', memory: '32Mi' },
    },
    securityContext: RESTRICTED,
    volumeMounts: [{ name: VOLUMES.bin, mountPath: PATHS.bin }],
  }
}

/** @param native true when the slots are native sidecars: then the agent is one too */
export function agentContainer(
  agentImage: string,
  config: AgentConfig,
  containers: readonly HotContainer[],
  native: boolean,
): Container {
  const users = new Set(containers.map(({ securityContext }) => slotUser(securityContext)))
  return {
    name: AGENT_CONTAINER,
    image: agentImage,
    imagePullPolicy: 'IfNotPresent',
    command: [LAUNCHER],
    args: [
      ...['keep', '--keeper', PATHS.keeper],
      ...[...users].flatMap((user) => ['--allow-uid', String(user)]),
      '--',
      ...AGENT_PROGRAM,
    ],
    env: agentEnv(config),
    ports: [{ name: 'baton', containerPort: AGENT_PORT, protocol: 'TCP' }],
    readinessProbe: { ...READY, periodSeconds: 1, timeoutSeconds: 2 },
    ...(native ? nativeFields : {}),
    resources: {
      requests: { cpu: '10m', memory: '48Mi' },
      limits: { cpu: '500m', memory: '192Mi' },
    },
    securityContext: config.interception === true ? INTERCEPTING_AGENT : RESTRICTED,
    volumeMounts: [
      { name: VOLUMES.run, mountPath: PATHS.run },
      { name: VOLUMES.podInfo, mountPath: PATHS.podInfo, readOnly: true },
    ],
  }
}

/** Rules tell the agent's own connections by its group. */
const INTERCEPTING_AGENT = { ...CHANGES_RULES, runAsGroup: INTERCEPTING_GROUP }

const READY = { httpGet: { path: '/readyz', port: AGENT_PORT } }

/**
 * The app starts when the agent has started, and that is when the proxies serve. Ten minutes: a
 * proxy that waits for its control plane must not cost the agent a crash back-off.
 */
const nativeFields: Pick<Container, 'restartPolicy' | 'startupProbe' | 'lifecycle'> = {
  restartPolicy: 'Always',
  startupProbe: { ...READY, periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 600 },
  // SIGTERM reaches native sidecars only after the app has gone, too late to drain.
  lifecycle: {
    preStop: { exec: { command: [LAUNCHER, 'ctl', `${PATHS.run}/agent.sock`, 'drain'] } },
  },
}

function agentEnv(config: AgentConfig): Env {
  return [
    // The kubelet expands $(NAME) in values; $$ stands for one dollar sign.
    { name: 'BATON_CONFIG', value: JSON.stringify(config).replaceAll('$', '$$$$') },
    fromField('POD_NAME', 'metadata.name'),
    fromField('POD_NAMESPACE', 'metadata.namespace'),
    fromField('POD_IP', 'status.podIP'),
  ]
}

function fromField(name: string, fieldPath: string): Env[number] {
  return { name, valueFrom: { fieldRef: { fieldPath } } }
}
