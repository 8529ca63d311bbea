import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SYSTEM_NAMESPACE } from '../../api/group.ts'
import { writeArchive } from '../../build/images/oci.ts'
import type { ProductImages } from '../../build/images/products.ts'
import { renderInstall } from '../../manifests/generate.ts'
import type { Client } from '../../runtime/client/client.ts'
import { DEPLOYMENTS } from '../../runtime/client/kinds.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Kubectl } from './kubectl.ts'
import { waitFor } from './wait.ts'

export interface InstallOptions {
  readonly cluster: Cluster
  readonly client: Client
  readonly kubectl: Kubectl
  readonly product: ProductImages
  readonly log: (line: string) => void
}

/** Installs Baton the way a user does, with the images of this checkout, and waits until it is up. */
export async function installBaton(options: InstallOptions): Promise<void> {
  const { cluster, client, kubectl, product, log } = options
  const began = Date.now()
  const directory = mkdtempSync(join(tmpdir(), 'baton-images-'))
  try {
    const archive = join(directory, 'product.tar')
    writeArchive([product.operator, product.agent], archive)
    await cluster.importImage(archive)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
  await kubectl(['apply', '--server-side', '-f', '-'], {
    input: renderInstall({
      operatorImage: product.operator.name,
      agentImage: product.agent.name,
    }),
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
        const wanted = deployment.spec?.replicas ?? 1
        return availableReplicas >= wanted && updatedReplicas === wanted ? true : undefined
      },
      () => seen,
    )
  }
  log(`Baton installed in ${((Date.now() - began) / 1000).toFixed(1)} s`)
}
