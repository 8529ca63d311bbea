import { realClock } from '../clock/clock.ts'
import { silentLogger } from '../logging/logger.ts'
import { createListeners } from './listeners.ts'
import type { MountedOptions } from './mountedCertificate.ts'
import { pollOf } from './mountedCertificate.ts'
import { readMounted } from './mountedFiles.ts'
import { certificatesIn, validityOf } from './pem.ts'
import type { Trust } from './trust.ts'

export interface MountedTrustOptions extends Omit<MountedOptions, 'metrics'> {
  /** PEM of what whoever verifies has been told to trust so far; '' for nothing. */
  readonly published: () => string
}

/** A bundle that never ends growing would not fit into an object. */
const MOST_CERTIFICATES = 5

/**
 * Trusts the CA in `ca.crt`, and what was trusted before until it expires: servers may still present
 * a certificate by the CA before, for as long as it takes them to see the new one.
 */
export function createMountedTrust(options: MountedTrustOptions): Trust {
  const { directory, overlapMs = 600_000, clock = realClock, published } = options
  const logger = (options.logger ?? silentLogger).with({ directory })
  const listeners = createListeners()
  let current: readonly string[] = []

  const look = async (): Promise<void> => {
    const { 'ca.crt': ca } = await readMounted(directory, ['ca.crt'])
    const found = certificatesIn(ca)
    if (found.length === 0 || found.join('') === current.join('')) return
    current = found
    logger.info('CA read', { certificates: found.length })
    listeners.tell()
  }

  return {
    name: 'mounted CA',
    // Nothing else of the process has to wait for whoever fills the folder.
    ready: () => Promise.resolve(),
    bundle: () => {
      if (current.length === 0) return undefined
      const before = certificatesIn(published()).filter(
        (one) => validityOf(one).notAfterMs > clock.now(),
      )
      return [...new Set([...current, ...before])].slice(0, MOST_CERTIFICATES).join('')
    },
    onChange: (handler) => listeners.add(handler),
    run: async (signal) => {
      while (!signal.aborted) {
        try {
          await look()
        } catch (error) {
          logger.warn('the mounted CA could not be read', { error })
        }
        await clock.sleep(pollOf(overlapMs), signal)
      }
    },
  }
}
