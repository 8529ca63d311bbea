import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'
import { KRUISE_VERSION, kruiseFiles } from '../../../../build/setup/kruiseProgram.ts'
import {
  CUSTOM_RESOURCE_DEFINITIONS,
  MUTATING_WEBHOOK_CONFIGURATIONS,
  NAMESPACES,
  VALIDATING_WEBHOOK_CONFIGURATIONS,
} from '../../../../runtime/client/kinds.ts'
import type {
  CustomResourceDefinition,
  MutatingWebhookConfiguration,
  ResourceKind,
  ValidatingWebhookConfiguration,
} from '../../../../runtime/client/kinds.ts'
import type { KubeObject } from '../../../../runtime/client/objects.ts'
import { waitFor } from '../../../environment/wait.ts'
import type { ControlPlane } from '../plane/controlPlane.ts'
import { POD_NAMESPACE, imageOf } from './product.ts'
import type { Product } from './product.ts'

/** OpenKruise's SidecarSet, as far as it is read here. */
interface KruiseSidecarSet extends KubeObject {
  readonly spec?: object
  readonly status?: {
    readonly observedGeneration?: number
    readonly matchedPods?: number
    readonly updatedPods?: number
    readonly updatedReadyPods?: number
  }
}

const KRUISE_SETS: ResourceKind<KruiseSidecarSet> = {
  group: 'apps.kruise.io',
  version: 'v1alpha1',
  kind: 'SidecarSet',
  plural: 'sidecarsets',
  namespaced: false,
}
const SET = 'mesh'
const USER = 'kruise-manager'
const SYSTEM = 'kruise-system'

/** OpenKruise's manager with its default flags, its definitions and its webhooks. */
export function openKruiseProduct(cacheDir: string): Product {
  const files = kruiseFiles(cacheDir)
  return {
    name: `OpenKruise ${KRUISE_VERSION.slice(1)}`,
    kind: 'peer',
    user: USER,
    install: async (plane) => {
      const { client } = plane
      const sets = client.resource(KRUISE_SETS)
      for (const name of [SYSTEM, POD_NAMESPACE]) {
        await client.resource(NAMESPACES).apply({ metadata: { name } })
      }
      for (const name of await readdir(files.crds)) {
        const text = await readFile(join(files.crds, name), 'utf8')
        const { metadata, spec } = parse(text) as CustomResourceDefinition
        await client.resource(CUSTOM_RESOURCE_DEFINITIONS).apply({ metadata, spec })
      }
      await applyWebhooks(plane, files.webhooks)
      const operator = plane.start(
        'kruise-manager',
        [
          files.manager,
          '--metrics-addr=127.0.0.1:18080',
          '--health-probe-addr=127.0.0.1:18081',
          '--enable-pprof=false',
        ],
        {
          KUBECONFIG: await plane.kubeconfigOf(USER),
          POD_NAMESPACE: SYSTEM,
          WEBHOOK_HOST: 'localhost',
          WEBHOOK_PORT: '9876',
          WEBHOOK_CERT_DIR: join(plane.directory, 'kruise-certificates'),
        },
      )
      let seen = ''
      await waitFor(
        'OpenKruise accepts its SidecarSet',
        120_000,
        async () => {
          plane.check()
          try {
            await sets.apply(setOf(1, '100%'))
            return true
          } catch (error) {
            seen = String(error)
            return undefined
          }
        },
        () => `${seen}\n${operator.lastLines()}`,
      )
      return {
        operator,
        order: async (version, maxUnavailable) => {
          await sets.apply(setOf(version, maxUnavailable))
        },
        progress: async (pods) => {
          const { metadata, status = {} } = await sets.get({ name: SET })
          const isCurrent = status.observedGeneration === metadata.generation
          const upgraded = isCurrent ? (status.updatedReadyPods ?? 0) : 0
          const isWhole = status.matchedPods === pods && status.updatedPods === pods
          const done = isCurrent && isWhole && upgraded === pods
          return { upgraded, done, says: JSON.stringify(status) }
        },
      }
    },
  }
}

function setOf(version: number, maxUnavailable: string): KruiseSidecarSet {
  return {
    metadata: { name: SET },
    spec: {
      selector: { matchLabels: { app: 'shop' } },
      containers: [
        {
          name: 'proxy',
          image: imageOf(version),
          command: ['/usr/local/bin/proxy'],
          resources: {
            requests: { cpu: '5m', memory: '16Mi' },
            limits: { cpu: '1', memory: '256Mi' },
          },
          upgradeStrategy: {
            upgradeType: 'HotUpgrade',
            hotUpgradeEmptyImage: 'registry.example/empty:1',
          },
        },
      ],
      updateStrategy: {
        type: 'RollingUpdate',
        maxUnavailable: /%$/.test(maxUnavailable) ? maxUnavailable : Number(maxUnavailable),
      },
    },
  }
}

type WebhookConfiguration = MutatingWebhookConfiguration | ValidatingWebhookConfiguration

/**
 * Its configurations as its kustomization makes them: names with a prefix, and what the patch says
 * of single webhooks. The manager fills in where it listens.
 */
async function applyWebhooks({ client }: ControlPlane, directory: string): Promise<void> {
  const documents = async (name: string): Promise<readonly WebhookConfiguration[]> => {
    const text = await readFile(join(directory, name), 'utf8')
    return parseAllDocuments(text).map((one) => one.toJS() as WebhookConfiguration)
  }
  const patches = await documents('patch_manifests.yaml')
  for (const one of await documents('manifests.yaml')) {
    const patch = patches.find(({ kind }) => kind === one.kind)
    const webhooks = (one.webhooks ?? []).map((webhook) => ({
      ...webhook,
      ...patch?.webhooks?.find(({ name }) => name === webhook.name),
    }))
    const metadata = { name: `kruise-${one.metadata.name}` }
    const kind =
      one.kind === 'MutatingWebhookConfiguration'
        ? MUTATING_WEBHOOK_CONFIGURATIONS
        : VALIDATING_WEBHOOK_CONFIGURATIONS
    await client.resource<WebhookConfiguration>(kind).create({ metadata, webhooks })
  }
}
