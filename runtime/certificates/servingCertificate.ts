import { realClock } from '../clock/clock.ts'
import type { Clock } from '../clock/clock.ts'
import { orAborted } from '../clock/orAborted.ts'
import { silentLogger } from '../logging/logger.ts'
import type { Logger } from '../logging/logger.ts'
import type { Check } from '../metrics/check.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Authority } from './authority.ts'
import { createExpiryMetric } from './expiryMetric.ts'
import { createListeners } from './listeners.ts'
import { renewAtMs } from './rotation.ts'
import { createLeaf } from './x509.ts'
import type { KeyPair } from './x509.ts'

export interface ServingCertificateOptions {
  readonly authority: Authority
  /** E.g. `webhook.system.svc`, or addresses; the first is the common name. */
  readonly dnsNames: readonly string[]
  /** Defaults to 24 hours. */
  readonly leafLifetimeMs?: number
  readonly clock?: Clock
  readonly logger?: Logger
  readonly metrics?: Metrics
}

/** What a TLS server presents. */
export interface ServedCertificate {
  /** PEM. */
  readonly cert: string
  /** PEM. */
  readonly key: string
  readonly notAfterMs: number
}

/** This replica's own short certificate. It lives in memory only: there is nothing to steal or to share. */
export interface ServingCertificate {
  readonly name: string
  run(signal: AbortSignal): Promise<void>
  /** Resolves when there is one, or the signal aborts. */
  ready(signal: AbortSignal): Promise<void>
  current(): ServedCertificate | undefined
  onChange(handler: () => void): () => void
  /** For readiness: wrong when there is none or it has expired. */
  readonly check: Check
}

/** Creates a serving certificate; nothing is issued before `run`. */
export function createServingCertificate(options: ServingCertificateOptions): ServingCertificate {
  const { authority, dnsNames, leafLifetimeMs = 86_400_000, clock = realClock } = options
  const logger = options.logger ?? silentLogger
  const listeners = createListeners()
  const setExpiry = createExpiryMetric('serving', options.metrics)
  const first = Promise.withResolvers<undefined>()
  let current: (ServedCertificate & { readonly renewAtMs: number }) | undefined

  const issue = async (signer: KeyPair): Promise<void> => {
    const leaf = await createLeaf(signer, dnsNames, clock.now(), leafLifetimeMs)
    current = {
      cert: leaf.certificate,
      key: leaf.key,
      notAfterMs: leaf.notAfterMs,
      renewAtMs: renewAtMs(leaf),
    }
    setExpiry(leaf)
    first.resolve(undefined)
    logger.info('serving certificate issued', { notAfter: new Date(leaf.notAfterMs).toISOString() })
    listeners.tell()
  }

  return {
    name: 'serving certificate',
    ready: (signal) => orAborted(first.promise, signal),
    current: () => current,
    onChange: (handler) => listeners.add(handler),
    check: () => {
      if (current === undefined) return 'there is no certificate yet'
      return current.notAfterMs > clock.now() ? undefined : 'the certificate has expired'
    },
    run: async (signal) => {
      await authority.ready(signal)
      let issuedBy: string | undefined
      while (!signal.aborted) {
        const changed = new AbortController()
        const unsubscribe = authority.onChange(() => {
          changed.abort()
        })
        const signer = authority.signer()
        const due = current === undefined || current.renewAtMs <= clock.now()
        if (signer !== undefined && (due || signer.certificate !== issuedBy)) {
          await issue(signer)
          issuedBy = signer.certificate
        }
        const pauseMs = Math.max(1_000, (current?.renewAtMs ?? 0) - clock.now())
        await clock.sleep(pauseMs, AbortSignal.any([signal, changed.signal]))
        unsubscribe()
      }
    },
  }
}
