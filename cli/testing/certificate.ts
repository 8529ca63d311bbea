import 'reflect-metadata'
import { X509CertificateGenerator } from '@peculiar/x509'

/** A self-signed certificate, as PEM, that ends at this time. */
export async function certificateUntil(notAfter: Date): Promise<string> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=test',
    notBefore: new Date(0),
    notAfter,
    keys,
    signingAlgorithm: algorithm,
  })
  return certificate.toString('pem')
}
