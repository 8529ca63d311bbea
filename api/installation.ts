/** Names that operator, webhook and the manifests of the installation must agree on. */
export const OPERATOR = 'baton-operator'
/** Deployment, Service and field manager of the webhook. */
export const WEBHOOK = 'baton-webhook'

/** Deployment, Service and account of the console, where it runs in the cluster. */
export const CONSOLE = 'baton-console'

/** Secret with the authority that signs the webhook's certificates, in the operator's namespace. */
export const AUTHORITY_SECRET = 'baton-ca'

/** Filled by the operator at run time. */
export const WEBHOOK_CONFIGURATIONS = {
  MutatingWebhookConfiguration: 'baton-injection',
  ValidatingWebhookConfiguration: 'baton-validation',
} as const

/** Where operator, webhook and console listen, unless they are told otherwise. */
export const PORTS = { webhook: 9443, health: 8081, metrics: 8080, console: 8011 } as const

/** Label of everything that belongs to the installation. */
export const PART_OF = { 'app.kubernetes.io/part-of': 'baton' } as const

/** The name in the webhook's certificate: that of its Service, as the API server calls it. */
export function webhookHost(namespace: string): string {
  return `${WEBHOOK}.${namespace}.svc`
}
