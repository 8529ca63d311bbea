import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from './config.ts'
import { ClusterError } from './errors.ts'

/** Programs the cluster runs, with the Debian package each comes in. */
const packageOf: Readonly<Record<string, string>> = {
  containerd: 'containerd',
  ctr: 'containerd',
  runc: 'runc',
  nft: 'nftables',
  iptables: 'iptables',
  'musl-gcc': 'musl-tools',
  ip: 'iproute2',
  nsenter: 'util-linux',
  unshare: 'util-linux',
  mount: 'mount',
  bash: 'bash',
}

const cniPluginDirs = ['/usr/lib/cni', '/opt/cni/bin', '/usr/libexec/cni']

/** What was found on this machine. */
export interface Requirements {
  readonly cniPluginDir: string
}

/** Throws with all that is missing, and the command that helps, before anything is made. */
export function checkRequirements(): Requirements {
  checkRoot()
  const dirs = readConfig().environment.PATH.split(':')
  const missing = Object.entries(packageOf)
    .filter(([program]) => !dirs.some((dir) => existsSync(join(dir, program))))
    .map(([program, name]) => ({ program, name }))
  const cniPluginDir = cniPluginDirs.find((dir) => existsSync(join(dir, 'ptp')))
  if (cniPluginDir !== undefined && missing.length === 0) return { cniPluginDir }
  if (cniPluginDir === undefined) {
    missing.push({ program: 'the CNI plugin ptp', name: 'containernetworking-plugins' })
  }
  const packages = [...new Set(missing.map(({ name }) => name))].join(' ')
  throw new ClusterError(
    'MissingProgram',
    `the cluster needs programs that were not found: ${missing.map((m) => m.program).join(', ')}\n` +
      `On Debian and Ubuntu: apt-get install --no-install-recommends ${packages}`,
  )
}

/** Namespaces, mounts and cgroups need root. */
export function checkRoot(): void {
  if (process.getuid?.() === 0) return
  throw new ClusterError(
    'NotRoot',
    'the cluster needs root, for namespaces, mounts and cgroups: run it with sudo -E, ' +
      'or use a cluster that exists already (KUBECONFIG and --use-existing)',
  )
}
