import type { Node } from '../../runtime/client/kinds.ts'
import { failed, ok, warning } from './result.ts'
import type { Seen } from './result.ts'

/** Linux that lets a process be given a file descriptor by seccomp (NOTIF_ADDFD with SETFD). */
const LEAST_KERNEL = [5, 9] as const
/** Kubernetes that resizes containers in place by a subresource (KEP 1287, beta). */
const LEAST_KUBERNETES = [1, 33] as const

/** @param version `gitVersion` of the API server */
export function checkKubernetes(version: string): Seen {
  const found = numbers(version)
  if (found === undefined) return warning(`the API server calls itself ${version}`)
  if (isAtLeast(found, LEAST_KUBERNETES)) return ok(`Kubernetes ${version}`)
  return warning(
    `Kubernetes ${version} cannot resize slots in place: standby slots keep their size; ${LEAST_KUBERNETES.join('.')} can`,
  )
}

/** The kernels of the nodes that run Linux. */
export function checkKernels(nodes: readonly Node[]): Seen {
  const linux = linuxNodes(nodes)
  const old = linux.filter(({ status }) => {
    const found = numbers(status?.nodeInfo?.kernelVersion ?? '')
    return found !== undefined && !isAtLeast(found, LEAST_KERNEL)
  })
  if (linux.length === 0) return failed('no node runs Linux')
  if (old.length === 0) return ok(`${count(linux.length)} with a kernel of ${least()} or later`)
  return failed(
    `${some(old)} of ${count(linux.length)} have a kernel before ${least()}: listeners cannot be handed over there`,
  )
}

function least(): string {
  return LEAST_KERNEL.join('.')
}

/** The launcher is built for these. */
const ARCHITECTURES: readonly string[] = ['amd64', 'arm64']

export function checkArchitectures(nodes: readonly Node[]): Seen {
  const others = linuxNodes(nodes).filter(
    ({ status }) => !ARCHITECTURES.includes(status?.nodeInfo?.architecture ?? ''),
  )
  if (others.length === 0) return ok('all nodes are of a known architecture')
  return warning(`${some(others)} are neither ${ARCHITECTURES.join(' nor ')}`)
}

function linuxNodes(nodes: readonly Node[]): readonly Node[] {
  return nodes.filter(({ status }) => status?.nodeInfo?.operatingSystem !== 'windows')
}

function numbers(version: string): readonly [number, number] | undefined {
  const [, major, minor] = /(\d+)\.(\d+)/.exec(version) ?? []
  return major === undefined ? undefined : [Number(major), Number(minor)]
}

function isAtLeast(found: readonly [number, number], least: readonly [number, number]): boolean {
  return found[0] > least[0] || (found[0] === least[0] && found[1] >= least[1])
}

function some(nodes: readonly Node[]): string {
  const names = nodes.slice(0, 3).map(({ metadata }) => metadata.name)
  return `${names.join(', ')}${nodes.length > 3 ? ` and ${nodes.length - 3} more` : ''}`
}

function count(nodes: number): string {
  return nodes === 1 ? '1 node' : `${nodes} nodes`
}
