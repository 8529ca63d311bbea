import { KubeConfig } from '@kubernetes/client-node'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { RELEASE_VERSION } from '../../manifests/version.ts'
import type { Client } from '../../runtime/client/client.ts'
import { createClient } from '../../runtime/client/client.ts'
import type { Transport } from '../../runtime/transport/transport.ts'
import { createTransport } from '../../runtime/transport/transport.ts'
import { CliError, usageError } from '../cliError.ts'
import { nearest } from '../commandline/nearest.ts'

/** The API server, as the user of the kubeconfig. */
export interface Cluster {
  readonly client: Client
  /** URL of the API server. */
  readonly server: string
  /** Name of the context. */
  readonly context: string
  /** For pods that are named without one. */
  readonly namespace: string
  close(): Promise<void>
}

export interface ConnectOptions {
  readonly kubeconfig?: string | undefined
  readonly context?: string | undefined
  readonly namespace?: string | undefined
  /** For one request. Defaults to 30,000. */
  readonly requestTimeoutMs?: number | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Who changes what: the name in managedFields. */
const FIELD_MANAGER = 'kubectl-baton'
/** Somebody waits: what does not answer soon is told, not tried for a minute. */
const MAX_RETRIES = 2

/** Connects to nothing yet. Errors: CliError when there is no usable kubeconfig. */
export function connectCluster(options: ConnectOptions): Cluster {
  const kubeConfig = load(options)
  if (options.context !== undefined) useContext(kubeConfig, options.context)
  const context = kubeConfig.getContextObject(kubeConfig.getCurrentContext())
  const cluster = kubeConfig.getCurrentCluster()
  if (context === null || cluster === null) {
    throw noCluster(
      `the kubeconfig has no context "${kubeConfig.getCurrentContext()}" with a cluster`,
    )
  }
  const transport = createTransport({
    kubeConfig,
    userAgent: `kubectl-baton/${RELEASE_VERSION}`,
    fieldManager: FIELD_MANAGER,
    maxRetries: MAX_RETRIES,
  })
  const { requestTimeoutMs = 30_000 } = options
  return {
    client: createClient({ transport: bounded(transport, requestTimeoutMs) }),
    server: cluster.server,
    context: context.name,
    namespace: options.namespace ?? context.namespace ?? 'default',
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

function load({ kubeconfig, env }: ConnectOptions): KubeConfig {
  const files = (kubeconfig ?? env['KUBECONFIG'] ?? '').split(':').filter((file) => file !== '')
  const standard = join(env['HOME'] ?? homedir(), '.kube', 'config')
  const kubeConfig = new KubeConfig()
  if (files.length === 0 && env['KUBERNETES_SERVICE_HOST'] !== undefined && !existsSync(standard)) {
    kubeConfig.loadFromCluster()
    return kubeConfig
  }
  // As kubectl does: files that are missing are passed over, unless none is there.
  const present = (files.length === 0 ? [standard] : files).filter((file) => existsSync(file))
  if (present.length === 0) {
    throw noCluster(`there is no kubeconfig at ${files.length === 0 ? standard : files.join(', ')}`)
  }
  for (const [index, file] of present.entries()) {
    const one = index === 0 ? kubeConfig : new KubeConfig()
    try {
      one.loadFromFile(file)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw usageError(`the kubeconfig ${file} cannot be read: ${why}`)
    }
    if (index > 0) kubeConfig.mergeConfig(one, true)
  }
  return kubeConfig
}

function useContext(kubeConfig: KubeConfig, name: string): void {
  const names = kubeConfig.getContexts().map((context) => context.name)
  if (!names.includes(name)) {
    const near = nearest(name, names)
    const remedy =
      near === undefined ? `choose one of ${names.join(', ')}` : `did you mean "${near}"?`
    throw usageError(`the kubeconfig has no context "${name}"`, remedy)
  }
  kubeConfig.setCurrentContext(name)
}

function noCluster(message: string): CliError {
  return new CliError({
    exit: 'unavailable',
    reason: 'NoCluster',
    message,
    remedy: 'name a kubeconfig by --kubeconfig or KUBECONFIG',
  })
}
