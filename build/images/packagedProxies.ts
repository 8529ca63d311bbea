import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { loaderBelow } from '../setup/proxyPackages.ts'
import { accountsLayer, BATON_UID } from './base.ts'
import { buildImage } from './oci.ts'
import type { FileSource, OciImage } from './oci.ts'
import { WORKLOAD_REGISTRY } from './workloads.ts'

/** Where the images that the two projects publish have their programs: manifests name these. */
const PROGRAM_PATHS = { haproxy: '/usr/local/sbin/haproxy', nginx: '/usr/sbin/nginx' } as const
export type PackagedProxy = keyof typeof PROGRAM_PATHS

export interface PackagedImageOptions {
  readonly name: PackagedProxy
  /** The unpacked packages: the program, its loader and its libraries, each at its path below it. */
  readonly root: string
  readonly version: string
  /** Defaults to the version. */
  readonly tag?: string
}

/** HAProxy or nginx of unpacked packages, as `<registry>/<name>:<tag>`, without a configuration. */
export function packagedImage({ name, root, version, tag }: PackagedImageOptions): OciImage {
  const program = join(root, 'usr/sbin', name)
  return buildImage({
    name: `${WORKLOAD_REGISTRY}/${name}:${tag ?? version}`,
    base: [accountsLayer()],
    files: {
      ...librariesBelow(root, program),
      [PROGRAM_PATHS[name]]: { fromHost: program, mode: 0o755 },
    },
    entrypoint: [PROGRAM_PATHS[name]],
    user: String(BATON_UID),
    labels: {
      'org.opencontainers.image.version': version,
      'org.opencontainers.image.ref.name': tag ?? version,
    },
  })
}

// `libz.so.1 => /root/lib/libz.so.1 (0x…)`, and `/lib64/ld-… => …` where programs look for the loader.
const libraryLine = /^\s*(\S+) => (\/.+) \(0x[0-9a-f]+\)$/gm

/**
 * What the program loads, as its own loader finds it below the root. Errors: a library is missing
 * there, or comes from this machine, whose loader another release's library need not fit.
 */
function librariesBelow(root: string, program: string): Record<string, FileSource> {
  const folders = loaderBelow(root)
    .libraries.map((folder) => join(root, folder))
    .join(':')
  const loader = join(root, loaderBelow(root).path)
  const args = ['--library-path', folders, '--list', program]
  const { stdout, stderr, status, error } = spawnSync(loader, args, { encoding: 'utf8' })
  if (error !== undefined)
    throw new Error(`cannot list the libraries of ${program}`, { cause: error })
  if (status !== 0 || stdout.includes('not found'))
    throw new Error(`${program} does not load with what is below ${root}: ${stdout}${stderr}`)
  return Object.fromEntries(
    [...stdout.matchAll(libraryLine)].map(([, name = '', file = '']) => {
      if (!file.startsWith(`${root}/`))
        throw new Error(`${program} loads ${file}, which is not below ${root}`)
      const path = name.startsWith('/') ? name : file.slice(root.length)
      return [path, { fromHost: file, mode: 0o755 }]
    }),
  )
}
