import type { Setting } from './expression.ts'

export const OPERATOR = 'baton-operator'
export const WEBHOOK = 'baton-webhook'
/** Secret with the authority that signs the webhook's certificates. */
export const AUTHORITY_SECRET = 'baton-ca'
/** Filled by the operator at run time. */
export const WEBHOOK_CONFIGURATIONS = {
  MutatingWebhookConfiguration: 'baton-injection',
  ValidatingWebhookConfiguration: 'baton-validation',
} as const

export const PORTS = { webhook: 9443, health: 8081, metrics: 8080 } as const

export interface ObjectMeta {
  readonly name: string
  readonly namespace?: Setting<string>
  readonly labels: Readonly<Record<string, string>>
}

/** Metadata of an object of one component, in a namespace or, for cluster kinds, in none. */
export function metadataOf(component: string, namespace?: Setting<string>): ObjectMeta {
  return {
    name: component,
    ...(namespace === undefined ? {} : { namespace }),
    labels: labelsOf(component),
  }
}

/** The labels that say what an object belongs to; they select the component's pods too. */
export function labelsOf(component: string): Readonly<Record<string, string>> {
  return { 'app.kubernetes.io/name': component, ...PART_OF }
}

export const PART_OF = { 'app.kubernetes.io/part-of': 'baton' } as const
