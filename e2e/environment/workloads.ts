import { existsSync } from 'node:fs'
import type { EnvoyVersion } from '../../build/images/envoyReleases.ts'
import { ENVOY_VERSIONS, envoyBinary } from '../../build/images/envoyReleases.ts'
import type { OciImage } from '../../build/images/oci.ts'
import { appImage, crashingImage, deafImage, envoyImage } from '../../build/images/workloads.ts'
import { envoyConfig } from '../workload/envoyConfig.ts'

/** Images of the test app and of every proxy, good and bad, that the scenarios upgrade to. */
export interface Workloads {
  readonly app: string
  envoy(version: EnvoyVersion): string
  /** Ends with code 1 as soon as it starts. */
  readonly crashing: string
  /** Lives and never listens. */
  readonly deaf: string
  /** An Envoy that hangs when it is asked to. */
  readonly hanging: string
  /** A newer Envoy that leaves out two of the three listeners. */
  readonly fewerListeners: string
  /** An Envoy that takes what interception brings. */
  readonly intercepting: string
  /** Exists in no registry. */
  readonly missing: string
  readonly all: readonly OciImage[]
}

export interface WorkloadOptions {
  /** Where the set-up keeps what it installed. */
  readonly cacheDir: string
  /** The app's bundle. */
  readonly appBundle: string
}

/** Makes the images. Errors: when the set-up has not installed an Envoy. */
export function buildWorkloads(options: WorkloadOptions): Workloads {
  const binary = (version: EnvoyVersion): string => {
    const path = envoyBinary(options.cacheDir, version)
    if (!existsSync(path)) throw new Error(`${path} is missing; run "npm run setup"`)
    return path
  }
  const app = appImage({ bundle: options.appBundle })
  const good = ENVOY_VERSIONS.map((version) =>
    envoyImage({ version, binary: binary(version), config: envoyConfig() }),
  )
  const fewer = envoyImage({
    version: '1.40.0',
    binary: binary('1.40.0'),
    config: envoyConfig({ without: ['httpIpv6', 'tcp'] }),
    tag: '1.40.0-fewer',
  })
  const hanging = envoyImage({
    version: '1.38.3',
    binary: binary('1.38.3'),
    config: envoyConfig({ hangs: true }),
    tag: '1.38.3-hangs',
  })
  const intercepting = envoyImage({
    version: '1.38.3',
    binary: binary('1.38.3'),
    config: envoyConfig({ intercepts: true }),
    tag: '1.38.3-intercepts',
  })
  const crashing = crashingImage()
  const deaf = deafImage()
  const registry = app.name.slice(0, app.name.indexOf('/'))
  return {
    app: app.name,
    envoy: (version) => `${registry}/envoy:${version}`,
    crashing: crashing.name,
    deaf: deaf.name,
    hanging: hanging.name,
    fewerListeners: fewer.name,
    intercepting: intercepting.name,
    missing: `${registry}/envoy:no-such-tag`,
    all: [app, ...good, fewer, hanging, intercepting, crashing, deaf],
  }
}
