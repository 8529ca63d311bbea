import type { Lease } from '../client/kinds.ts'

/** spec of a Lease (coordination.k8s.io/v1). */
export interface LeaseRecord {
  readonly holderIdentity: string
  readonly leaseDurationSeconds: number
  readonly acquireTime: string
  readonly renewTime: string
  readonly leaseTransitions: number
}

/** Who holds a lease and how, or undefined when nobody ever did. */
export function readLease(lease: Lease | undefined): LeaseRecord | undefined {
  const spec = lease?.spec
  if (spec === undefined) return undefined
  return {
    holderIdentity: spec.holderIdentity ?? '',
    leaseDurationSeconds: spec.leaseDurationSeconds ?? 0,
    acquireTime: spec.acquireTime ?? '',
    renewTime: spec.renewTime ?? '',
    leaseTransitions: spec.leaseTransitions ?? 0,
  }
}

/** A MicroTime: the API server wants exactly six digits. */
export function microTime(nowMs: number): string {
  return new Date(nowMs).toISOString().replace('Z', '000Z')
}

/** What was last seen of a lease, and when by our own clock: the holder's clock may be wrong. */
export interface Observation {
  readonly record: LeaseRecord | undefined
  readonly atMs: number
}

/** Keeps the time of an observation while the record stays the same. */
export function observe(
  before: Observation,
  record: LeaseRecord | undefined,
  nowMs: number,
): Observation {
  const same = JSON.stringify(before.record) === JSON.stringify(record)
  return same ? before : { record, atMs: nowMs }
}

/** May `identity` take the lease? It may when it has it, when it was released, or when it ran out. */
export function mayTake(observation: Observation, identity: string, nowMs: number): boolean {
  const { record, atMs } = observation
  if (record === undefined || record.holderIdentity === '') return true
  if (record.holderIdentity === identity) return true
  return atMs + record.leaseDurationSeconds * 1000 < nowMs
}

/** The record with which `identity` takes or renews the lease. */
export function taken(
  record: LeaseRecord | undefined,
  identity: string,
  leaseDurationMs: number,
  nowMs: number,
): LeaseRecord {
  const held = record?.holderIdentity === identity
  return {
    holderIdentity: identity,
    leaseDurationSeconds: Math.max(1, Math.round(leaseDurationMs / 1000)),
    acquireTime: held ? record.acquireTime : microTime(nowMs),
    renewTime: microTime(nowMs),
    leaseTransitions: (record?.leaseTransitions ?? -1) + (held ? 0 : 1),
  }
}

/** The record of a lease that anybody may take at once. */
export function released(record: LeaseRecord, nowMs: number): LeaseRecord {
  return {
    ...record,
    holderIdentity: '',
    leaseDurationSeconds: 1,
    acquireTime: microTime(nowMs),
    renewTime: microTime(nowMs),
  }
}
