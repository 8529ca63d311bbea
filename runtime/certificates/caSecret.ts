import type { Secret } from '../client/kinds.ts'
import type { CaState } from './rotation.ts'
import { validityOf } from './x509.ts'
import type { KeyPair } from './x509.ts'

/** The keys of the Secret's data. null removes one. */
export type CaSecretData = Readonly<Record<string, string | null>>

/** Writes CAs as a Secret's data (base64), naming every key so that a patch removes what is gone. */
export function encodeCaState({ current, next, previous }: CaState): CaSecretData {
  return {
    'tls.crt': encode(current.certificate),
    'tls.key': encode(current.key),
    'next.crt': encode(next?.pair.certificate),
    'next.key': encode(next?.pair.key),
    'next.since': encode(next === undefined ? undefined : new Date(next.sinceMs).toISOString()),
    'previous.crt': encode(previous?.certificate),
  }
}

/** Reads CAs; undefined when there are none or when somebody broke them. */
export function decodeCaState(secret: Secret): CaState | undefined {
  const text = (key: string): string => Buffer.from(secret.data?.[key] ?? '', 'base64').toString()
  const current = pairOf(text('tls.crt'), text('tls.key'))
  if (current === undefined) return undefined
  const next = pairOf(text('next.crt'), text('next.key'))
  const sinceMs = Date.parse(text('next.since'))
  const previous = certificateOf(text('previous.crt'))
  return {
    current,
    ...(next === undefined || Number.isNaN(sinceMs) ? {} : { next: { pair: next, sinceMs } }),
    ...(previous === undefined ? {} : { previous }),
  }
}

function pairOf(certificate: string, key: string): KeyPair | undefined {
  const found = certificateOf(certificate)
  if (found === undefined || !key.includes('PRIVATE KEY')) return undefined
  return { ...found, key }
}

function certificateOf(certificate: string): Omit<KeyPair, 'key'> | undefined {
  if (certificate === '') return undefined
  try {
    return { certificate, ...validityOf(certificate) }
  } catch {
    return undefined
  }
}

function encode(text: string | undefined): string | null {
  return text === undefined ? null : Buffer.from(text).toString('base64')
}
