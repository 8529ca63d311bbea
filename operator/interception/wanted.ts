import { proxyUsers, wantedInterception } from '../../api/interception/wanted.ts'
import { parseInterception } from '../../api/interception/desired.ts'
import type { Interception } from '../../api/interception/desired.ts'
import type { StoredTrafficInterception } from '../../api/v1beta1/kinds.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import type { InterceptionInput } from './plan.ts'
import { viewPod } from './podView.ts'
import type { PodView } from './podView.ts'

/** What an object wants of each of its pods: the same of all whose proxies have the same users. */
export function wantedOf(
  object: StoredTrafficInterception,
  pods: readonly Pod[],
): InterceptionInput['wanted'] {
  const orders = new Map<string, Interception>()
  return viewPods(pods).map((view) => {
    const users = proxyUsers(view.pod)
    const key = users.join()
    const order = orders.get(key) ?? wantedInterception(object, users)
    orders.set(key, order)
    return { view, order }
  })
}

/** Views of pods; most of an app were told the same, which is read once. */
export function viewPods(pods: readonly Pod[]): readonly PodView[] {
  const parsed = new Map<string, Interception>()
  return pods.map((pod) =>
    viewPod(pod, (text) => {
      const value = parsed.get(text) ?? parseInterception(text)
      parsed.set(text, value)
      return value
    }),
  )
}
