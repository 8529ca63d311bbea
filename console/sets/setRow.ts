import { gatewayBehind } from '../../api/gateway/subject.ts'
import { revisionTemplate } from '../../api/revision.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { CanaryStep } from '../../api/v1beta1/sidecarset.ts'
import { setRow as statusRow } from '../../cli/status/setRow.ts'
import { keyOf } from '../../runtime/client/objects.ts'
import { seenOf } from '../acts/seenOf.ts'
import type { CommandRow, Permissions, SetRow, StepRow } from '../wire.ts'
import { offersOf } from './offers.ts'

export interface SetView {
  readonly cluster: string
  readonly can: Permissions
  readonly readOnly: boolean
}

/** A set as the page shows it: what the CLI tells, its steps, and what can be done. */
export function setRow(set: StoredSidecarSet, { cluster, can, readOnly }: SetView): SetRow {
  const { initContainers = [], containers = [] } = revisionTemplate(set.spec)
  const { updateStrategy = {} } = set.spec
  const lastCommand = commandOf(set)
  const gateway = gatewayBehind(set)
  const mayPatch = gateway === undefined ? can.patchSets : can.patchGateways
  return {
    ...statusRow(set),
    cluster,
    title: gateway === undefined ? set.metadata.name : keyOf(gateway),
    isGateway: gateway !== undefined,
    images: [...initContainers, ...containers].map(({ name, image = '' }) => `${name}=${image}`),
    steps: (updateStrategy.canary?.steps ?? []).map(stepOf),
    paused: updateStrategy.paused ?? false,
    seen: seenOf(set),
    offers: mayPatch && !readOnly ? offersOf(set, can) : [],
    ...(lastCommand === undefined ? {} : { lastCommand }),
  }
}

function stepOf({ replicas, pause, analysis }: CanaryStep): StepRow {
  const seconds = pause?.seconds
  return {
    replicas: String(replicas ?? 'as before'),
    ...(pause === undefined
      ? {}
      : { pause: seconds === undefined ? 'until resumed' : `for ${seconds} s` }),
    analysis: analysis !== undefined,
  }
}

function commandOf({ status }: StoredSidecarSet): CommandRow | undefined {
  const command = status?.lastCommand
  if (command === undefined) return undefined
  const { verb = '', by = '', at, outcome, message } = command
  return { verb, by, at, outcome, message }
}
