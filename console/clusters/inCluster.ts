import { KubeConfig } from '@kubernetes/client-node'
import { readFileSync } from 'node:fs'
import { CliError, usageError } from '../../cli/cliError.ts'

/** Where a pod finds the CA of its cluster. */
const CA_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt'

export interface InClusterOptions {
  /** How people shall call it. */
  readonly name: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Defaults to the file of the service account. */
  readonly caFile?: string
  /** More clusters, which must hold no credentials. */
  readonly others?: KubeConfig
}

/**
 * The cluster that a pod runs in: its address and its CA, and nothing of the pod's service account.
 * Whoever wants something of it brings a credential. Errors: CliError when there is no such cluster,
 * or when others bring credentials with them, which would lie in the pod for nothing.
 */
export function inClusterConfig(options: InClusterOptions): KubeConfig {
  const { name, env, caFile = CA_FILE, others = new KubeConfig() } = options
  const [host, port] = [env['KUBERNETES_SERVICE_HOST'], env['KUBERNETES_SERVICE_PORT']]
  if (host === undefined || port === undefined) {
    throw usageError(
      '--in-cluster is for a pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set',
      'leave it out, and the kubeconfig is used',
    )
  }
  const owner = others.getUsers().find((user) => hasCredentials(user))
  if (owner !== undefined) {
    throw usageError(
      `user "${owner.name}" of the kubeconfig has credentials, and nobody may act by them in a cluster`,
      'take them out: addresses and CAs are enough',
    )
  }
  if (others.getContexts().some((context) => context.name === name)) {
    throw usageError(
      `the kubeconfig has a context "${name}" too`,
      'name the cluster of the pod otherwise: --in-cluster NAME',
    )
  }
  const address = host.includes(':') ? `[${host}]` : host
  const own = { name, server: `https://${address}:${port}`, caData: caOf(caFile) }
  const config = new KubeConfig()
  config.loadFromOptions({
    clusters: [{ ...own, skipTLSVerify: false }, ...others.getClusters()],
    users: [],
    contexts: [{ name, cluster: name, user: '' }, ...others.getContexts()],
    currentContext: name,
  })
  return config
}

function hasCredentials(user: object): boolean {
  return Object.entries(user).some(([key, value]) => key !== 'name' && Boolean(value))
}

/** Base64, as a kubeconfig has it. */
function caOf(file: string): string {
  try {
    return readFileSync(file).toString('base64')
  } catch (error) {
    throw new CliError({
      exit: 'error',
      reason: 'NoCa',
      message: `the CA of the cluster cannot be read: ${String(error)}`,
      remedy: 'mount the ConfigMap kube-root-ca.crt there',
      cause: error,
    })
  }
}
