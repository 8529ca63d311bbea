import { formatDesired } from '../../api/desired.ts'
import {
  POD_CONDITION,
  annotations,
  slotNames,
  slotVersionAltAnnotation,
  slotVersionAnnotation,
} from '../../api/group.ts'
import type { AgentStatus, HandoverStatus } from '../../api/agentStatus.ts'
import {
  revisionHash,
  revisionHashWithoutImage,
  revisionName,
  revisionTemplate,
} from '../../api/revision.ts'
import { activeSlotResources, standbySlotResources } from '../../api/slotResources.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type {
  SidecarContainer,
  SidecarSetSpec,
  SidecarSetStatus,
  UpdateStrategy,
} from '../../api/v1beta1/sidecarset.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import type { Revision } from '../sidecarset/rollout/revision.ts'

/** Builders of what the operator reads, for tests. */

/** A proxy that asks for so much that its idle slot is to ask for less. */
export function largeProxy(image: string): SidecarContainer {
  const requests = { cpu: '200m', memory: '256Mi' }
  return { ...hotProxy(image), resources: { requests, limits: { cpu: '1', memory: '512Mi' } } }
}

export function hotProxy(image: string, timerSeconds = 15): SidecarContainer {
  return {
    name: 'proxy',
    image,
    command: ['/proxy'],
    upgradeStrategy: { upgradeType: 'HotUpgrade', handover: { drain: { timerSeconds } } },
  }
}

/** A sidecar that moves its own state from slot to slot. */
export function selfMigrating(image: string, hotUpgradeEmptyImage = 'empty:1'): SidecarContainer {
  const upgradeStrategy = { upgradeType: 'HotUpgrade', hotUpgradeEmptyImage } as const
  return { name: 'sidecar', image, upgradeStrategy }
}

export function coldLog(image: string): SidecarContainer {
  return { name: 'log', image, upgradeStrategy: { upgradeType: 'ColdUpgrade' } }
}

export interface SetOptions {
  readonly name?: string
  readonly containers?: readonly SidecarContainer[]
  readonly updateStrategy?: UpdateStrategy
  readonly status?: SidecarSetStatus
  readonly spec?: Partial<SidecarSetSpec>
  readonly generation?: number
}

export function aSet(options: SetOptions = {}): StoredSidecarSet {
  const { name = 'mesh', containers = [hotProxy('proxy:1')], updateStrategy } = options
  return {
    apiVersion: 'baton.dev/v1beta1',
    kind: 'SidecarSet',
    metadata: { name, uid: `uid-${name}`, generation: options.generation ?? 1 },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      containers,
      ...(updateStrategy === undefined ? {} : { updateStrategy }),
      ...options.spec,
    },
    ...(options.status === undefined ? {} : { status: options.status }),
  }
}

export function aRevision(
  containers: readonly SidecarContainer[],
  number = 1,
  set = 'mesh',
): Revision {
  const template = revisionTemplate({ selector: {}, containers })
  const hash = revisionHash(template)
  const hashWithoutImage = revisionHashWithoutImage(template)
  return { hash, name: revisionName(set, hash), number, template, hashWithoutImage }
}

export interface PodOptions {
  readonly ready?: boolean
  readonly phase?: string
  readonly node?: string
  readonly ip?: string
  readonly createdAt?: string
  readonly readySince?: string
  readonly restarts?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly result?: string
  /** Did containers start? Defaults to true. */
  readonly started?: boolean
  readonly deleted?: boolean
  /** Does the kubelet tell which resources containers have? Defaults to true. */
  readonly tellsResources?: boolean
}

/** A pod as the webhook injects it: two slots for a hot container, one container for a cold one. */
export function injectedPod(
  name: string,
  containers: readonly SidecarContainer[],
  options: PodOptions = {},
): Pod {
  const { ready = true, started = true, node = 'node-a', restarts = 0 } = options
  const { tellsResources = true } = options
  const template = revisionTemplate({ selector: {}, containers })
  const hash = revisionHash(template)
  const record = (value: string): string =>
    JSON.stringify({
      mesh: {
        updateTimestamp: '2025-01-01T00:00:00Z',
        hash: value,
        sidecarSetName: 'mesh',
        sidecarList: containers.map((one) => one.name),
        controllerRevision: revisionName('mesh', value),
      },
    })
  const hot = containers.filter((one) => one.upgradeStrategy?.upgradeType === 'HotUpgrade')
  const names = containers.flatMap((one) =>
    hot.includes(one) ? [`${one.name}-1`, `${one.name}-2`] : [one.name],
  )
  const handed = hot.filter((one) => one.upgradeStrategy?.handover !== undefined)
  const imageOf = (container: string): string => {
    const owner = containers.find((one) => [one.name, ...slotNames(one.name)].includes(container))
    const { hotUpgradeEmptyImage } = owner?.upgradeStrategy ?? {}
    const isIdle = container === `${owner?.name ?? ''}-2`
    return (isIdle ? hotUpgradeEmptyImage : undefined) ?? owner?.image ?? 'app:1'
  }
  const all = [...names, 'baton-agent', 'app']
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      uid: `uid-${name}`,
      resourceVersion: '1',
      creationTimestamp: options.createdAt ?? '2025-01-01T00:00:00Z',
      ...(options.deleted === true ? { deletionTimestamp: '2025-01-01T00:00:00Z' } : {}),
      labels: { app: 'web', ...options.labels },
      annotations: {
        [annotations.hash]: record(hash),
        [annotations.hashWithoutImage]: record(revisionHashWithoutImage(template)),
        ...(handed.length === 0 ? {} : { [annotations.desired]: initialDesired(handed, hash) }),
        ...Object.fromEntries(hot.flatMap(({ name: one }) => initialVersions(one))),
        ...(hot.length === 0
          ? {}
          : { [annotations.workingHotUpgradeContainer]: workingSlots(hot) }),
        ...options.annotations,
      },
    },
    spec: {
      nodeName: node,
      containers: all.map((container) => ({
        name: container,
        image: imageOf(container),
        resources: slotResources(hot, container),
      })),
    },
    status: {
      phase: options.phase ?? 'Running',
      ...(options.ip === undefined ? {} : { podIP: options.ip }),
      containerStatuses: all.map((container) => ({
        name: container,
        image: imageOf(container),
        imageID: `id-of-${imageOf(container)}`,
        containerID: started ? `containerd://${name}-${container}-0` : '',
        ready: started,
        ...(tellsResources ? { resources: slotResources(hot, container) } : {}),
        restartCount: container === 'app' ? restarts : 0,
        state: started
          ? { running: { startedAt: '2025-01-01T00:00:01Z' } }
          : { waiting: { reason: 'ContainerCreating' } },
      })),
      conditions: [
        {
          type: 'Ready',
          status: ready ? 'True' : 'False',
          lastTransitionTime: options.readySince ?? '2025-01-01T00:00:02Z',
        },
        ...(options.result === undefined
          ? []
          : [{ type: POD_CONDITION, status: 'True', message: options.result }]),
      ],
    },
  }
}

/** As injection gives them: little to the second slot when the container asks for more. */
function slotResources(
  hot: readonly SidecarContainer[],
  name: string,
): NonNullable<SidecarContainer['resources']> {
  const own = hot.find((one) => slotNames(one.name).includes(name))
  if (own === undefined) {
    return { requests: { cpu: '10m', memory: '48Mi' }, limits: { cpu: '1', memory: '128Mi' } }
  }
  return name === slotNames(own.name)[0]
    ? activeSlotResources(own.resources)
    : standbySlotResources(own.resources)
}

function workingSlots(hot: readonly SidecarContainer[]): string {
  return JSON.stringify(Object.fromEntries(hot.map(({ name }) => [name, slotNames(name)[0]])))
}

/** The first slot works, the second is idle. */
function initialVersions(container: string): [string, string][] {
  const [working, idle] = slotNames(container)
  return [
    [slotVersionAnnotation(working), '1'],
    [slotVersionAltAnnotation(working), '0'],
    [slotVersionAnnotation(idle), '0'],
    [slotVersionAltAnnotation(idle), '1'],
  ]
}

function initialDesired(hot: readonly SidecarContainer[], revision: string): string {
  const entries = hot.map((container) => {
    const slot = `${container.name}-1`
    const entry = {
      handover: 'initial',
      active: slot,
      revision,
      image: container.image ?? '',
      minBoot: { [slot]: 1 },
      drain: { timerSeconds: 15, maxSeconds: 600, method: { signal: { name: 'SIGTERM' } } },
      startDeadlineSeconds: 60,
      confirmSeconds: 0,
    }
    return [container.name, entry] as const
  })
  return formatDesired({ v: 1, containers: Object.fromEntries(entries) })
}

export function aHandover(id: string, over: Partial<HandoverStatus> = {}): HandoverStatus {
  return {
    id,
    from: 'proxy-1',
    to: 'proxy-2',
    revision: id.replace(/-\d+$/, ''),
    phase: 'Settled',
    reason: '',
    message: '',
    startedAt: '2025-01-01T00:01:00.000Z',
    servingAt: '2025-01-01T00:01:00.620Z',
    settledAt: '2025-01-01T00:01:05.000Z',
    listeners: 3,
    connectionsAtDrain: 12,
    connectionsLeft: 0,
    connectionsDrained: 12,
    connectionsCut: 0,
    kernel: {},
    ...over,
  }
}

/** What an agent answers whose container `proxy` has this handover. */
export function agentSays(handover: HandoverStatus, container = 'proxy'): AgentStatus {
  const active = handover.phase === 'Aborted' ? handover.from : handover.to
  return {
    v: 1,
    ready: true,
    containers: { [container]: { active, phase: handover.phase, handover, slots: {} } },
  }
}
