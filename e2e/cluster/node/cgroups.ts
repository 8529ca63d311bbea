import { existsSync } from 'node:fs'
import { mkdir, readFile, readdir, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ClusterError, messageOf } from '../errors.ts'
import { waitFor } from '../wait.ts'

/** The cgroup hierarchies of this machine: one in version 2, one per controller in version 1. */
export interface Cgroups {
  readonly version: 1 | 2
  /** Mount points in which a cluster's cgroup is made. */
  readonly roots: readonly string[]
  /** Also those in which runc makes it: in the hybrid layout version 2 is mounted beside version 1. */
  readonly all: readonly string[]
  /** The hierarchy whose `<cluster>/node` holds the node's own processes. */
  readonly tracker: string
}

/** Finds the hierarchies in the text of /proc/mounts. */
export function parseCgroups(mounts: string): Cgroups {
  const entries = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .map(([, path = '', type = '']) => ({ path, type }))
    .filter(({ path }) => path.startsWith('/sys/fs/cgroup'))
  const unified = entries.find(({ type, path }) => type === 'cgroup2' && path === '/sys/fs/cgroup')
  if (unified !== undefined) {
    const { path } = unified
    return { version: 2, roots: [path], all: [path], tracker: path }
  }
  const roots = entries.filter(({ type }) => type === 'cgroup').map(({ path }) => path)
  const tracker = roots.find((path) => path.endsWith('/pids')) ?? roots[0]
  if (tracker === undefined) {
    const remedy = 'in a container, start it with --privileged'
    throw new ClusterError('StartFailed', `no cgroups are mounted in /sys/fs/cgroup; ${remedy}`)
  }
  const hybrid = entries.filter(({ type }) => type === 'cgroup2').map(({ path }) => path)
  return { version: 1, roots, all: [...roots, ...hybrid], tracker }
}

/** Whether any hierarchy has a cgroup of that name. */
export async function cgroupExists(name: string): Promise<boolean> {
  return (await cgroups()).all.some((root) => existsSync(join(root, name)))
}

/**
 * Makes the cluster's cgroup, as the kubelet expects to find it.
 * Answers the file to which the node's first process has to write its id.
 */
export async function createCgroup(name: string): Promise<string> {
  const { version, roots, tracker } = await cgroups()
  if (version === 2) await delegate(tracker)
  for (const root of roots) {
    await mkdir(join(root, name), { recursive: true })
    if (root.endsWith('/cpuset')) await copyCpuset(root, name)
  }
  // Version 2 allows processes in leaves only: the node's own are beside kubepods, not above it.
  const node = join(tracker, name, 'node')
  if (version === 2) await delegate(join(tracker, name))
  await mkdir(node, { recursive: true })
  if (tracker.endsWith('/cpuset')) await copyCpuset(tracker, join(name, 'node'))
  return join(node, 'cgroup.procs')
}

/** All processes of the node and its pods, wherever they were started from. */
export async function processesIn(name: string): Promise<number[]> {
  const { tracker } = await cgroups()
  const lists = await Promise.all(
    (await treeOf(join(tracker, name))).map((path) =>
      readFile(join(path, 'cgroup.procs'), 'utf8').catch(() => ''),
    ),
  )
  return lists.flatMap((list) => list.split('\n').filter(Boolean).map(Number))
}

/** Removes the cluster's cgroup; its processes must be dead. */
export async function removeCgroup(name: string): Promise<void> {
  for (const root of (await cgroups()).all) {
    const path = join(root, name)
    // A cgroup is busy for some time after its last process.
    await waitFor(`${path} can be removed`, () => removeTree(path), { deadlineMs: 10_000 })
  }
}

async function removeTree(path: string): Promise<boolean> {
  for (const child of (await treeOf(path)).reverse()) await rmdir(child)
  return !existsSync(path)
}

async function cgroups(): Promise<Cgroups> {
  return parseCgroups(await readFile('/proc/mounts', 'utf8'))
}

/** The folder and all below it, parents first. */
async function treeOf(path: string): Promise<string[]> {
  if (!existsSync(path)) return []
  const children = (await readdir(path, { withFileTypes: true })).filter((e) => e.isDirectory())
  const below = await Promise.all(children.map((child) => treeOf(join(path, child.name))))
  return [path, ...below.flat()]
}

/** In version 1 a new cpuset has no processors and no memory nodes, and takes no process. */
async function copyCpuset(root: string, name: string): Promise<void> {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    await writeFile(join(root, name, file), await readFile(join(root, file), 'utf8'))
  }
}

/** In version 2 a parent has to hand each controller down to its children. */
async function delegate(path: string): Promise<void> {
  const available = (await readFile(join(path, 'cgroup.controllers'), 'utf8')).trim().split(' ')
  const wanted = ['cpu', 'cpuset', 'io', 'memory', 'pids', 'hugetlb']
  for (const controller of wanted.filter((name) => available.includes(name))) {
    try {
      await writeFile(join(path, 'cgroup.subtree_control'), `+${controller}`)
    } catch (error) {
      const remedy =
        'processes in that cgroup itself prevent it; in a container, use --cgroupns=host --privileged'
      throw new ClusterError(
        'StartFailed',
        `the cgroup controller ${controller} cannot be used below ${path} ` +
          `(${messageOf(error)}): ${remedy}`,
        { cause: error },
      )
    }
  }
}
