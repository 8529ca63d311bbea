import { KubeConfig } from '@kubernetes/client-node'
import { buildProductImages } from '../../build/images/products.ts'
import type { Registry } from '../../build/images/registry.ts'
import { startRegistry } from '../../build/images/registry.ts'
import type { Client } from '../../runtime/client/client.ts'
import { createClient } from '../../runtime/client/client.ts'
import { createTransport } from '../../runtime/transport/transport.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { down, up } from '../cluster/cluster.ts'
import { installBaton } from './install.ts'
import type { Kubectl } from './kubectl.ts'
import { createKubectl } from './kubectl.ts'
import type { Workloads } from './workloads.ts'
import { buildWorkloads, cacheDirectory } from './workloads.ts'

const REGISTRY_PORT = 5000

export interface EnvironmentOptions {
  /** Name of the local cluster: environments of two names do not meet. */
  readonly name: string
  readonly log: (line: string) => void
  readonly signal?: AbortSignal
}

/** A cluster with Baton installed and a registry that has the workloads. */
export interface Environment {
  readonly cluster: Cluster
  readonly client: Client
  readonly kubectl: Kubectl
  readonly registry: Registry
  readonly workloads: Workloads
  /** Closes connections and the registry; the cluster goes too unless it is to be kept. */
  close(options?: { readonly keepCluster?: boolean }): Promise<void>
}

/** Brings everything up. What it made is taken down again when a step fails. */
export async function openEnvironment(options: EnvironmentOptions): Promise<Environment> {
  const { name, log, signal } = options
  const product = buildProductImages({ distDir: 'dist', launcher: 'dist/launcher' })
  const workloads = buildWorkloads({
    cacheDir: cacheDirectory(process.env),
    appBundle: 'dist/app.js',
  })
  const undo: (() => Promise<void>)[] = []
  try {
    undo.push(async () => {
      await down({ name })
    })
    const cluster = await up({ name, log, ...(signal === undefined ? {} : { signal }) })
    const registry = await startRegistry({
      host: cluster.hostAddress,
      port: REGISTRY_PORT,
      images: [...workloads.all, product.operator, product.agent],
    })
    undo.push(() => registry.close())
    const kubeConfig = new KubeConfig()
    kubeConfig.loadFromFile(cluster.kubeconfigPath)
    const transport = createTransport({ kubeConfig, userAgent: 'baton-e2e', fieldManager: 'e2e' })
    undo.push(() => transport.close())
    const client = createClient({ transport })
    const kubectl = createKubectl(cluster.kubectlPath, cluster.kubeconfigPath)
    await installBaton({ cluster, client, kubectl, product, log })
    return {
      cluster,
      client,
      kubectl,
      registry,
      workloads,
      close: async ({ keepCluster = false } = {}) => {
        for (const step of undo.slice(keepCluster ? 1 : 0).reverse()) await step()
      },
    }
  } catch (error) {
    for (const step of undo.reverse()) await step()
    throw error
  }
}
