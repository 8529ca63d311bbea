import { KubeConfig } from '@kubernetes/client-node'
import type { OciImage } from '../../build/images/oci.ts'
import type { ProductImages } from '../../build/images/products.ts'
import { buildProductImages } from '../../build/images/products.ts'
import type { Registry } from '../../build/images/registry.ts'
import { startRegistry } from '../../build/images/registry.ts'
import { WORKLOAD_REGISTRY } from '../../build/images/workloads.ts'
import { readConfig } from '../../build/setup/config.ts'
import { helmBinary } from '../../build/setup/helmProgram.ts'
import type { Client } from '../../runtime/client/client.ts'
import { createClient } from '../../runtime/client/client.ts'
import { createTransport } from '../../runtime/transport/transport.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { down, up, useExisting } from '../cluster/cluster.ts'
import { importProduct, installBaton, uninstallBaton } from './install.ts'
import type { Kubectl } from './kubectl.ts'
import { createKubectl } from './kubectl.ts'
import type { Workloads } from './workloads.ts'
import { buildWorkloads } from './workloads.ts'

const REGISTRY_PORT = 5000

export interface EnvironmentOptions {
  /** Name of the local cluster: environments of two names do not meet. */
  readonly name: string
  /** Take the cluster that KUBECONFIG points to instead of making one; see e2e/README.md. */
  readonly useExisting?: boolean
  readonly log: (line: string) => void
  readonly signal?: AbortSignal
}

/** A cluster with Baton installed and a registry that has the workloads. */
export interface Environment {
  readonly cluster: Cluster
  /** False for an existing cluster: its node's processes cannot be seen or killed from here. */
  readonly nodeAccess: boolean
  readonly client: Client
  readonly kubectl: Kubectl
  /** Helm, which `npm run setup` leaves out and the suites bring. */
  readonly helm: Kubectl
  /** The images that are installed. */
  readonly product: ProductImages
  readonly registry: Registry
  readonly workloads: Workloads
  /** Closes connections and the registry; the cluster goes too unless it is to be kept. */
  close(options?: { readonly keepCluster?: boolean }): Promise<void>
}

/** Brings everything up. What it made is taken down again when a step fails. */
export async function openEnvironment(options: EnvironmentOptions): Promise<Environment> {
  const { name, log, signal } = options
  const existing = options.useExisting === true
  const product = productImages(existing)
  const workloads = buildWorkloads({
    cacheDir: readConfig(process.env).cacheDir,
    appBundle: 'dist/app.js',
  })
  const undo: { readonly ofCluster: boolean; readonly run: () => Promise<unknown> }[] = []
  const close = async ({ keepCluster = false } = {}): Promise<void> => {
    for (const { ofCluster, run } of undo.reverse()) if (!ofCluster || !keepCluster) await run()
  }
  try {
    if (!existing) undo.push({ ofCluster: true, run: () => down({ name }) })
    const cluster = existing
      ? useExisting()
      : await up({ name, log, ...(signal === undefined ? {} : { signal }) })
    const registry = await startRegistry({
      host: existing ? '0.0.0.0' : cluster.hostAddress,
      port: REGISTRY_PORT,
      images: [...workloads.all, product.operator, product.agent],
    })
    undo.push({ ofCluster: false, run: () => registry.close() })
    const kubeConfig = new KubeConfig()
    kubeConfig.loadFromFile(cluster.kubeconfigPath)
    const transport = createTransport({ kubeConfig, userAgent: 'baton-e2e', fieldManager: 'e2e' })
    undo.push({ ofCluster: false, run: () => transport.close() })
    const client = createClient({ transport })
    const { kubeconfigPath } = cluster
    const kubectl = createKubectl(cluster.kubectlPath, kubeconfigPath)
    const helm = createKubectl(helmBinary(readConfig(process.env).cacheDir), kubeconfigPath)
    if (existing) undo.push({ ofCluster: true, run: () => uninstallBaton(kubectl, product) })
    else await importProduct(cluster, product)
    await installBaton({ client, kubectl, product, log })
    const programs = { client, kubectl, helm }
    return { cluster, nodeAccess: !existing, ...programs, product, registry, workloads, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** An existing cluster gets the product from the test's registry, as it gets the workloads. */
function productImages(existing: boolean): ProductImages {
  const product = buildProductImages({ distDir: 'dist', launcher: 'dist/launcher' })
  const moved = (image: OciImage): OciImage => ({
    ...image,
    name: image.name.replace('baton.dev/', `${WORKLOAD_REGISTRY}/baton/`),
  })
  return existing ? { operator: moved(product.operator), agent: moved(product.agent) } : product
}
