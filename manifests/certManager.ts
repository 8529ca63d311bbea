import { WEBHOOK } from '../api/installation.ts'
import { formatted } from './expression.ts'
import { metadataOf } from './names.ts'
import type { Settings } from './values.ts'
import { SELF_SIGNED_ISSUER } from './values.ts'

/** Secret that cert-manager fills; mounted into the pods, so that nobody needs a right to read it. */
export const CERTIFICATE_SECRET = 'baton-webhook-tls'

/**
 * What cert-manager (cert-manager.io/v1) makes the webhook's certificate of. Its CA gets into the
 * webhook configurations by the operator, not by cert-manager's injector: an entry for a new
 * SidecarSet has it from the beginning, and a new CA is trusted beside the old one.
 */
export function certificates({ namespace, certificates: { issuer } }: Settings): readonly object[] {
  const apiVersion = 'cert-manager.io/v1'
  const metadata = metadataOf(WEBHOOK, namespace.name)
  return [
    {
      apiVersion,
      kind: 'Issuer',
      metadata: { ...metadata, name: SELF_SIGNED_ISSUER },
      spec: { selfSigned: {} },
    },
    {
      apiVersion,
      kind: 'Certificate',
      metadata,
      spec: {
        secretName: CERTIFICATE_SECRET,
        dnsNames: [formatted(`${WEBHOOK}.%s.svc`, namespace.name)],
        issuerRef: issuer,
        duration: '2160h',
        privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
        usages: ['digital signature', 'server auth'],
      },
    },
  ]
}
