import { createInformer } from '../../runtime/cache/informer.ts'
import type { Client } from '../../runtime/client/client.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { PODS } from '../../runtime/client/kinds.ts'

export interface SlotSizes {
  /** Every state that the slots of a pod had, in order: image and requests in spec and status. */
  history(): readonly string[]
  stop(): Promise<void>
}

/** Watches what the slots of the namespace's pods ask for, and what they got. */
export async function watchSlotSizes(client: Client, namespace: string): Promise<SlotSizes> {
  const stop = new AbortController()
  const informer = createInformer({ resource: client.resource(PODS), namespace })
  const history: string[] = []
  const running = informer.run(stop.signal)
  await informer.ready(stop.signal)
  informer.onChange((_, __, pod) => {
    const state = pod === undefined ? 'gone' : slotsOf(pod)
    if (history.at(-1) !== state) history.push(state)
  })
  return {
    history: () => [...history],
    stop: async () => {
      stop.abort()
      await running
    },
  }
}

/** `proxy-1 1.38.3 20m/64Mi (20m/64Mi), proxy-2 …`: what it asks for (and has). */
export function slotsOf(pod: Pod): string {
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]
  const statuses = [
    ...(pod.status?.containerStatuses ?? []),
    ...(pod.status?.initContainerStatuses ?? []),
  ]
  return containers
    .filter(({ name }) => /^proxy-[12]$/.test(name))
    .map(({ name, image = '', resources }) => {
      const has = statuses.find((status) => status.name === name)?.resources?.requests
      const tag = image.slice(image.lastIndexOf(':') + 1)
      return `${name} ${tag} ${sizeText(resources?.requests)} (${sizeText(has)})`
    })
    .sort()
    .join(', ')
}

function sizeText(requests: Readonly<Record<string, string>> | undefined): string {
  return requests === undefined ? 'none' : `${requests['cpu'] ?? ''}/${requests['memory'] ?? ''}`
}
