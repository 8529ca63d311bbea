import type { Client } from '../client/client.ts'
import { LEASES } from '../client/kinds.ts'
import type { Lease } from '../client/kinds.ts'
import type { OwnerReference } from '../client/objects.ts'
import { realClock } from '../clock/clock.ts'
import type { Clock } from '../clock/clock.ts'
import { orAborted } from '../clock/orAborted.ts'
import { silentLogger } from '../logging/logger.ts'
import type { Logger } from '../logging/logger.ts'
import { createMetrics } from '../metrics/metrics.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { isApiError } from '../transport/apiError.ts'
import { LeadershipLostError } from './leadershipLostError.ts'
import { mayTake, observe, readLease, released, taken } from './leaseRecord.ts'
import type { LeaseRecord, Observation } from './leaseRecord.ts'

export interface LeaderElectorOptions {
  /** Over a transport of its own: renewals must not wait behind a controller's requests. */
  readonly client: Client
  readonly namespace: string
  /** Of the Lease. */
  readonly name: string
  /** Ours, e.g. the pod's name with its uid. Two processes with one identity would both lead. */
  readonly identity: string
  /**
   * What the Lease shall go with. Undefined: there is none now, and the Lease is not made. Defaults
   * to a Lease of its own.
   */
  readonly owner?: () => OwnerReference | undefined
  /** For how long others wait after the last renewal they saw. Defaults to 15,000. */
  readonly leaseDurationMs?: number
  /** After which a leader that cannot renew gives up; below the above. Defaults to 10,000. */
  readonly renewDeadlineMs?: number
  /** Between two tries. Defaults to 2,000. */
  readonly retryPeriodMs?: number
  readonly clock?: Clock
  readonly random?: () => number
  readonly logger?: Logger
  readonly metrics?: Metrics
}

export interface LeaderElector {
  readonly name: string
  /** Takes the lease, keeps it, releases it when aborted. @throws LeadershipLostError */
  run(signal: AbortSignal): Promise<void>
  /** Resolves when this process leads, or the signal aborts. */
  ready(signal: AbortSignal): Promise<void>
  isLeader(): boolean
}

/** Creates an elector on a Lease, with the rules and numbers of client-go. */
export function createLeaderElector(options: LeaderElectorOptions): LeaderElector {
  const { identity, clock = realClock, random = Math.random } = options
  const { leaseDurationMs = 15_000, renewDeadlineMs = 10_000, retryPeriodMs = 2_000 } = options
  const leases = options.client.resource(LEASES)
  const ref = { namespace: options.namespace, name: options.name }
  const logger = (options.logger ?? silentLogger).with({ lease: options.name, identity })
  const master = (options.metrics ?? createMetrics()).gauge({
    name: 'leader_election_master_status',
    help: '1 when this process leads, by lease.',
    labelNames: ['name'],
  })
  const elected = Promise.withResolvers<undefined>()
  // A try is a pause, a read and a write: even if both time out, it ends at the renewal deadline.
  const deadlineMs = Math.max(1, (renewDeadlineMs - retryPeriodMs) / 2)
  const stopped = (signal: AbortSignal): boolean => signal.aborted
  let leads = false
  let observation: Observation = { record: undefined, atMs: clock.now() }
  master.set({ name: options.name }, 0)

  const metadataOfNew = () => {
    if (options.owner === undefined) return ref
    const owner = options.owner()
    if (owner === undefined) throw new Error('the owner of the lease is not there')
    return { ...ref, ownerReferences: [owner] }
  }
  const write = (lease: Lease | undefined, record: LeaseRecord, signal?: AbortSignal) => {
    const call = { deadlineMs, ...(signal === undefined ? {} : { signal }) }
    if (lease === undefined) return leases.create({ metadata: metadataOfNew(), spec: record }, call)
    // The version is a precondition: of two who try, one gets a Conflict.
    const { resourceVersion } = lease.metadata
    return leases.mergePatch(ref, { metadata: { resourceVersion }, spec: record }, call)
  }
  /** True when the lease is ours afterwards. */
  const tryTake = async (signal: AbortSignal): Promise<boolean> => {
    try {
      const lease = await leases.find(ref, { signal, deadlineMs })
      observation = observe(observation, readLease(lease), clock.now())
      if (!mayTake(observation, identity, clock.now())) return false
      const record = taken(observation.record, identity, leaseDurationMs, clock.now())
      const written = await write(lease, record, signal)
      observation = observe(observation, readLease(written), clock.now())
      return true
    } catch (error) {
      if (isApiError(error, 'Conflict', 'AlreadyExists')) {
        logger.debug('another candidate was faster', { error })
      } else if (!signal.aborted) logger.warn('lease could not be taken or renewed', { error })
      return false
    }
  }
  const acquire = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted && !(await tryTake(signal))) {
      await clock.sleep(retryPeriodMs * (1 + random() * 0.2), signal)
    }
  }
  const hold = async (signal: AbortSignal): Promise<void> => {
    let renewedAtMs = clock.now()
    for (;;) {
      await clock.sleep(retryPeriodMs, signal)
      if (stopped(signal)) return
      // Counted from before the request: others count from when they see its effect, which is later.
      const triedAtMs = clock.now()
      const renewed = await tryTake(signal)
      if (renewed) renewedAtMs = triedAtMs
      const { holderIdentity } = observation.record ?? {}
      const stolen = holderIdentity !== identity
      if (stolen || clock.now() - renewedAtMs >= renewDeadlineMs) {
        if (stopped(signal)) return
        const seen = stolen ? `it is held by '${holderIdentity ?? ''}'` : 'no renewal in time'
        throw new LeadershipLostError(`the lease ${options.name} was lost: ${seen}`)
      }
    }
  }
  const release = async (): Promise<void> => {
    try {
      const lease = await leases.find(ref, { deadlineMs })
      const record = readLease(lease)
      if (record?.holderIdentity !== identity) return
      await write(lease, released(record, clock.now()))
      logger.info('lease released')
    } catch (error) {
      logger.warn('lease could not be released', { error })
    }
  }

  return {
    name: `leader elector ${options.name}`,
    run: async (signal) => {
      await acquire(signal)
      if (signal.aborted) {
        // The request that took it may have been answered while we were told to stop.
        if (observation.record?.holderIdentity === identity) await release()
        return
      }
      leads = true
      master.set({ name: options.name }, 1)
      logger.info('became leader')
      elected.resolve(undefined)
      try {
        await hold(signal)
      } finally {
        leads = false
        master.set({ name: options.name }, 0)
      }
      await release()
    },
    ready: (signal) => orAborted(elected.promise, signal),
    isLeader: () => leads,
  }
}
