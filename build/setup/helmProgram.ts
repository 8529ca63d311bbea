import { join } from 'node:path'

/** The Helm that the chart is tested with. */
export const HELM_VERSION = 'v3.22.0'

/** Where the set-up puts it. */
export function helmBinary(cacheDir: string): string {
  return join(cacheDir, `helm-${HELM_VERSION.slice(1)}`)
}
