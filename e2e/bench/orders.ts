import { createInformer } from '../../runtime/cache/informer.ts'
import type { Client } from '../../runtime/client/client.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { PODS } from '../../runtime/client/kinds.ts'

export interface Orders {
  /** When the last PATCH of a pod's spec or desired state was seen, in ms since the epoch. */
  last(): number
  stop(): Promise<void>
}

/**
 * Watches for the operator's PATCH of the namespace's pods: measured from there, times hold neither
 * the prefetch of the image nor the queue of the rollout.
 */
export async function watchOrders(client: Client, namespace: string): Promise<Orders> {
  const stop = new AbortController()
  const informer = createInformer({ resource: client.resource(PODS), namespace })
  let last = 0
  const running = informer.run(stop.signal)
  await informer.ready(stop.signal)
  informer.onChange((_, before, after) => {
    if (before !== undefined && after !== undefined && orderOf(before) !== orderOf(after)) {
      last = Date.now()
    }
  })
  return {
    last: () => last,
    stop: async () => {
      stop.abort()
      await running
    },
  }
}

function orderOf(pod: Pod): string {
  const images = pod.spec?.containers.map(({ image }) => image)
  return JSON.stringify([images, pod.metadata.annotations?.['baton.dev/desired']])
}
