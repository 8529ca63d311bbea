import type { KubeConfig } from '@kubernetes/client-node'
import { RELEASE_VERSION } from '../../manifests/version.ts'
import type { Client } from '../../runtime/client/client.ts'
import { createClient } from '../../runtime/client/client.ts'
import type { ObjectRef } from '../../runtime/client/objects.ts'
import type { Impersonation } from '../../runtime/transport/exchange.ts'
import type { Transport } from '../../runtime/transport/transport.ts'
import { createTransport } from '../../runtime/transport/transport.ts'
import type { Forwarded } from './forward.ts'
import { forwardTo } from './forward.ts'
import type { KubeConfigOptions } from './kubeconfig.ts'
import { loadKubeConfig, noCluster, useContext } from './kubeconfig.ts'

/** The API server, as the user of the kubeconfig. */
export interface Cluster {
  readonly client: Client
  /** URL of the API server. */
  readonly server: string
  /** Name of the context. */
  readonly context: string
  /** For pods that are named without one. */
  readonly namespace: string
  /** A port of a pod: see forwardTo. */
  forward(pod: ObjectRef, port: number): Promise<Forwarded>
  close(): Promise<void>
}

export interface ConnectOptions extends KubeConfigOptions {
  readonly context?: string | undefined
  readonly namespace?: string | undefined
  /** For one request. Defaults to 30,000. */
  readonly requestTimeoutMs?: number | undefined
}

/** Somebody waits: what does not answer soon is told, not tried for a minute. */
const MAX_RETRIES = 2

/** Connects to nothing yet. Errors: CliError when there is no usable kubeconfig. */
export function connectCluster(options: ConnectOptions): Cluster {
  const kubeConfig = loadKubeConfig(options)
  if (options.context !== undefined) useContext(kubeConfig, options.context)
  const { requestTimeoutMs = 30_000 } = options
  const cluster = clusterOf(kubeConfig, { program: 'kubectl-baton', requestTimeoutMs })
  return { ...cluster, namespace: options.namespace ?? cluster.namespace }
}

export interface ClusterOptions {
  /** Who changes what: the name in managedFields, and in the audit log. */
  readonly program: string
  /** For one request, in milliseconds. */
  readonly requestTimeoutMs: number
  readonly impersonation?: Impersonation | undefined
}

/** The current context of a kubeconfig. Errors: CliError when it leads to no cluster. */
export function clusterOf(kubeConfig: KubeConfig, options: ClusterOptions): Cluster {
  const context = kubeConfig.getContextObject(kubeConfig.getCurrentContext())
  const cluster = kubeConfig.getCurrentCluster()
  if (context === null || cluster === null) {
    throw noCluster(
      `the kubeconfig has no context "${kubeConfig.getCurrentContext()}" with a cluster`,
    )
  }
  const { program, requestTimeoutMs, impersonation } = options
  const transport = createTransport({
    kubeConfig,
    userAgent: `${program}/${RELEASE_VERSION}`,
    fieldManager: program,
    maxRetries: MAX_RETRIES,
    ...(impersonation === undefined ? {} : { impersonation }),
  })
  return {
    client: createClient({ transport: bounded(transport, requestTimeoutMs) }),
    server: cluster.server,
    context: context.name,
    namespace: context.namespace ?? 'default',
    forward: (pod, port) => forwardTo(kubeConfig, pod, port),
    close: () => transport.close(),
  }
}

/** No request takes longer, whatever deadline it has of its own. */
function bounded(transport: Transport, mostMs: number): Transport {
  return {
    ...transport,
    request: (request) =>
      transport.request({ ...request, deadlineMs: Math.min(request.deadlineMs ?? mostMs, mostMs) }),
  }
}
