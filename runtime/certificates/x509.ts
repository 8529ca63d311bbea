// @peculiar/x509 finds its parts through decorators' metadata and will not load without it.
import 'reflect-metadata'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import type { Extension } from '@peculiar/x509'
import { randomBytes, webcrypto } from 'node:crypto'
import { isIP } from 'node:net'

/** A certificate with its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string
  /** PKCS #8. */
  readonly key: string
  readonly notBeforeMs: number
  readonly notAfterMs: number
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
/** Clocks differ: a certificate must not come from the future anywhere in the cluster. */
const backdateMs = 300_000

/** Makes a self-signed CA that may sign leaves and nothing else. */
export async function createCa(
  commonName: string,
  nowMs: number,
  lifetimeMs: number,
): Promise<KeyPair> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const name = `CN=${commonName}`
  return issue({
    keys,
    subject: name,
    issuer: name,
    signingKey: keys.privateKey,
    notBeforeMs: nowMs - backdateMs,
    notAfterMs: nowMs + lifetimeMs,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.digitalSignature, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
}

/** Makes a server certificate for these names, signed by the CA and no longer valid than it. */
export async function createLeaf(
  ca: KeyPair,
  dnsNames: readonly string[],
  nowMs: number,
  lifetimeMs: number,
): Promise<KeyPair> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const authority = new X509Certificate(ca.certificate)
  const [pkcs8] = PemConverter.decode(ca.key)
  if (pkcs8 === undefined) throw new Error('the CA has no private key')
  const signingKey = await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign'])
  return issue({
    keys,
    // Names beyond 64 characters are legal as alternative names only.
    subject: `CN=${(dnsNames[0] ?? 'server').slice(0, 64)}`,
    issuer: authority.subject,
    signingKey,
    notBeforeMs: Math.max(nowMs - backdateMs, ca.notBeforeMs),
    notAfterMs: Math.min(nowMs + lifetimeMs, ca.notAfterMs),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(
        // A webhook that runs outside of the cluster is called by its address.
        dnsNames.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
      ),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(await authority.publicKey.export()),
    ],
  })
}

interface Request {
  readonly keys: webcrypto.CryptoKeyPair
  readonly subject: string
  readonly issuer: string
  readonly signingKey: webcrypto.CryptoKey
  readonly notBeforeMs: number
  readonly notAfterMs: number
  readonly extensions: readonly Extension[]
}

async function issue(request: Request): Promise<KeyPair> {
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: request.subject,
    issuer: request.issuer,
    notBefore: new Date(request.notBeforeMs),
    notAfter: new Date(request.notAfterMs),
    publicKey: request.keys.publicKey,
    signingKey: request.signingKey,
    signingAlgorithm: algorithm,
    extensions: [...request.extensions],
  })
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', request.keys.privateKey)
  return {
    certificate: `${certificate.toString('pem')}\n`,
    key: `${PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`,
    notBeforeMs: certificate.notBefore.getTime(),
    notAfterMs: certificate.notAfter.getTime(),
  }
}

/** 127 random bits, positive (RFC 5280 wants at most 20 octets). */
function serialNumber(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x01
  return bytes.toString('hex')
}

/** Reads when a PEM certificate is valid. @throws Error when it is none */
export function validityOf(pem: string): {
  readonly notBeforeMs: number
  readonly notAfterMs: number
} {
  const { notBefore, notAfter } = new X509Certificate(pem)
  return { notBeforeMs: notBefore.getTime(), notAfterMs: notAfter.getTime() }
}
