import type { AgentContainerStatus } from '../../api/agentStatus.ts'
import { handoverStatus } from '../handover/record.ts'
import type { State } from '../handover/state.ts'
import { shownPhase } from '../handover/state.ts'
import type { World } from '../handover/world.ts'

/** What `GET /status` says of one container; api/agentStatus.ts is the shape. */
export function containerStatus(
  state: State,
  world: World | null,
  slots: readonly string[],
): AgentContainerStatus {
  const phase = shownPhase(state)
  return {
    active: state.active,
    phase,
    handover: state.phase === 'Unassigned' ? null : handoverStatus(state.record, phase),
    slots: Object.fromEntries(
      slots.map((name) => {
        const status = world?.slots[name]?.status
        return [
          name,
          {
            boot: status?.boot ?? 0,
            running: (status?.pid ?? 0) > 0,
            listening: status?.listening ?? [],
          },
        ]
      }),
    ),
  }
}
