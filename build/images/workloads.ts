import { BATON_UID, NODE_PATH, nodeLayer, programLayer } from './base.ts'
import { buildImage } from './oci.ts'
import type { OciImage } from './oci.ts'

/**
 * The registry of the test cluster: the node's mirror configuration leads this host, which exists
 * nowhere, to the registry that the test runs.
 */
export const WORKLOAD_REGISTRY = 'registry.baton.test:5000'

/** Where every proxy image, good or bad, has its program: a SidecarSet names it in `command`. */
export const PROXY_PATH = '/usr/local/bin/envoy'

export const ENVOY_CONFIG_PATH = '/etc/envoy/envoy.yaml'

export interface EnvoyImageOptions {
  /** `1.38.3` */
  readonly version: string
  readonly binary: string
  /** The text of envoy.yaml. */
  readonly config: string
  /** Defaults to the version; images of one version with several configurations need their own. */
  readonly tag?: string
}

/** A real Envoy with its configuration inside, as `<registry>/envoy:<tag>`. */
export function envoyImage(options: EnvoyImageOptions): OciImage {
  const { version, binary, config, tag = version } = options
  return buildImage({
    name: `${WORKLOAD_REGISTRY}/envoy:${tag}`,
    // The configuration is a layer of its own, so that images of one version share the big one.
    base: [programLayer(PROXY_PATH, binary)],
    files: { [ENVOY_CONFIG_PATH]: { text: config } },
    entrypoint: [PROXY_PATH],
    cmd: ['-c', ENVOY_CONFIG_PATH],
    user: String(BATON_UID),
    labels: { 'org.opencontainers.image.version': version },
  })
}

/** The demo's application (build/images/app), as `<registry>/app:<tag>`. */
export function appImage(options: { readonly bundle: string; readonly tag?: string }): OciImage {
  return buildImage({
    name: `${WORKLOAD_REGISTRY}/app:${options.tag ?? '1'}`,
    base: [nodeLayer()],
    files: { '/app/app.js': { fromHost: options.bundle, mode: 0o644 } },
    entrypoint: [NODE_PATH, '/app/app.js'],
    user: String(BATON_UID),
  })
}

/** A proxy that ends with code 1 as soon as it is started, as `<registry>/envoy:<tag>`. */
export function crashingImage(tag = 'crashing'): OciImage {
  return proxyOfScript(tag, "console.error('crashing, as told'); process.exit(1)")
}

/** A proxy that lives, uses no processor and never listens, as `<registry>/envoy:<tag>`. */
export function deafImage(tag = 'deaf'): OciImage {
  return proxyOfScript(tag, "console.log('never listening'); setInterval(() => {}, 2 ** 31 - 1)")
}

function proxyOfScript(tag: string, script: string): OciImage {
  return buildImage({
    name: `${WORKLOAD_REGISTRY}/envoy:${tag}`,
    base: [nodeLayer()],
    files: { [PROXY_PATH]: { text: `#!${NODE_PATH}\n${script}\n`, mode: 0o755 } },
    entrypoint: [PROXY_PATH],
    user: String(BATON_UID),
  })
}
