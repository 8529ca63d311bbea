import type { Pod } from '../../runtime/client/kinds.ts'
import type { KubeObject } from '../../runtime/client/objects.ts'
import type { EventRecorder } from '../../runtime/events/recorder.ts'
import { describeSubject } from '../../api/gateway/subject.ts'
import type { EventReason } from '../../api/eventReasons.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import { backOffSentence } from './resize/crashBackOff.ts'
import { hasMoved } from './rollout/handoverSentence.ts'
import type { WritingDecision } from './write/podWriter.ts'

type Say = (type: 'Normal' | 'Warning', reason: EventReason, message: string) => void

/**
 * The events that a decision is worth once it is carried out, on the pod and on its set. What went
 * wrong is told to the pod's owner too, where the people of the app look; the rest would double the
 * events of a rollout.
 */
export function announce(
  recorder: Pick<EventRecorder, 'event'>,
  { name, set }: { readonly name: string; readonly set: StoredSidecarSet | undefined },
  decision: WritingDecision,
): void {
  const { pod, key } = decision.view
  const onPod = saying(recorder, pod)
  const owner = ownerOf(pod)
  const onOwner: Say = owner === undefined ? () => undefined : saying(recorder, owner)
  const onSet: Say = set === undefined ? () => undefined : saying(recorder, set)
  switch (decision.kind) {
    case 'startUpgrade':
    case 'swapBack': {
      if (decision.kind === 'startUpgrade' && decision.resizeObstacle !== undefined) {
        onPod('Warning', 'ResizeRefused', `the upgrade goes on: ${decision.resizeObstacle}`)
      }
      const way = wayOf(decision)
      const text = `to revision ${decision.target.hash} of ${describeSubject(name)}${way}`
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
      onOwner('Warning', 'UpgradeFailed', `pod ${key}: ${reason}: ${sentence}`)
      onSet('Warning', 'UpgradeFailed', `pod ${key}: ${reason}: ${sentence}`)
      return
    }
    case 'revertFailed': {
      const text = `back to revision ${decision.state.from.revision}`
      onPod('Warning', 'RolledBack', text)
      onOwner('Warning', 'RolledBack', `pod ${key}: ${text}`)
      return
    }
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

/** Whoever made the pod, such as a ReplicaSet. */
function ownerOf({ metadata }: Pod): KubeObject | undefined {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true)
  if (owner === undefined) return undefined
  const { apiVersion, kind, name, uid } = owner
  const { namespace } = metadata
  return {
    apiVersion,
    kind,
    metadata: { name, uid, ...(namespace === undefined ? {} : { namespace }) },
  }
}

function saying(recorder: Pick<EventRecorder, 'event'>, about: KubeObject): Say {
  return (type, reason, message) => {
    recorder.event(about, type, reason, message)
  }
}
