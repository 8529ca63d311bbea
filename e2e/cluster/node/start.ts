import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '../config.ts'
import { ClusterError } from '../errors.ts'
import type { Layout } from '../layout.ts'
import type { NetworkPlan } from '../plan.ts'
import { waitFor } from '../wait.ts'
import { identityOf } from './processes.ts'
import type { ProcessIdentity } from './processes.ts'

const initScript = join(import.meta.dirname, 'init.sh')

/**
 * Starts the node: a process in mount, pid, network, host name and IPC namespaces of its own, which
 * lives on when we end. Answers the node's PID 1.
 *
 * It goes into the cgroup before it does anything else, so that whatever it becomes can be found
 * there even when we are killed in the next moment.
 */
export async function startNode(
  { directory, logs }: Layout,
  plan: NetworkPlan,
  { cgroupFile, nodeName }: { readonly cgroupFile: string; readonly nodeName: string },
): Promise<ProcessIdentity> {
  const namespaces = ['--mount', '--pid', '--net', '--uts', '--ipc']
  const unshare = ['unshare', ...namespaces, '--fork', '--kill-child', '--mount-proc']
  const init = [initScript, directory, nodeName, plan.nodeAddress, plan.hostAddress]
  const log = openSync(join(logs, 'init.log'), 'w')
  const child = spawn(
    '/bin/sh',
    ['-c', 'echo $$ > "$0" && exec "$@"', cgroupFile, ...unshare, '/bin/bash', ...init],
    {
      detached: true,
      stdio: ['ignore', log, log],
      cwd: '/',
      // Nothing of the caller's: a proxy setting would send the image pulls of a test to the proxy.
      env: { PATH: readConfig().environment.PATH, HOME: '/root' },
    },
  )
  closeSync(log)
  child.unref()
  const outer = child.pid
  if (outer === undefined) throw new ClusterError('StartFailed', 'unshare could not be started')
  return await waitFor(
    'the first process of the node runs',
    () => {
      const children = readFileSync(`/proc/${outer}/task/${outer}/children`, 'utf8').trim()
      return children === '' ? undefined : identityOf(Number(children.split(' ')[0]))
    },
    { deadlineMs: 10_000, intervalMs: 10 },
  )
}
