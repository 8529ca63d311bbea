import type { MutatingWebhookConfiguration } from '../../runtime/client/kinds.ts'
import type { Informer } from '../../runtime/cache/informer.ts'
import type { OwnerReference } from '../../runtime/client/objects.ts'
import { INJECTION_CONFIGURATION } from './manifests.ts'

type Injection = Pick<Informer<MutatingWebhookConfiguration>, 'get'>

/**
 * The injection configuration as an owner. It comes and goes with the installation, so what the
 * operator makes for itself goes too. Undefined while it is not there: then Baton is being removed,
 * and what is made now would stay behind.
 */
export function installationOwner(injection: Injection): OwnerReference | undefined {
  const found = injection.get(INJECTION_CONFIGURATION)
  const { uid, deletionTimestamp } = found?.metadata ?? {}
  if (uid === undefined || deletionTimestamp !== undefined) return undefined
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    name: INJECTION_CONFIGURATION,
    uid,
  }
}

/**
 * Whether the API server has been told to trust a certificate (PEM) for every webhook of ours. The
 * validating configuration is written before the one that is looked at here.
 */
export function isPublished(injection: Injection, certificate: string): boolean {
  const bundles = publishedBundles(injection)
  return bundles.length > 0 && bundles.every((bundle) => bundle.includes(certificate.trim()))
}

/** All that the API server has been told to trust, PEM; some of it perhaps twice. */
export function publishedBundle(injection: Injection): string {
  return publishedBundles(injection).join('')
}

function publishedBundles(injection: Injection): readonly string[] {
  const { webhooks = [] } = injection.get(INJECTION_CONFIGURATION) ?? {}
  return webhooks.map(({ clientConfig }) =>
    Buffer.from(clientConfig.caBundle ?? '', 'base64').toString(),
  )
}
