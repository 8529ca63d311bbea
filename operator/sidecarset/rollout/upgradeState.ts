import {
  array,
  boolean,
  decodeJson,
  literal,
  number,
  object,
  optional,
  record,
  string,
} from '../../../api/decode.ts'
import { operatorAnnotations } from '../annotationKeys.ts'

const containerInstance = object({
  imageID: optional(string),
  containerID: optional(string),
})

const migration = object({
  /** The slot that serves until the other one does. */
  from: string,
  /** The slot that shall serve. */
  to: string,
  /** What `to` ran before: its way back. */
  idleImage: string,
  /** What `from` is reset to. */
  emptyImage: string,
  /** `from` was given up before it served, and is being reset. */
  withdrawn: optional(boolean),
})

const state = object({
  /** Hash of the wanted revision. */
  revision: string,
  /** Number of its ControllerRevision: the same template applied again later is a new attempt. */
  number: number,
  updateTimestamp: string,
  /** When the first step began; updateTimestamp is that of the present one. */
  startedAt: optional(string),
  /**
   * Id of the attempt, also that of the handover; the result on the pod names it. Absent when there
   * is nothing to wait for.
   */
  id: optional(string),
  /**
   * Hot containers finish before cold ones restart. In between, the old slots of those that migrate
   * by themselves are reset.
   */
  step: literal('hot', 'reset', 'cold'),
  /** Hot containers that change slots, or did so in the upgrade before if nothing starts now. */
  hot: array(string),
  /** Hot containers that migrate by themselves. */
  migrating: optional(record(migration)),
  /** Containers and slots that restart in this step, with the instance that ran before. */
  lastContainerStatuses: record(containerInstance),
  /** Where the pod came from: the way back. */
  from: object({
    revision: string,
    /** Active slots by hot container. */
    slots: record(string),
    /** Images by cold container. */
    images: record(string),
  }),
  /** The attempt failed and the pod is back where it came from. */
  reverted: optional(boolean),
})

const states = record(state)

/**
 * What the operator must know to go on after a restart: the last upgrade of one set's containers in
 * one pod. Kept in the annotation `baton.dev/sidecarset-inplace-update-state`.
 */
export type UpgradeState = ReturnType<typeof state>
export type Migration = ReturnType<typeof migration>
export type ContainerInstance = ReturnType<typeof containerInstance>
export type UpgradeStates = ReturnType<typeof states>

/** By set. An unreadable annotation counts as none: the pod is then taken as it is. */
export function parseUpgradeStates(
  annotations: Readonly<Record<string, string>> | undefined,
): UpgradeStates {
  const text = annotations?.[operatorAnnotations.upgradeState]
  if (text === undefined) return {}
  try {
    return decodeJson(states, text, operatorAnnotations.upgradeState)
  } catch {
    return {}
  }
}

export function formatUpgradeStates(value: UpgradeStates): string {
  return JSON.stringify(value)
}
