import { readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Layout } from './layout.ts'
import { enterNode, importArchive } from './node/enter.ts'
import { planOf } from './plan.ts'
import type { RunOptions, RunResult } from './run.ts'
import type { TrustedIssuer } from './settings/authentication.ts'
import { authenticationConfig } from './settings/authentication.ts'
import type { DaemonName } from './settings/daemons.ts'
import type { ClusterState } from './state.ts'
import { waitFor } from './wait.ts'

/** A running cluster of one node. */
export interface Cluster {
  readonly name: string
  /** Of the cluster's administrator; valid on the host. */
  readonly kubeconfigPath: string
  /** A kubectl of the cluster's version. */
  readonly kubectlPath: string
  readonly nodeName: string
  /** The host, as seen from the node and the pods: listen here for a registry or a webhook. */
  readonly hostAddress: string
  readonly nodeAddress: string
  readonly podCidr: string
  readonly serviceCidr: string
  /** The node's PID 1, as seen from the host. */
  readonly nodePid: number
  /** Where each daemon's log is: `<logs>/kubelet.log`. */
  readonly logs: string
  /**
   * Runs a program to its end in the node's namespaces, with the host's files.
   * Throws when it fails; by default it is killed after 30 s.
   */
  enter(argv: readonly string[], options?: RunOptions): Promise<RunResult>
  /** Imports an OCI image archive into the node. Pods then need imagePullPolicy IfNotPresent. */
  importImage(archive: string): Promise<void>
  /** Kills the daemon with SIGKILL; resolves when its successor runs, about a second later. */
  restartDaemon(name: DaemonName): Promise<void>
  /** Has the API server take the ID tokens of a provider within seconds; without one, of none. */
  trustIssuer(issuer?: TrustedIssuer): Promise<void>
}

/** The cluster that stands as `state` says. */
export function clusterOf(layout: Layout, state: ClusterState): Cluster {
  const { hostAddress, nodeAddress, podCidr, serviceCidr } = planOf(state.index)
  const { node, nodeName, kubectlPath } = state
  const enter = (argv: readonly string[], options?: RunOptions) => enterNode(node, argv, options)
  return {
    name: layout.name,
    kubeconfigPath: layout.kubeconfig,
    kubectlPath,
    nodeName,
    hostAddress,
    nodeAddress,
    podCidr,
    serviceCidr,
    nodePid: node.pid,
    logs: layout.logs,
    enter,
    importImage: (archive) => importArchive(node, archive),
    trustIssuer: async (issuer) => {
      const next = `${layout.authentication}.next`
      await writeFile(next, authenticationConfig(issuer === undefined ? [] : [issuer]))
      await rename(next, layout.authentication)
    },
    restartDaemon: async (name) => {
      const pid = () => readFileSync(join(layout.pids, name), 'utf8').trim()
      const old = pid()
      await enter(['kill', '-KILL', old])
      const what = `${name} runs again`
      await waitFor(what, () => pid() !== '' && pid() !== old, { deadlineMs: 20_000 })
    },
  }
}
