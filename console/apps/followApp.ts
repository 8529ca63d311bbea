import type { StoredTrafficInterception } from '../../api/v1beta1/kinds.ts'
import { askAgents } from '../../cli/cluster/agents.ts'
import type { Cluster } from '../../cli/cluster/cluster.ts'
import { podsOfInterception } from '../../cli/interception/objects.ts'
import type { Clock } from '../../runtime/clock/clock.ts'
import type { SetView } from '../sets/setRow.ts'
import type { AppRow } from '../wire.ts'
import { appRow } from './appRow.ts'

export interface FollowAppOptions {
  readonly cluster: Cluster
  /** As it is now; undefined when it is gone. */
  readonly object: () => StoredTrafficInterception | undefined
  readonly view: () => SetView
  readonly clock: Clock
  readonly pollMs: number
  readonly onApp: (row: AppRow) => void
  readonly onNotes: (notes: readonly string[]) => void
}

/** Agents of more pods are not asked: the numbers of the status tell how far it is. */
const MOST_ASKED = 300

/** Tells an app with its pods, again and again, until aborted. */
export async function followApp(options: FollowAppOptions, signal: AbortSignal): Promise<void> {
  const { cluster, object, view, clock, pollMs, onApp, onNotes } = options
  while (!signal.aborted) {
    const app = object()
    if (app !== undefined) {
      const notes: string[] = []
      try {
        const pods = await podsOfInterception(cluster, app, notes)
        const asked = view().can.askAgents ? pods.slice(0, MOST_ASKED) : []
        onApp(appRow(app, view(), pods, await askAgents(cluster, asked, notes)))
      } catch (error) {
        notes.push(`pods: ${error instanceof Error ? error.message : String(error)}`)
      }
      onNotes(notes)
    }
    await clock.sleep(pollMs, signal)
  }
}
