import type { AgentStatus } from '../../api/agentStatus.ts'
import type { StoredTrafficInterception } from '../../api/v1beta1/kinds.ts'
import { interceptionRow } from '../../cli/interception/interceptionRow.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import type { SetView } from '../sets/setRow.ts'
import type { AppRow } from '../wire.ts'

/** An app as the page shows it. Without pods: its numbers alone. */
export function appRow(
  object: StoredTrafficInterception,
  { cluster, can, readOnly }: SetView,
  pods: readonly Pod[] = [],
  agents: ReadonlyMap<string, AgentStatus> = new Map(),
): AppRow {
  const machines = machinesOf(object)
  return {
    ...interceptionRow(object, pods, agents),
    cluster,
    ...(machines === undefined ? {} : { machines }),
    generation: object.metadata.generation ?? 0,
    maySwitch: can.patchInterceptions && !readOnly,
  }
}

/** What of the app it is narrowed to. */
function machinesOf({ spec }: StoredTrafficInterception): string | undefined {
  const { nodeSelector, podNames } = spec
  const parts = [
    ...Object.entries(nodeSelector ?? {}).map(([label, value]) => `${label}=${value}`),
    ...(podNames === undefined ? [] : [`pods ${podNames.join(', ')}`]),
  ]
  return parts.length === 0 ? undefined : parts.join('; ')
}
