import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from './config.ts'
import { ClusterError } from './errors.ts'
import type { Cluster } from './handle.ts'

/**
 * The cluster that KUBECONFIG (or the given file) points to, as far as it can be used like ours:
 * what needs the node itself throws a ClusterError `NotOurCluster` that says what is missing.
 */
export function useExisting(kubeconfigPath = readConfig().kubeconfigPath): Cluster {
  if (kubeconfigPath === undefined || !existsSync(kubeconfigPath)) {
    const seen = kubeconfigPath === undefined ? 'it is not set' : `${kubeconfigPath} is not there`
    throw new ClusterError(
      'NotOurCluster',
      `--use-existing takes the cluster from KUBECONFIG, but ${seen}: export KUBECONFIG=<file>`,
    )
  }
  return {
    name: 'existing',
    kubeconfigPath,
    get kubectlPath() {
      return findKubectl()
    },
    get nodeName(): string {
      return missing('the name of its only node', 'it may have many')
    },
    get hostAddress(): string {
      return missing('the address of this machine as its pods see it', 'give it a Service')
    },
    get nodeAddress(): string {
      return missing('the address of its only node', 'it may have many')
    },
    get podCidr(): string {
      return missing('its pod network', 'nothing routes from here to it')
    },
    get serviceCidr(): string {
      return missing('its service network', 'nothing routes from here to it')
    },
    get nodePid(): number {
      return missing('the process of its node', 'it runs elsewhere')
    },
    get logs(): string {
      return missing('the logs of its daemons', 'they are elsewhere')
    },
    enter: () => refuse('a way into its node', 'use kubectl debug node/<name>'),
    importImage: () => refuse('a way to import images', 'push them to a registry it pulls from'),
    trustIssuer: () => refuse('a way to its API server', 'this test needs our own cluster'),
    restartDaemon: () => refuse('a way to restart its daemons', 'this test needs our own cluster'),
  }
}

function findKubectl(): string {
  const dirs = readConfig().environment.PATH.split(':').filter(Boolean)
  const found = dirs.map((dir) => join(dir, 'kubectl')).find((path) => existsSync(path))
  return found ?? missing('a kubectl', 'install one into a folder of PATH')
}

function missing(what: string, remedy: string): never {
  throw new ClusterError(
    'NotOurCluster',
    `the existing cluster does not give us ${what}: ${remedy}`,
  )
}

async function refuse(what: string, remedy: string): Promise<never> {
  return await Promise.reject(
    new ClusterError('NotOurCluster', `the existing cluster does not give us ${what}: ${remedy}`),
  )
}
