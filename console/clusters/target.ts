import { KubeConfig } from '@kubernetes/client-node'
import type { Cluster } from '../../cli/cluster/cluster.ts'
import { clusterOf } from '../../cli/cluster/cluster.ts'
import type { Impersonation } from '../../runtime/transport/exchange.ts'
import type { Credential, TokenSource } from '../session/sessions.ts'

/** One cluster of the kubeconfig. */
export interface Target {
  /** Name of its context. */
  readonly name: string
  readonly server: string
  /** As the user of the kubeconfig; without credentials when users bring their own. */
  readonly kubeConfig: KubeConfig
}

const PROGRAM = 'baton-console'
/** Somebody looks at the screen: what takes longer is told as away. */
const REQUEST_TIMEOUT_MS = 15_000

/** A target for each context; contexts without a cluster are left out. */
export function targetsOf(kubeConfig: KubeConfig): readonly Target[] {
  return kubeConfig.getContexts().flatMap((context) => {
    const cluster = kubeConfig.getCluster(context.cluster)
    if (cluster === null) return []
    const user = kubeConfig.getUser(context.user)
    const one = new KubeConfig()
    one.loadFromOptions({
      clusters: [cluster],
      users: user === null ? [] : [user],
      contexts: [context],
      currentContext: context.name,
    })
    return [{ name: context.name, server: cluster.server, kubeConfig: one }]
  })
}

/**
 * The cluster as this user; undefined when the user has no credential for it. Credentials of the
 * kubeconfig are never used for somebody who came with a token.
 */
export function connectAs(
  target: Target,
  credential: Credential,
  impersonation: Impersonation | undefined,
): Cluster | undefined {
  const options = { program: PROGRAM, requestTimeoutMs: REQUEST_TIMEOUT_MS }
  if (credential.kind === 'kubeconfig') {
    return clusterOf(target.kubeConfig, { ...options, impersonation })
  }
  const token = credential.tokens[target.name]
  return token === undefined ? undefined : clusterOf(withToken(target, token), options)
}

/** Address and CA of the cluster, and nothing of the kubeconfig's user. */
export function withToken({ name, kubeConfig }: Target, token: TokenSource): KubeConfig {
  const cluster = kubeConfig.getCurrentCluster()
  const one = new KubeConfig()
  one.loadFromOptions({
    clusters: cluster === null ? [] : [{ ...cluster, name }],
    users: [
      {
        name,
        // Credentials are read again every few seconds, and when they were refused.
        get token() {
          return token()
        },
      },
    ],
    contexts: [{ name, cluster: name, user: name }],
    currentContext: name,
  })
  return one
}
