import { join, resolve } from 'node:path'
import { SYSTEM_NAMESPACE } from '../../../../api/group.ts'
import { SIDECAR_SETS } from '../../../../api/v1beta1/kinds.ts'
import type { StoredSidecarSet } from '../../../../api/v1beta1/kinds.ts'
import { NAMESPACES, VALIDATING_WEBHOOK_CONFIGURATIONS } from '../../../../runtime/client/kinds.ts'
import { waitFor } from '../../../environment/wait.ts'
import { OPERATOR_FLAGS } from '../../../../manifests/deployments.ts'
import type { ControlPlane } from '../plane/controlPlane.ts'
import type { Daemon } from '../plane/daemon.ts'
import { POD_NAMESPACE, imageOf } from './product.ts'
import type { Product } from './product.ts'

const SET = 'mesh'
const USER = 'baton-operator'
const root = resolve(import.meta.dirname, '../../../..')
const AGENT_IMAGE = 'registry.example/agent:1'

/**
 * What Node takes for old objects in a container of 512 MiB, as the Deployment has: half of it. Here
 * there is no such limit to be seen.
 */
const HEAP = ['--max-old-space-size=256', ...OPERATOR_FLAGS].join(' ')

/** The released bundles of operator and webhook. */
export function batonProduct(environment: Readonly<Record<string, string>>): Product {
  return {
    name: 'Baton',
    kind: 'baton',
    user: USER,
    install: async (plane) => {
      const { client } = plane
      const sets = client.resource(SIDECAR_SETS)
      await client.resource(NAMESPACES).apply({ metadata: { name: POD_NAMESPACE } })
      // As users do. Nothing runs its Deployments here: the programs are started below.
      await plane.kubectl(['apply', '--server-side', '-f', join(root, 'manifests/install.yaml')])
      const start = (name: string, own: Record<string, string>): Promise<Daemon> =>
        startProgram(plane, name, own)
      const operator = await start('baton-operator', {
        METRICS_PORT: '18080',
        HEALTH_PORT: '18081',
        LOG_LEVEL: 'warn',
        NODE_OPTIONS: HEAP,
        ...environment,
      })
      await start('baton-webhook', {
        WEBHOOK_PORT: '443',
        METRICS_PORT: '18082',
        HEALTH_PORT: '18083',
        LOG_LEVEL: 'warn',
      })
      // A set that came before the webhooks would have none of their defaults.
      await accepted('the webhooks are configured', plane, async () => {
        const ref = { name: 'baton-validation' }
        const { webhooks = [] } = await client.resource(VALIDATING_WEBHOOK_CONFIGURATIONS).get(ref)
        if (webhooks.length === 0) throw new Error('there is none yet')
      })
      await accepted('the SidecarSet is accepted', plane, () => sets.apply(setOf(1, '100%')))
      await accepted('the SidecarSet injects', plane, async () => {
        const set = await sets.get({ name: SET })
        const { conditions = [] } = set.status ?? {}
        const isReady = conditions.some((one) => one.type === 'Available' && one.status === 'True')
        if (!isReady) throw new Error(JSON.stringify(conditions))
      })
      return {
        operator,
        order: async (version, maxUnavailable) => {
          await sets.apply(setOf(version, maxUnavailable))
        },
        progress: async (pods) => {
          const { metadata, status = {} } = await sets.get({ name: SET })
          const isCurrent = status.observedGeneration === metadata.generation
          const upgraded = isCurrent ? (status.updatedReadyPods ?? 0) : 0
          const isOver =
            status.upgradingPods === 0 && status.currentRevision === status.latestRevision
          const progressing = (status.conditions ?? []).find(({ type }) => type === 'Progressing')
          const says = progressing?.message ?? 'nothing yet'
          const done = isCurrent && isOver && upgraded === pods
          return { upgraded, done, says }
        },
      }
    },
  }
}

async function startProgram(
  plane: ControlPlane,
  name: string,
  environment: Record<string, string>,
): Promise<Daemon> {
  const bundle = join(root, 'dist', `${name.replace('baton-', '')}.js`)
  return plane.start(name, [process.execPath, bundle], {
    KUBECONFIG: await plane.kubeconfigOf(name),
    POD_NAME: `${name}-0`,
    POD_NAMESPACE: SYSTEM_NAMESPACE,
    AGENT_IMAGE,
    ...environment,
  })
}

/** The API server takes up definitions and webhooks some moments after they were written. */
async function accepted(
  what: string,
  plane: ControlPlane,
  attempt: () => Promise<unknown>,
): Promise<void> {
  let seen = ''
  const once = async (): Promise<true | undefined> => {
    plane.check()
    try {
      await attempt()
      return true
    } catch (error) {
      seen = String(error)
      return undefined
    }
  }
  await waitFor(what, 60_000, once, () => seen)
}

function setOf(version: number, maxUnavailable: string): StoredSidecarSet {
  return {
    apiVersion: 'baton.dev/v1beta1',
    kind: 'SidecarSet',
    metadata: { name: SET },
    spec: {
      selector: { matchLabels: { app: 'shop' } },
      containers: [
        {
          name: 'proxy',
          image: imageOf(version),
          command: ['/usr/local/bin/proxy'],
          // What an idle slot asks for as well: nothing has to be resized.
          resources: {
            requests: { cpu: '5m', memory: '16Mi' },
            limits: { cpu: '1', memory: '256Mi' },
          },
          upgradeStrategy: { upgradeType: 'HotUpgrade', handover: {} },
        },
      ],
      updateStrategy: {
        maxUnavailable: /%$/.test(maxUnavailable) ? maxUnavailable : Number(maxUnavailable),
      },
    },
  }
}
