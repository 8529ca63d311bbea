import { createBackoff } from '../cache/backoff.ts'
import type { Client } from '../client/client.ts'
import { SECRETS } from '../client/kinds.ts'
import type { Secret } from '../client/kinds.ts'
import type { OwnerReference } from '../client/objects.ts'
import { realClock } from '../clock/clock.ts'
import type { Clock } from '../clock/clock.ts'
import { orAborted } from '../clock/orAborted.ts'
import { silentLogger } from '../logging/logger.ts'
import type { Logger } from '../logging/logger.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { isApiError } from '../transport/apiError.ts'
import { decodeCaState, encodeCaState } from './caSecret.ts'
import { createExpiryMetric } from './expiryMetric.ts'
import { createListeners } from './listeners.ts'
import { bundleOf, planRotation, promoted, succeeded } from './rotation.ts'
import type { CaState, RotationStep } from './rotation.ts'
import type { Trust } from './trust.ts'
import { createCa } from './x509.ts'
import type { KeyPair } from './x509.ts'

export interface AuthorityOptions {
  readonly client: Client
  readonly namespace: string
  readonly secretName: string
  /** How long a new CA is only trusted before it signs. Defaults to 10 minutes. */
  readonly propagationMs?: number
  /** Makes and rotates the CA. Defaults to nobody: this one only reads what another keeps. */
  readonly keeper?: AuthorityKeeper
  readonly clock?: Clock
  readonly random?: () => number
  readonly logger?: Logger
  readonly metrics?: Metrics
}

/** What whoever makes and rotates the CA has to know. */
export interface AuthorityKeeper {
  /** Defaults to 365 days. */
  readonly caLifetimeMs?: number
  /** Defaults to the Secret's name. */
  readonly commonName?: string
  /**
   * Whether whoever verifies has been told to trust the certificate (PEM). A CA that nobody has
   * published must never sign, however long it has been waiting: the publisher may be down.
   */
  isTrusted(certificate: string): boolean
  /** What the Secret shall go with. Undefined: it must not be made now, for its owner is gone. */
  owner(): OwnerReference | undefined
}

/**
 * A CA of our own in a Secret. All replicas of the keeper may make and rotate it; a conflict tells
 * them who was first. All others read it.
 */
export interface Authority extends Trust {
  /** The CA that signs now. */
  signer(): KeyPair | undefined
}

const dayMs = 86_400_000
/** A Secret that somebody deleted or another replica rotated is noticed after this long. */
const longestPollMs = 30_000
/** While something is awaited that nobody tells of. */
const shortPollMs = 250

/** Creates an authority; nothing is read before `run`. */
export function createAuthority(options: AuthorityOptions): Authority {
  const { client, namespace, secretName, keeper, clock = realClock, random = Math.random } = options
  const { propagationMs = 600_000 } = options
  const { caLifetimeMs = 365 * dayMs, commonName = secretName } = keeper ?? {}
  // Several looks within the time that a new CA is given to become known.
  const pollMs = Math.min(longestPollMs, propagationMs / 4)
  const logger = (options.logger ?? silentLogger).with({ secret: secretName })
  const secrets = client.resource(SECRETS)
  const ref = { namespace, name: secretName }
  const listeners = createListeners()
  const setExpiry = createExpiryMetric('ca', options.metrics)
  const first = Promise.withResolvers<undefined>()
  let state: CaState | undefined

  const adopt = (next: CaState): void => {
    const same =
      state !== undefined &&
      bundleOf(state) === bundleOf(next) &&
      state.current.key === next.current.key
    state = next
    setExpiry(next.current)
    first.resolve(undefined)
    if (!same) listeners.tell()
  }
  const newCa = (): Promise<KeyPair> => createCa(commonName, clock.now(), caLifetimeMs)
  const alive = (): CaState | undefined =>
    state !== undefined && state.current.notAfterMs > clock.now() ? state : undefined
  const after = async (
    kind: RotationStep['kind'],
    before: CaState | undefined,
  ): Promise<CaState> => {
    if (before === undefined || kind === 'create') return { current: await newCa() }
    switch (kind) {
      case 'addNext':
        return succeeded(before, await newCa(), clock.now())
      case 'promote':
        return promoted(before)
      case 'dropPrevious':
        return {
          current: before.current,
          ...(before.next === undefined ? {} : { next: before.next }),
        }
      case 'wait':
        return before
    }
  }
  const write = async (
    secret: Secret | undefined,
    next: CaState,
    owner: OwnerReference,
    signal: AbortSignal,
  ) => {
    const data = encodeCaState(next)
    if (secret === undefined) {
      const given = Object.entries(data).filter(
        (entry): entry is [string, string] => entry[1] !== null,
      )
      const metadata = { ...ref, ownerReferences: [owner] }
      await secrets.create(
        { metadata, type: 'Opaque', data: Object.fromEntries(given) },
        { signal },
      )
    } else {
      const { resourceVersion } = secret.metadata
      await secrets.mergePatch(ref, { metadata: { resourceVersion }, data }, { signal })
    }
  }
  /** One look and at most one step; gives the pause until the next. */
  const step = async (signal: AbortSignal): Promise<number> => {
    const secret = await secrets.find(ref, { signal })
    const seen = secret === undefined ? undefined : decodeCaState(secret)
    if (secret !== undefined && seen === undefined) logger.error('the CA in the secret is broken')
    if (keeper === undefined) {
      // What is gone or broken is its keeper's to mend; what we have stays good meanwhile.
      if (seen !== undefined) adopt(seen)
      return state === undefined ? Math.min(shortPollMs, pollMs) : pollMs
    }
    const plan = planRotation(seen, clock.now(), propagationMs)
    if (plan.kind === 'wait' && seen !== undefined) {
      adopt(seen)
      return Math.min(pollMs, plan.untilMs - clock.now())
    }
    const base = seen ?? alive()
    const untold = plan.kind === 'promote' && !keeper.isTrusted(seen?.next?.pair.certificate ?? '')
    const owner = keeper.owner()
    if (untold || owner === undefined) {
      if (seen !== undefined) adopt(seen)
      return Math.min(shortPollMs, pollMs)
    }
    // A CA that was lost is replaced as one that grows old is: who verifies by it never notices.
    const kind = seen === undefined && base !== undefined ? 'addNext' : plan.kind
    const next = await after(kind, base)
    try {
      await write(secret, next, owner, signal)
      logger.info('CA rotated', { step: kind })
    } catch (error) {
      // Another replica made the step: its result is read at once.
      if (!isApiError(error, 'AlreadyExists', 'Conflict')) throw error
      logger.info('another replica rotated the CA', { step: kind })
    }
    return 0
  }

  return {
    name: `authority ${secretName}`,
    ready: (signal) => orAborted(first.promise, signal),
    bundle: () => (state === undefined ? undefined : bundleOf(state)),
    signer: () => state?.current,
    onChange: (handler) => listeners.add(handler),
    run: async (signal) => {
      const backoff = createBackoff({ baseMs: 500, maxMs: 30_000, random })
      const stopped = (): boolean => signal.aborted
      while (!stopped()) {
        try {
          const pauseMs = await step(signal)
          backoff.reset()
          await clock.sleep(pauseMs, signal)
        } catch (error) {
          if (stopped()) return
          logger.warn('the CA could not be looked after', { error })
          await clock.sleep(backoff.nextMs(), signal)
        }
      }
    },
  }
}
