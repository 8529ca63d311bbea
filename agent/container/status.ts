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
    ...turnedBack(state),
    slots: Object.fromEntries(
      slots.map((name) => {
        const status = world?.slots[name]?.status
        return [
          name,
          {
            boot: status?.boot ?? 0,
            running: (status?.pid ?? 0) > 0,
            listening: status?.listening ?? [],
            aside: (status?.aside ?? null) !== null,
            standIn: status?.standIn ?? false,
          },
        ]
      }),
    ),
  }
}

/** The handover that was turned back in mid-drain: going on aside, or the last that has ended. */
function turnedBack(state: State): Pick<AgentContainerStatus, 'turnedBack'> {
  if (state.phase === 'Unassigned') return {}
  if (state.aside !== null) return { turnedBack: handoverStatus(state.aside.record, 'Draining') }
  if (state.turnedBack === null) return {}
  return { turnedBack: handoverStatus(state.turnedBack, 'Settled') }
}
