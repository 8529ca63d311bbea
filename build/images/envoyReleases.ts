import { join } from 'node:path'

/** The releases of Envoy that the set-up installs and the tests upgrade between, oldest first. */
export const ENVOY_VERSIONS = ['1.36.4', '1.38.3', '1.39.3', '1.40.0'] as const
export type EnvoyVersion = (typeof ENVOY_VERSIONS)[number]

/** Where the set-up puts the program of a release. */
export function envoyBinary(cacheDir: string, version: string): string {
  return join(cacheDir, `envoy-${version}`, 'envoy')
}
