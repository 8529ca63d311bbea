import { join } from 'node:path'

/** The OpenKruise that rollouts are measured beside. */
export const KRUISE_VERSION = 'v1.8.3'

/** Where the set-up puts its manager, and what of its configuration is needed with it. */
export function kruiseFiles(cacheDir: string): {
  readonly directory: string
  readonly manager: string
  readonly crds: string
  /** Its webhook configurations, as its kustomization takes them. */
  readonly webhooks: string
} {
  const directory = join(cacheDir, `kruise-${KRUISE_VERSION.slice(1)}`)
  const file = (name: string): string => join(directory, name)
  return { directory, manager: file('manager'), crds: file('crds'), webhooks: file('webhooks') }
}
