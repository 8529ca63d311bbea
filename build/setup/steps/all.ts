import { existsSync } from 'node:fs'
import { ENVOY_VERSIONS } from '../../images/envoyReleases.ts'
import type { SetupConfig } from '../config.ts'
import type { Step } from '../step.ts'
import { bundlesStep } from './bundles.ts'
import { debianStep } from './debian.ts'
import { envoyBinary } from '../../images/envoyReleases.ts'
import { envoyStep } from './envoy.ts'
import { imagesStep } from './images.ts'
import { kubernetesStep } from './kubernetes.ts'
import { launcherStep } from './launcher.ts'

/** What a command may need of the set-up. */
export type Part = 'kubernetes' | 'envoy' | 'launcher' | 'products'

export const allParts: readonly Part[] = ['kubernetes', 'envoy', 'launcher', 'products']

/** The steps for these parts of the checkout at `root`, in an order that they can be run in. */
export function stepsFor(
  parts: readonly Part[],
  { root, config }: { root: string; config: SetupConfig },
): readonly Step[] {
  const { cacheDir, path } = config
  const wants = (...some: Part[]): boolean => some.some((part) => parts.includes(part))
  const versions = wants('envoy') ? ENVOY_VERSIONS : []
  const needsPip = (): boolean =>
    versions.some((version) => !existsSync(envoyBinary(cacheDir, version)))
  return [
    ...(parts.length > 0 ? [debianStep({ path, needsPip })] : []),
    ...(wants('kubernetes') ? [kubernetesStep({ root, cacheDir })] : []),
    ...versions.map((version) => envoyStep({ cacheDir, version })),
    ...(wants('launcher', 'products') ? [launcherStep({ root })] : []),
    ...(wants('products') ? [bundlesStep({ root }), imagesStep({ root })] : []),
  ]
}
