import { createHash } from 'node:crypto'
import { buildConnector } from 'undici'
import type { CredentialSource, TlsMaterial } from './credentials.ts'

/** Half-dead links show after 30 s of TCP keep-alive probes; load balancers forget after 60 s. */
const tcpKeepAliveMs = 30_000
const connectTimeoutMs = 10_000

/**
 * A connector that asks for the TLS material at each new connection: a rotated CA or client
 * certificate is taken up without dropping the connections there are.
 */
export function createConnector(credentials: CredentialSource): buildConnector.connector {
  let kept: { readonly fingerprint: string; readonly connect: buildConnector.connector } | undefined
  return (options, callback) => {
    credentials.get().then(
      ({ tls }) => {
        const fingerprint = fingerprintOf(tls)
        if (kept?.fingerprint !== fingerprint) {
          kept = { fingerprint, connect: connectorFor(tls) }
        }
        kept.connect(options, callback)
      },
      (error: unknown) => {
        callback(error instanceof Error ? error : new Error(String(error)), null)
      },
    )
  }
}

function connectorFor(tls: TlsMaterial): buildConnector.connector {
  return buildConnector({
    ...tls,
    timeout: connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelay: tcpKeepAliveMs,
  })
}

function fingerprintOf(tls: TlsMaterial): string {
  const hash = createHash('sha256')
  for (const part of [tls.ca, tls.cert, tls.key, tls.servername, tls.rejectUnauthorized]) {
    hash.update(Buffer.isBuffer(part) ? part : String(part)).update('\0')
  }
  return hash.digest('hex')
}
