import { createClient } from '../client/client.ts'
import type { Client } from '../client/client.ts'
import { createTransport } from '../transport/transport.ts'
import type { TransportOptions } from '../transport/transport.ts'
import type { FakeApiServer } from './apiserver.ts'

/** A client of a fake server; close its transport at the end. */
export function connect(server: FakeApiServer, options: Partial<TransportOptions> = {}): Client {
  const transport = createTransport({
    kubeConfig: server.kubeConfig(),
    userAgent: 'runtime-test/1',
    fieldManager: 'runtime-test',
    ...options,
  })
  return createClient({ transport })
}
