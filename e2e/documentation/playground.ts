import { existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs'
import { rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { envoyBinary } from '../../build/images/envoyReleases.ts'
import type { OciImage } from '../../build/images/oci.ts'
import { writeArchive } from '../../build/images/oci.ts'
import { buildProductImages } from '../../build/images/products.ts'
import { envoyImage } from '../../build/images/workloads.ts'
import { readConfig } from '../../build/setup/config.ts'
import { RELEASE_VERSION } from '../../manifests/version.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { status, up } from '../cluster/cluster.ts'
import { envoyConfig } from '../workload/envoyConfig.ts'

export const PLAYGROUND = 'playground'

/** The releases of Envoy that the pages upgrade between. */
const ENVOYS = ['1.38.3', '1.40.0'] as const

export interface Playground {
  readonly cluster: Cluster
  /** A folder with `kubectl` and `kubectl-baton`, for PATH. */
  readonly programs: string
}

export interface PlaygroundOptions {
  /** Top of the repository, set up. */
  readonly root: string
  readonly log: (line: string) => void
}

/**
 * A cluster, without Baton, whose node has every image that README and guides name: what a reader
 * without a cluster needs, and what the tests type the pages into. One that is up is taken as it is,
 * with the images of this checkout.
 */
export async function openPlayground({ root, log }: PlaygroundOptions): Promise<Playground> {
  const wanted = images(root)
  const digests = wanted.map(({ name, digest }) => `${name} ${digest}\n`).join('')
  if ((await importedInto()) === digests) {
    const cluster = await up({ name: PLAYGROUND, log })
    return { cluster, programs: linkPrograms(cluster, root) }
  }
  const directory = mkdtempSync(join(tmpdir(), 'baton-playground-'))
  try {
    const archive = join(directory, 'images.tar')
    writeArchive(wanted, archive)
    const cluster = await up({ name: PLAYGROUND, images: [archive], log })
    writeFileSync(importedFile(cluster), digests)
    return { cluster, programs: linkPrograms(cluster, root) }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Into a folder that goes with the cluster. */
function linkPrograms({ kubeconfigPath, kubectlPath }: Cluster, root: string): string {
  const programs = join(dirname(kubeconfigPath), 'programs')
  mkdirSync(programs, { recursive: true })
  link(kubectlPath, join(programs, 'kubectl'))
  link(join(root, 'dist/cli.js'), join(programs, 'kubectl-baton'))
  return programs
}

/** Goes with the cluster too. */
function importedFile(cluster: Pick<Cluster, 'kubeconfigPath'>): string {
  return join(dirname(cluster.kubeconfigPath), 'imported')
}

/** Images that the running cluster was given; undefined without one. */
async function importedInto(): Promise<string | undefined> {
  const found = await status({ name: PLAYGROUND })
  if (found.kind !== 'Running') return undefined
  const file = importedFile(found.cluster)
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

/** As manifests name them, so that what is typed is what it would be anywhere. */
function images(root: string): readonly OciImage[] {
  const product = buildProductImages({
    distDir: join(root, 'dist'),
    launcher: join(root, 'dist/launcher'),
    version: RELEASE_VERSION,
  })
  const { cacheDir } = readConfig(process.env)
  const envoys = ENVOYS.flatMap((version) => {
    const binary = envoyBinary(cacheDir, version)
    if (!existsSync(binary)) throw new Error(`${binary} is missing; run "npm run setup"`)
    const image = envoyImage({ version, binary, config: envoyConfig() })
    return [
      { ...image, name: `docker.io/envoyproxy/envoy:v${version}` },
      { ...image, name: `registry.example/envoy:${version}` },
    ]
  })
  return [product.operator, product.agent, ...envoys]
}

function link(target: string, path: string): void {
  rmSync(path, { force: true })
  symlinkSync(target, path)
}
