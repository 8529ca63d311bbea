import { AGENT_CONTAINER, slotNames } from '../../../api/group.ts'
import { containerStatus } from '../rollout/podStatus.ts'
import type { PodView } from '../rollout/podView.ts'
import type { ResizeNote } from './resizeMemory.ts'
import { mebibyteMore, requestedSize } from './slotSize.ts'
import type { SlotSize } from './slotSize.ts'

/** After so long the kubelet has forgotten that a container has ended before. */
const BACK_OFF_MEMORY_MS = 10 * 60 * 1000

/** A container that the kubelet holds back, and the resize that ends that. */
export interface HeldBack {
  readonly container: string
  readonly restartCount: number
  readonly size: SlotSize
  /** How many were ended here in the last ten minutes. */
  readonly before: number
}

/**
 * A container that crashes again although it was helped so often is broken: then the kubelet is
 * right to hold it back.
 */
const MOST_ENDED = 5

/**
 * A container of ours in the kubelet's crash back-off: it makes the pod NotReady for 10 s and more,
 * although listeners and the other slot live. With other resources it has another key and starts
 * within a second (measured). Each back-off is ended once.
 */
export function heldBack(view: PodView, note: ResizeNote | undefined): HeldBack | undefined {
  const slots = Object.keys(view.desired?.containers ?? {}).flatMap((name) => slotNames(name))
  const ours = slots.length === 0 ? [] : [...slots, AGENT_CONTAINER]
  for (const container of ours) {
    const status = containerStatus(view.pod, container)
    if (status === undefined || !isHeldBack(view, status)) continue
    const { restartCount } = status
    const ended = (note?.ended ?? []).filter((one) => one.container === container)
    const present = requestedSize(view.pod, container)
    const again = ended.some((one) => one.restartCount === restartCount)
    if (again || present === undefined || ended.length >= MOST_ENDED) continue
    return { container, restartCount, size: mebibyteMore(present), before: ended.length }
  }
  return undefined
}

type Status = NonNullable<ReturnType<typeof containerStatus>>

/**
 * The kubelet tells of a back-off only when it looks at the pod the next time, 10 s later (measured):
 * until then the container is just `terminated`. But its rule is known: the second end within ten
 * minutes is held back.
 */
function isHeldBack({ stage, desired }: PodView, { name, state, lastState }: Status): boolean {
  if (state?.waiting?.reason === 'CrashLoopBackOff') return true
  const ended = Date.parse(state?.terminated?.finishedAt ?? '')
  const before = Date.parse(lastState?.terminated?.finishedAt ?? '')
  // A slot that gets a new image has been ended on purpose, and has another key.
  const orders = Object.values(desired?.containers ?? {})
  const isRenewed = stage === 'inFlight' && orders.some(({ active }) => active === name)
  return !isRenewed && ended - before < BACK_OFF_MEMORY_MS
}

export function backOffSentence({ container, restartCount, before }: HeldBack): string {
  const last =
    before + 1 === MOST_ENDED
      ? `; it is the ${MOST_ENDED}th time in 10 minutes, and the last: look at what ends ${container}`
      : ''
  return (
    `${container} ended once more after restart ${restartCount}, and the kubelet's crash back-off holds ` +
    `it back; a resize by 1Mi ends that${last}`
  )
}
