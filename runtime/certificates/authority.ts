import { createBackoff } from '../cache/backoff.ts'
import type { Client } from '../client/client.ts'
import { SECRETS } from '../client/kinds.ts'
import type { Secret } from '../client/kinds.ts'
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
import { bundleOf, planRotation, promoted } from './rotation.ts'
import type { CaState, RotationStep } from './rotation.ts'
import { createCa } from './x509.ts'
import type { KeyPair } from './x509.ts'

export interface AuthorityOptions {
  readonly client: Client
  readonly namespace: string
  readonly secretName: string
  /** Defaults to the Secret's name. */
  readonly commonName?: string
  /** Defaults to 365 days. */
  readonly caLifetimeMs?: number
  /** How long a new CA is only trusted before it signs. Defaults to 10 minutes. */
  readonly propagationMs?: number
  readonly clock?: Clock
  readonly random?: () => number
  readonly logger?: Logger
  readonly metrics?: Metrics
}

/**
 * A CA of our own in a Secret, shared by all replicas: whoever comes first creates it, whoever comes
 * later uses it, and any of them rotates it.
 */
export interface Authority {
  readonly name: string
  run(signal: AbortSignal): Promise<void>
  /** Resolves when there is a CA, or the signal aborts. */
  ready(signal: AbortSignal): Promise<void>
  /** PEM of all that is to be trusted, for a `caBundle` (there base64, as everywhere in the API). */
  bundle(): string | undefined
  /** The CA that signs now. */
  signer(): KeyPair | undefined
  /** Called when bundle or signer changed; gives the unsubscribe. */
  onChange(handler: () => void): () => void
}

const dayMs = 86_400_000
/** A Secret that somebody deleted or another replica rotated is noticed after this long. */
const pollMs = 30_000

/** Creates an authority; nothing is read before `run`. */
export function createAuthority(options: AuthorityOptions): Authority {
  const { client, namespace, secretName, clock = realClock, random = Math.random } = options
  const { commonName = secretName, caLifetimeMs = 365 * dayMs, propagationMs = 600_000 } = options
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
    setExpiry(next.current.notAfterMs)
    first.resolve(undefined)
    if (!same) listeners.tell()
  }
  const newCa = (): Promise<KeyPair> => createCa(commonName, clock.now(), caLifetimeMs)
  const after = async (step: RotationStep, before: CaState | undefined): Promise<CaState> => {
    if (before === undefined || step.kind === 'create') return { current: await newCa() }
    switch (step.kind) {
      case 'addNext':
        return { ...before, next: { pair: await newCa(), sinceMs: clock.now() } }
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
  const write = async (secret: Secret | undefined, next: CaState, signal: AbortSignal) => {
    const data = encodeCaState(next)
    if (secret === undefined) {
      const given = Object.entries(data).filter(
        (entry): entry is [string, string] => entry[1] !== null,
      )
      const object = { metadata: ref, type: 'Opaque', data: Object.fromEntries(given) }
      await secrets.create(object, { signal })
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
    const plan = planRotation(seen, clock.now(), propagationMs)
    if (plan.kind === 'wait') {
      adopt(await after(plan, seen))
      return Math.min(pollMs, plan.untilMs - clock.now())
    }
    try {
      await write(secret, await after(plan, seen), signal)
      logger.info('CA rotated', { step: plan.kind })
    } catch (error) {
      // Another replica made the step: its result is read at once.
      if (!isApiError(error, 'AlreadyExists', 'Conflict')) throw error
      logger.info('another replica rotated the CA', { step: plan.kind })
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
