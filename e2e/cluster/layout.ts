import { join } from 'node:path'
import { ClusterError } from './errors.ts'

/** The files of one cluster; everything it has on the disk is below `directory`. */
export interface Layout {
  readonly name: string
  readonly directory: string
  /** What is known of the running node; see state.ts. */
  readonly stateFile: string
  readonly kubeconfig: string
  readonly pki: string
  readonly settings: string
  /** Whose tokens the API server takes beside its own. */
  readonly authentication: string
  /** One executable script per daemon, named as the daemon. */
  readonly daemons: string
  readonly logs: string
  /** The daemons' process ids, as seen inside the node. */
  readonly pids: string
  /** Becomes /var/lib of the node. */
  readonly varLib: string
  /** Becomes /var/log of the node. */
  readonly varLog: string
}

// These are other folders inside the node than outside, so what is there cannot be seen by it.
const hiddenInNode = ['/run', '/var/lib', '/var/log', '/var/run', '/proc', '/sys', '/dev']

/** Whether a cluster can be called so. The node's name is made of it, which is a DNS label. */
export function isClusterName(name: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/.test(name)
}

/** Where the files of the cluster `name` are. Throws when the name or the folder cannot be used. */
export function layoutOf(cacheDir: string, name: string): Layout {
  if (!isClusterName(name)) {
    const rule = 'a name has up to 40 of a-z, 0-9 and -, and a letter or digit at both ends'
    throw new ClusterError('BadName', `'${name}' cannot be the name of a cluster: ${rule}`)
  }
  const hidden = hiddenInNode.find(
    (parent) => cacheDir === parent || cacheDir.startsWith(`${parent}/`),
  )
  if (hidden !== undefined) {
    const remedy = 'set BATON_CACHE to another folder'
    throw new ClusterError('BadDirectory', `${cacheDir}: the node has its own ${hidden}; ${remedy}`)
  }
  const directory = join(cacheDir, 'clusters', name)
  return {
    name,
    directory,
    stateFile: join(directory, 'state.json'),
    kubeconfig: join(directory, 'kubeconfig'),
    pki: join(directory, 'pki'),
    settings: join(directory, 'settings'),
    authentication: join(directory, 'settings', 'authentication.yaml'),
    daemons: join(directory, 'daemons'),
    logs: join(directory, 'log'),
    pids: join(directory, 'pids'),
    varLib: join(directory, 'var', 'lib'),
    varLog: join(directory, 'var', 'log'),
  }
}
