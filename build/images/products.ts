import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BATON_UID, NODE_PATH, nodeLayer } from './base.ts'
import { iptablesFiles } from './iptables.ts'
import { buildImage } from './oci.ts'
import type { ImageSpec, OciImage } from './oci.ts'

export interface ProductImagesOptions {
  /** Where the bundles are: `operator.js`, `webhook.js`, `agent.js`, and that of the command. */
  readonly distDir: string
  /** The bundle of the command, which serves the console. Defaults to `cli.js`. */
  readonly command?: string
  /** The launcher's binary. */
  readonly launcher: string
  /**
   * The tag, for a release. Defaults to `dev-<hash of the content>`: a changed product can then
   * never run as an image of the same name that a node still has.
   */
  readonly version?: string
}

export interface ProductImages {
  /** Operator, webhook and console: the manifest's command chooses. */
  readonly operator: OciImage
  readonly agent: OciImage
}

/** Makes the images `baton.dev/operator` and `baton.dev/agent`. */
export function buildProductImages(options: ProductImagesOptions): ProductImages {
  const { distDir, command = 'cli.js', launcher, version } = options
  const base = [nodeLayer()]
  const user = String(BATON_UID)
  const bundles = (...names: string[]): NonNullable<ImageSpec['files']> =>
    Object.fromEntries(
      names.map((name) => [`/baton/${name}`, { fromHost: join(distDir, name), mode: 0o644 }]),
    )
  return {
    operator: named('baton.dev/operator', version, {
      base,
      user,
      entrypoint: [NODE_PATH],
      cmd: ['/baton/operator.js'],
      files: {
        ...bundles('operator.js', 'webhook.js'),
        '/baton/console.js': { fromHost: join(distDir, command), mode: 0o644 },
      },
    }),
    agent: named('baton.dev/agent', version, {
      base,
      user,
      entrypoint: [NODE_PATH, '/baton/agent.js'],
      files: {
        ...iptablesFiles(),
        ...bundles('agent.js'),
        '/baton/launcher': { fromHost: launcher, mode: 0o755 },
      },
    }),
  }
}

/** The version of the project, from its package.json. */
export function projectVersion(): string {
  const file = new URL('../../package.json', import.meta.url)
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
  return version
}

function named(name: string, version: string | undefined, spec: Omit<ImageSpec, 'name'>): OciImage {
  const image = buildImage({ ...spec, name: `${name}:dev` })
  // The digest covers the content alone, not the name, so the name can hold it.
  const hash = image.digest.slice('sha256:'.length).slice(0, 12)
  return { ...image, name: `${name}:${version ?? `dev-${hash}`}` }
}
