import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** Everything the local cluster takes from the environment. */
export interface ClusterConfig {
  /** Where clusters and built programs live. Defaults to ~/.cache/baton. */
  readonly cacheDir: string
  /** The kubeconfig of a cluster that exists already, when one is given. */
  readonly kubeconfigPath: string | undefined
  /** For the programs we run: the caller's, with the sbin folders in PATH. */
  readonly environment: Readonly<Record<string, string | undefined>> & { readonly PATH: string }
}

/**
 * Reads BATON_CACHE, KUBECONFIG and PATH: the only place of e2e/cluster that reads the environment.
 */
export function readConfig(): ClusterConfig {
  const env = process.env
  const kubeconfigPath = env['KUBECONFIG']?.split(':')[0]
  return {
    cacheDir: resolve(env['BATON_CACHE'] ?? join(homedir(), '.cache', 'baton')),
    kubeconfigPath: kubeconfigPath === '' ? undefined : kubeconfigPath,
    // Root's PATH lacks the sbin folders in some shells (su without a dash); ip and runc are there.
    environment: {
      ...env,
      PATH: `${env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin`,
    },
  }
}
