/**
 * The front door of the local cluster: a real Kubernetes of one node, on this machine, made in
 * seconds and removed without a trace. See README.md.
 *
 * ```ts
 * const cluster = await up({ name: 'rollout', images: [agentArchive], log: console.log })
 * // ... use cluster.kubeconfigPath
 * await down({ name: 'rollout' })
 * ```
 */
export { ClusterError } from './errors.ts'
export type { ClusterErrorCode } from './errors.ts'
export { down } from './down.ts'
export { useExisting } from './existing.ts'
export type { Cluster } from './handle.ts'
export { registryName } from './settings/containerd.ts'
export type { DaemonName } from './settings/daemons.ts'
export { status, statusOfAll } from './status.ts'
export type { ClusterStatus } from './status.ts'
export { up } from './up.ts'
export type { UpOptions } from './up.ts'
