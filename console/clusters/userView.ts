import type { Clock } from '../../runtime/clock/clock.ts'
import type { Impersonation } from '../../runtime/transport/exchange.ts'
import type { Series } from '../sets/series.ts'
import { createSeries } from '../sets/series.ts'
import type { Credential } from '../session/sessions.ts'
import type { ClusterRow } from '../wire.ts'
import { NOTHING_ALLOWED } from '../wire.ts'
import type { ClusterWatch } from './clusterWatch.ts'
import { createClusterWatch } from './clusterWatch.ts'
import type { Target } from './target.ts'
import { connectAs } from './target.ts'

/** All clusters as one user sees them. */
export interface UserView {
  /** Those that the user has a credential for. */
  readonly watches: ReadonlyMap<string, ClusterWatch>
  /** Rows of the others. */
  readonly strangers: readonly ClusterRow[]
  /** Plots of a set. */
  series(cluster: string, set: string): Series
  close(): Promise<void>
}

export interface UserViewOptions {
  readonly targets: readonly Target[]
  readonly credential: Credential
  readonly impersonation: Impersonation | undefined
  readonly clock: Clock
  readonly probeMs: number
  readonly probeDeadlineMs: number
}

/** Starts to watch; one dead cluster keeps no other waiting, for each has a watch of its own. */
export function startUserView(options: UserViewOptions): UserView {
  const { targets, credential, impersonation, clock } = options
  const stop = new AbortController()
  const watches = new Map<string, ClusterWatch>()
  const strangers: ClusterRow[] = []
  const series = new Map<string, Series>()
  for (const target of targets) {
    const cluster = connectAs(target, credential, impersonation)
    if (cluster === undefined) strangers.push(strangerRow(target, clock.now()))
    else watches.set(target.name, createClusterWatch({ ...options, cluster, name: target.name }))
  }
  const running = [...watches.values()].map((watch) => watch.run(stop.signal))
  return {
    watches,
    strangers,
    series: (cluster, set) => {
      const key = `${cluster}\n${set}`
      const found = series.get(key) ?? createSeries()
      series.set(key, found)
      return found
    },
    close: async () => {
      stop.abort()
      await Promise.all(running)
    },
  }
}

function strangerRow({ name, server }: Target, now: number): ClusterRow {
  return {
    cluster: name,
    server,
    state: 'signedOut',
    reason: 'it was sent no token of yours that it knows',
    since: new Date(now).toISOString(),
    user: '',
    version: '',
    can: NOTHING_ALLOWED,
  }
}
