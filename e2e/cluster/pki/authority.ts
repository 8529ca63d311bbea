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
  X509CertificateGenerator,
} from '@peculiar/x509'
import type { X509Certificate } from '@peculiar/x509'
import type { webcrypto } from 'node:crypto'
import { isIP } from 'node:net'

const { crypto } = globalThis
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const dayMs = 24 * 60 * 60 * 1000

/** A certificate with its private key, both as PEM text. */
export interface KeyPair {
  readonly certificate: string
  readonly privateKey: string
}

export interface CertificateRequest {
  readonly commonName: string
  /** To Kubernetes these are the groups of the user. */
  readonly organizations?: readonly string[]
  readonly usage: 'server' | 'client'
  /** Names and IP addresses of a server. */
  readonly names?: readonly string[]
}

/** A certificate authority: its own certificate, and the certificates it issues. */
export interface Authority {
  readonly certificate: string
  readonly privateKey: string
  issue(request: CertificateRequest): Promise<KeyPair>
}

/** Makes a new authority; its certificates are valid for ten years, from a day ago. */
export async function createAuthority(commonName: string): Promise<Authority> {
  const keys = await newKeys()
  const root = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [commonName] }],
    keys,
    ...validity(),
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(
        KeyUsageFlags.keyCertSign | KeyUsageFlags.digitalSignature | KeyUsageFlags.cRLSign,
        true,
      ),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return {
    certificate: root.toString('pem'),
    privateKey: await privateKeyPem(keys.privateKey),
    issue: (request) => issue(request, root, keys),
  }
}

/** A key pair without a certificate: service account tokens are signed with it. */
export async function createSigningKey(): Promise<{ publicKey: string; privateKey: string }> {
  const keys = await newKeys()
  const publicKey = await crypto.subtle.exportKey('spki', keys.publicKey)
  return {
    publicKey: PemConverter.encode(publicKey, 'PUBLIC KEY'),
    privateKey: await privateKeyPem(keys.privateKey),
  }
}

async function issue(
  { commonName, organizations = [], usage, names = [] }: CertificateRequest,
  root: X509Certificate,
  rootKeys: webcrypto.CryptoKeyPair,
): Promise<KeyPair> {
  const keys = await newKeys()
  const { serverAuth, clientAuth } = ExtendedKeyUsage
  const certificate = await X509CertificateGenerator.create({
    subject: [...organizations.map((name) => ({ O: [name] })), { CN: [commonName] }],
    issuer: root.subjectName,
    publicKey: keys.publicKey,
    signingKey: rootKeys.privateKey,
    signingAlgorithm: algorithm,
    ...validity(),
    extensions: [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([usage === 'server' ? serverAuth : clientAuth]),
      await AuthorityKeyIdentifierExtension.create(rootKeys.publicKey),
      ...(names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names.map(toName))]),
    ],
  })
  return {
    certificate: certificate.toString('pem'),
    privateKey: await privateKeyPem(keys.privateKey),
  }
}

function toName(value: string): { type: 'ip' | 'dns'; value: string } {
  return { type: isIP(value) === 0 ? 'dns' : 'ip', value }
}

function validity() {
  const now = Date.now()
  return { notBefore: new Date(now - dayMs), notAfter: new Date(now + 3650 * dayMs) }
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  return PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')
}
