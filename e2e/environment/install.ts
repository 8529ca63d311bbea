import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SYSTEM_NAMESPACE } from '../../api/group.ts'
import { writeArchive } from '../../build/images/oci.ts'
import type { ProductImages } from '../../build/images/products.ts'
import type { InstallChoices } from '../../manifests/generate.ts'
import { renderInstall } from '../../manifests/generate.ts'
import type { Client } from '../../runtime/client/client.ts'
import { DEPLOYMENTS } from '../../runtime/client/kinds.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Kubectl } from './kubectl.ts'
import { meshSet } from '../workload/mesh.ts'
import { waitFor } from './wait.ts'

export interface InstallOptions {
  readonly client: Client
  readonly kubectl: Kubectl
  readonly product: ProductImages
  /** Other lifetimes than those by default. */
  readonly certificates?: InstallChoices['certificates']
  readonly log: (line: string) => void
}

/** Brings the product's images onto the node of a local cluster. */
export async function importProduct(cluster: Cluster, product: ProductImages): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'baton-images-'))
  try {
    const archive = join(directory, 'product.tar')
    writeArchive([product.operator, product.agent], archive)
    await cluster.importImage(archive)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Installs Baton the way a user does, with the images of this checkout, and waits until it is up. */
export async function installBaton(options: InstallOptions): Promise<void> {
  const { client, kubectl, product, certificates, log } = options
  const began = Date.now()
  await kubectl(['apply', '--server-side', '-f', '-'], {
    input: manifest(product, certificates),
  })
  for (const name of ['baton-operator', 'baton-webhook']) {
    let seen = ''
    await waitFor(
      `deployment ${name} available`,
      120_000,
      async () => {
        const deployment = await client
          .resource(DEPLOYMENTS)
          .get({ namespace: SYSTEM_NAMESPACE, name })
        seen = JSON.stringify(deployment.status)
        const { availableReplicas = 0, updatedReplicas = 0 } = deployment.status ?? {}
        const { observedGeneration = 0 } = deployment.status ?? {}
        const wanted = deployment.spec?.replicas ?? 1
        const current = observedGeneration >= (deployment.metadata.generation ?? 0)
        return current && availableReplicas >= wanted && updatedReplicas === wanted
          ? true
          : undefined
      },
      () => seen,
    )
  }
  // Available means ready pods; the Service leads to them when the node's proxy has learnt of them.
  let refusal = ''
  await waitFor(
    'webhook reachable through its Service',
    60_000,
    async () => {
      try {
        await kubectl(['apply', '--server-side', '--dry-run=server', '-f', '-'], {
          input: JSON.stringify(meshSet({ name: 'probe', image: 'registry.example/probe:1' })),
        })
        return true
      } catch (error) {
        refusal = String(error)
        return undefined
      }
    },
    () => refusal,
  )
  log(`Baton installed in ${((Date.now() - began) / 1000).toFixed(1)} s`)
}

/** Removes what {@link installBaton} made, the way the README says. */
export async function uninstallBaton(kubectl: Kubectl, product: ProductImages): Promise<void> {
  await kubectl(['delete', 'trafficinterceptions', '--all', '-A', '--ignore-not-found'])
  await kubectl(['delete', 'ingressgateways', '--all', '-A', '--ignore-not-found'])
  await kubectl(['delete', 'sidecarsets', '--all', '--ignore-not-found'])
  await kubectl(['delete', '--ignore-not-found', '-f', '-'], { input: manifest(product) })
}

function manifest(
  { operator, agent }: ProductImages,
  certificates?: InstallChoices['certificates'],
): string {
  return renderInstall({
    operatorImage: operator.name,
    agentImage: agent.name,
    ...(certificates === undefined ? {} : { certificates }),
  })
}
