import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { overlaps, planOf } from '../plan.ts'
import { run } from '../run.ts'

/** Everything of one cluster that can be seen from the host, one line each. */
export interface Traces {
  readonly processes: readonly string[]
  readonly mounts: readonly string[]
  readonly cgroups: readonly string[]
  readonly links: readonly string[]
  readonly routes: readonly string[]
  readonly files: readonly string[]
}

export const noTraces: Traces = {
  processes: [],
  mounts: [],
  cgroups: [],
  links: [],
  routes: [],
  files: [],
}

/**
 * Looks for the cluster with that index and folder, on ways of its own: the processes are found by
 * their namespaces, command lines and cgroups, not by the one cgroup that `down` goes by.
 *
 * @param pidNamespaces - as from pidNamespacesIn, while the cluster ran
 */
export async function tracesOf(
  index: number,
  directory: string,
  pidNamespaces: ReadonlySet<string>,
): Promise<Traces> {
  const { interfaceName, cgroup, linkCidr, podCidr, serviceCidr } = planOf(index)
  const [links, routes] = await Promise.all([
    run(['ip', '-oneline', 'link', 'show']),
    run(['ip', '-oneline', '-4', 'route', 'show', 'table', 'all']),
  ])
  const own = [linkCidr, podCidr, serviceCidr]
  const addresses = /\b\d+\.\d+\.\d+\.\d+(?:\/\d+)?/g
  return {
    processes: processIds().flatMap((pid) => {
      const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')
      const belongs =
        command.includes(`${directory}/`) ||
        read(`/proc/${pid}/cgroup`).includes(`/${cgroup}/`) ||
        pidNamespaces.has(pidNamespaceOf(pid))
      return belongs ? [`${pid} ${command}`] : []
    }),
    mounts: lines(read('/proc/self/mounts')).filter((line) => line.includes(directory)),
    cgroups: hierarchies().flatMap((root) => {
      const path = join(root, cgroup)
      return existsSync(path) ? [path] : []
    }),
    links: lines(links.stdout).filter((line) => line.includes(` ${interfaceName}@`)),
    routes: lines(routes.stdout).filter((line) =>
      (line.match(addresses) ?? []).some((cidr) => own.some((range) => overlaps(cidr, range))),
    ),
    files: [directory, `/run/baton/clusters/${index}`].filter((path) => existsSync(path)),
  }
}

/** The pid namespaces of the processes in the cluster's cgroups: of the node and of its pods. */
export function pidNamespacesIn(index: number): ReadonlySet<string> {
  const { cgroup } = planOf(index)
  const ours = pidNamespaceOf(process.pid)
  const members = processIds().filter((pid) => read(`/proc/${pid}/cgroup`).includes(`/${cgroup}/`))
  return new Set(members.map(pidNamespaceOf).filter((name) => name !== '' && name !== ours))
}

function hierarchies(): string[] {
  return lines(read('/proc/mounts'))
    .map((line) => line.split(' '))
    .flatMap(([, path = '', type = '']) => (type.startsWith('cgroup') ? [path] : []))
}

function pidNamespaceOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`)
  } catch {
    return ''
  }
}

function processIds(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

/** A file's text; nothing when its process has ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function lines(text: string): string[] {
  return text.split('\n').filter(Boolean)
}
