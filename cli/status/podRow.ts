import type { AgentStatus, HandoverStatus } from '../../api/agentStatus.ts'
import { slotNames } from '../../api/group.ts'
import type { Decision } from '../../operator/sidecarset/rollout/decision.ts'
import { containerStatus, findContainer } from '../../operator/sidecarset/rollout/podStatus.ts'
import type { PodView } from '../../operator/sidecarset/rollout/podView.ts'
import type { ContainerRow, PodStatusRow, SlotRow } from './statusShape.ts'

/** One pod with its slots. */
export function podRow(decision: Decision, agent: AgentStatus | undefined): PodStatusRow {
  const { view } = decision
  const { pod, ready, result, entry } = view
  return {
    pod: pod.metadata.name,
    ready,
    reason: decision.kind === 'none' ? decision.reason : decision.kind,
    sentence: decision.kind === 'none' ? decision.sentence : 'the operator acts on it now',
    ...(result === undefined
      ? {}
      : {
          result: result.reason === '' ? result.sentence : `${result.reason}: ${result.sentence}`,
        }),
    containers: entry.sidecarList.map((name) => containerRow(view, name, agent)),
  }
}

/** A sidecar of a pod with its slots. @param agent what it told, if it was asked */
export function containerRow(
  view: PodView,
  container: string,
  agent: AgentStatus | undefined,
): ContainerRow {
  const isHot = view.working[container] !== undefined
  const slots = isHot ? slotNames(container) : [container]
  const told = agent?.containers[container]
  const handover = told?.handover
  return {
    container,
    ...(handover === null || handover === undefined ? {} : { handover: handoverRow(handover) }),
    slots: slots.map((slot) => ({
      slot,
      image: findContainer(view.pod, slot)?.container.image ?? '',
      state: isHot ? slotState(view, container, slot, agent) : coldState(view, slot),
      restarts: containerStatus(view.pod, slot)?.restartCount ?? 0,
    })),
  }
}

function handoverRow(handover: HandoverStatus): NonNullable<ContainerRow['handover']> {
  const { phase, reason, message, from, to, kernel } = handover
  return {
    phase,
    reason,
    message,
    ...(from === null ? {} : { from }),
    to,
    connectionsLeft: handover.connectionsLeft,
    connectionsDrained: handover.connectionsDrained,
    connectionsCut: handover.connectionsCut,
    kernel,
  }
}

/** By the agent where it was asked, else by what the pod records. */
function slotState(
  view: PodView,
  container: string,
  slot: string,
  agent: AgentStatus | undefined,
): SlotRow['state'] {
  const told = agent?.containers[container]
  if (told === undefined) {
    const serving = view.desired?.containers[container]?.active ?? view.working[container]
    if (view.stage === 'inFlight') return 'Unknown'
    return serving === slot ? 'Serving' : 'Standby'
  }
  if (told.active === slot) return 'Serving'
  const { handover } = told
  const isStarting = handover?.to === slot && ['Starting', 'Confirming'].includes(handover.phase)
  if (isStarting) return 'Starting'
  const isRunning = told.slots[slot]?.running === true || told.slots[slot]?.aside === true
  return isRunning ? 'Draining' : 'Standby'
}

function coldState({ pod }: PodView, name: string): SlotRow['state'] {
  return containerStatus(pod, name)?.state?.running === undefined ? 'Waiting' : 'Running'
}
