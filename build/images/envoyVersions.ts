/** The releases of Envoy that the set-up installs and the tests upgrade between, oldest first. */
export const ENVOY_VERSIONS = ['1.36.4', '1.38.3', '1.39.3', '1.40.0'] as const
