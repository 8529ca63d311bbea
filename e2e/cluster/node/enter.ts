import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { ClusterError, messageOf } from '../errors.ts'
import { run } from '../run.ts'
import type { RunOptions, RunResult } from '../run.ts'
import { isAlive } from './processes.ts'
import type { ProcessIdentity } from './processes.ts'

/** Runs a program in the namespaces of the node, with the host's files. Throws as `run` does. */
export async function enterNode(
  node: ProcessIdentity,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  if (!isAlive(node)) {
    const remedy = 'start it again with: cluster up'
    throw new ClusterError('NotRunning', `the node (process ${node.pid}) is dead; ${remedy}`)
  }
  const namespaces = ['--mount', '--pid', '--net', '--uts', '--ipc']
  return await run(['nsenter', `--target=${node.pid}`, ...namespaces, '--', ...argv], options)
}

/**
 * Imports an image archive into the node's containerd. The archive is handed over through a pipe, so
 * it may lie where the node cannot see it.
 */
export async function importArchive(node: ProcessIdentity, archive: string, signal?: AbortSignal) {
  const stream = createReadStream(archive)
  // That it cannot be opened is told here: in the pipe it would look like a short archive.
  await once(stream, 'ready')
  const argv = ['ctr', '--namespace=k8s.io', 'images', 'import', '-']
  try {
    await enterNode(node, argv, { input: stream, timeoutMs: 180_000, signal })
  } catch (error) {
    signal?.throwIfAborted()
    const message = `the image archive ${archive} could not be imported: ${messageOf(error)}`
    throw new ClusterError('CommandFailed', message, { cause: error })
  }
}
