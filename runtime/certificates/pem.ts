import { X509Certificate, createPrivateKey } from 'node:crypto'
import type { Validity } from './rotation.ts'

const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** The certificates of a text, each as PEM with a line end; what is none is left out. */
export function certificatesIn(text: string): readonly string[] {
  return [...text.matchAll(block)].map(([pem]) => `${pem}\n`).filter(isCertificate)
}

/** From when to when a certificate is good. */
export function validityOf(pem: string): Validity {
  const { validFromDate, validToDate } = new X509Certificate(pem)
  return { notBeforeMs: validFromDate.getTime(), notAfterMs: validToDate.getTime() }
}

/** Whether the private key (PEM) is that of the certificate. */
export function fits(certificate: string, key: string): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))
  } catch {
    return false
  }
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem)
    return true
  } catch {
    return false
  }
}
