import type { Transport } from '../transport/transport.ts'
import type { ResourceKind } from './kinds.ts'
import type { KubeObject } from './objects.ts'
import { createResource } from './resource.ts'
import type { ResourceClient } from './resource.ts'

/** Typed access to the API over one transport. */
export interface Client {
  readonly transport: Transport
  resource<T extends KubeObject>(kind: ResourceKind<T>): ResourceClient<T>
}

export interface ClientOptions {
  readonly transport: Transport
}

/**
 * Creates a client.
 *
 * @example
 * const client = createClient({ transport })
 * const pod = await client.resource(PODS).find({ namespace: 'default', name: 'web' })
 */
export function createClient({ transport }: ClientOptions): Client {
  return {
    transport,
    resource: (kind) => createResource(transport, kind),
  }
}
