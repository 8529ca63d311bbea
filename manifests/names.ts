import { SYSTEM_NAMESPACE } from '../api/group.ts'

export const OPERATOR = 'baton-operator'
export const WEBHOOK = 'baton-webhook'
/** Secret with the authority that signs the webhook's certificates. */
export const AUTHORITY_SECRET = 'baton-ca'
/** Written by the operator at run time, so not in the manifest: uninstalling must delete them. */
export const WEBHOOK_CONFIGURATIONS = ['baton-injection', 'baton-validation'] as const

export const PORTS = { webhook: 9443, health: 8081, metrics: 8080 } as const

export interface ObjectMeta {
  readonly name: string
  readonly namespace?: string
  readonly labels: Readonly<Record<string, string>>
}

/** Metadata of an object of one component, in our namespace or, for cluster kinds, in none. */
export function metadataOf(component: string, scope: 'namespace' | 'cluster'): ObjectMeta {
  return {
    name: component,
    ...(scope === 'namespace' ? { namespace: SYSTEM_NAMESPACE } : {}),
    labels: labelsOf(component),
  }
}

/** The labels that say what an object belongs to; they select the component's pods too. */
export function labelsOf(component: string): Readonly<Record<string, string>> {
  return { 'app.kubernetes.io/name': component, 'app.kubernetes.io/part-of': 'baton' }
}
