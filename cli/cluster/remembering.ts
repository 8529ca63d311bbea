import { createClient } from '../../runtime/client/client.ts'
import type { Transport } from '../../runtime/transport/transport.ts'
import type { Cluster } from './cluster.ts'

/**
 * The same cluster, which is asked each question once: for commands that look at one thing from many
 * sides within seconds. A list of ten thousand pods is worth keeping.
 */
export function remembering(cluster: Cluster): Cluster {
  const { transport } = cluster.client
  const answers = new Map<string, Promise<unknown>>()
  const once: Transport = {
    ...transport,
    request: (request) => {
      if (request.method !== 'GET') return transport.request(request)
      const key = `${request.path} ${JSON.stringify(request.query ?? {})}`
      const answer = answers.get(key) ?? transport.request(request)
      answers.set(key, answer)
      return answer
    },
  }
  return { ...cluster, client: createClient({ transport: once }) }
}
