import { realClock } from '../clock/clock.ts'
import type { Clock } from '../clock/clock.ts'
import { orAborted } from '../clock/orAborted.ts'
import { silentLogger } from '../logging/logger.ts'
import type { Logger } from '../logging/logger.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { createExpiryMetric } from './expiryMetric.ts'
import { createListeners } from './listeners.ts'
import { readMounted } from './mountedFiles.ts'
import { certificatesIn, fits, validityOf } from './pem.ts'
import type { ServedCertificate, ServingCertificate } from './servingCertificate.ts'

export interface MountedOptions {
  /** Where the Secret is mounted: `tls.crt`, `tls.key` and `ca.crt`, as cert-manager has them. */
  readonly directory: string
  /** How long a new CA is only trusted. Defaults to 10 minutes. */
  readonly overlapMs?: number
  readonly clock?: Clock
  readonly logger?: Logger
  readonly metrics?: Metrics
}

interface Material extends ServedCertificate {
  readonly notBeforeMs: number
  readonly ca: string
}

/**
 * A certificate that somebody else makes and renews. One by the same CA is served at once; one by
 * another CA only after the overlap, because whoever verifies has to be told of that CA first.
 */
export function createMountedCertificate(options: MountedOptions): ServingCertificate {
  const { directory, overlapMs = 600_000, clock = realClock } = options
  const logger = (options.logger ?? silentLogger).with({ directory })
  const listeners = createListeners()
  const setExpiry = createExpiryMetric('serving', options.metrics)
  const first = Promise.withResolvers<undefined>()
  const pollMs = pollOf(overlapMs)
  let current: Material | undefined
  /** Waits until its CA is known. */
  let next: { readonly material: Material; readonly atMs: number } | undefined
  let complaint = ''

  const serve = (material: Material): void => {
    current = material
    next = undefined
    setExpiry(material)
    first.resolve(undefined)
    logger.info('serving certificate read', {
      notAfter: new Date(material.notAfterMs).toISOString(),
    })
    listeners.tell()
  }
  const look = async (): Promise<void> => {
    const found = materialOf(await readMounted(directory, ['tls.crt', 'tls.key', 'ca.crt']))
    if (typeof found === 'string') {
      if (found !== complaint) logger.warn('the mounted certificate cannot be used', { why: found })
      complaint = found
      return
    }
    complaint = ''
    if (found.cert === current?.cert && found.key === current.key) next = undefined
    else if (current === undefined || found.ca === current.ca) serve(found)
    else if (found.cert !== next?.material.cert) {
      // The one that is served must not expire while the other one waits.
      const atMs = Math.min(clock.now() + overlapMs, current.notAfterMs - 2 * pollMs)
      next = { material: found, atMs }
      logger.info('a certificate by another CA waits until that is trusted')
    }
    if (next !== undefined && next.atMs <= clock.now()) serve(next.material)
  }

  return {
    name: 'mounted certificate',
    ready: (signal) => orAborted(first.promise, signal),
    current: () => current,
    onChange: (handler) => listeners.add(handler),
    check: () => {
      if (current === undefined) return `there is no certificate in ${directory} yet`
      return current.notAfterMs > clock.now() ? undefined : 'the certificate has expired'
    },
    run: async (signal) => {
      while (!signal.aborted) {
        try {
          await look()
        } catch (error) {
          logger.warn('the mounted certificate could not be read', { error })
        }
        await clock.sleep(pollMs, signal)
      }
    },
  }
}

/** Often enough that what takes up the overlap is not our looking. */
export function pollOf(overlapMs: number): number {
  return Math.min(5_000, overlapMs / 4)
}

/** What is in the files, or a sentence about why it is of no use. */
function materialOf(files: Readonly<Record<'tls.crt' | 'tls.key' | 'ca.crt', string>>) {
  const { 'tls.crt': chain, 'tls.key': key, 'ca.crt': ca } = files
  const [leaf] = certificatesIn(chain)
  if (leaf === undefined) return 'tls.crt has no certificate'
  if (!fits(leaf, key)) return 'tls.key is not the key of the certificate in tls.crt'
  if (certificatesIn(ca).length === 0)
    return 'ca.crt has no certificate: the issuer must tell its CA'
  return { cert: chain, key, ...validityOf(leaf), ca: certificatesIn(ca).join('') }
}
