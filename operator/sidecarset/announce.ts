import type { Pod } from '../../runtime/client/kinds.ts'
import type { EventRecorder } from '../../runtime/events/recorder.ts'
import type { EventReason } from '../../api/reasons.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import { backOffSentence } from './resize/crashBackOff.ts'
import { hasMoved } from './rollout/handoverSentence.ts'
import type { WritingDecision } from './write/podWriter.ts'

type Say = (type: 'Normal' | 'Warning', reason: EventReason, message: string) => void

/** The events that a decision is worth once it is carried out, on the pod and on its set. */
export function announce(
  recorder: Pick<EventRecorder, 'event'>,
  { name, set }: { readonly name: string; readonly set: StoredSidecarSet | undefined },
  decision: WritingDecision,
): void {
  const { pod, key } = decision.view
  const onPod = saying(recorder, pod)
  const onSet: Say = set === undefined ? () => undefined : saying(recorder, set)
  switch (decision.kind) {
    case 'startUpgrade':
    case 'swapBack': {
      if (decision.kind === 'startUpgrade' && decision.resizeObstacle !== undefined) {
        onPod('Warning', 'ResizeRefused', `the upgrade goes on: ${decision.resizeObstacle}`)
      }
      const way = wayOf(decision)
      const text = `to revision ${decision.target.hash} of SidecarSet ${name}${way}`
      onPod('Normal', 'UpgradeStarted', `upgrade ${text}`)
      onSet('Normal', 'UpgradeStarted', `pod ${key}: upgrade ${text}`)
      return
    }
    case 'recordResult': {
      const { outcome, reason, sentence } = decision.result
      if (outcome === 'settled') {
        const takenBack = decision.handovers.length > 0 && !decision.handovers.some(hasMoved)
        onPod('Normal', takenBack ? 'RolledBack' : 'HandedOver', sentence)
        return
      }
      onPod('Warning', 'UpgradeFailed', `${reason}: ${sentence}`)
      onSet('Warning', 'UpgradeFailed', `pod ${key}: ${reason}: ${sentence}`)
      return
    }
    case 'revertFailed':
      onPod('Warning', 'RolledBack', `back to revision ${decision.state.from.revision}`)
      return
    case 'endBackOff':
      onPod('Warning', 'BackOffEnded', backOffSentence(decision.heldBack))
      return
    case 'resize':
    case 'startReset':
    case 'startCold':
      return
  }
}

function wayOf({ kind, steps }: Extract<WritingDecision, { steps: unknown }>): string {
  if (steps.every((step) => step.kind === 'keep')) return ', which changes no container'
  return kind === 'swapBack' ? ' by swapping slots' : ''
}

function saying(recorder: Pick<EventRecorder, 'event'>, about: Pod | StoredSidecarSet): Say {
  return (type, reason, message) => {
    recorder.event(about, type, reason, message)
  }
}
