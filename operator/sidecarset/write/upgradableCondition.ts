import type { PodConditionReason } from '../../../api/podConditionReasons.ts'
import { perObject } from '../../../api/perObject.ts'
import type { Pod } from '../../../runtime/client/kinds.ts'

/** Whether what is in a pod can become what its sets want, as OpenKruise tells it. */
export const UPGRADABLE_CONDITION = 'SidecarSetUpgradable'

/**
 * The PATCH of a pod's status that says whether one set can be upgraded in it; undefined when the
 * pod says so already. The message is a JSON map of set -> boolean, and the condition is True when
 * all are. A pod of which nothing was ever said can be upgraded.
 */
export function upgradablePatch(
  pod: Pod,
  set: string,
  isUpgradable: boolean,
  now: number,
): object | undefined {
  const former = pod.status?.conditions?.find(({ type }) => type === UPGRADABLE_CONDITION)
  const told = former === undefined ? {} : toldSets(former)
  if ((told[set] ?? true) === isUpgradable) return undefined
  const sets = { ...told, [set]: isUpgradable }
  const status = Object.values(sets).every(Boolean) ? 'True' : 'False'
  const reason: PodConditionReason<typeof UPGRADABLE_CONDITION> =
    status === 'True' ? 'AllSidecarsetUpgradable' : 'UpdateImmutableField'
  const time = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z')
  const condition = {
    type: UPGRADABLE_CONDITION,
    status,
    reason,
    message: JSON.stringify(sets),
    lastTransitionTime: former?.status === status ? (former.lastTransitionTime ?? time) : time,
  }
  // Two sets of one pod are reconciled at the same time: neither may undo what the other wrote.
  const { resourceVersion } = pod.metadata
  return { metadata: { resourceVersion }, status: { conditions: [condition] } }
}

type Condition = NonNullable<NonNullable<Pod['status']>['conditions']>[number]
type Told = Readonly<Record<string, boolean>>

const toldSets = perObject(({ message = '{}' }: Condition): Told => {
  try {
    const value: unknown = JSON.parse(message)
    if (typeof value !== 'object' || value === null) return {}
    return Object.fromEntries(Object.entries(value).map(([name, told]) => [name, told === true]))
  } catch {
    return {}
  }
})
