import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { allocate } from './allocation.ts'
import { readConfig } from './config.ts'
import { tearDown } from './down.ts'
import { ClusterError, messageOf } from './errors.ts'
import { clusterOf } from './handle.ts'
import type { Cluster } from './handle.ts'
import { buildKubernetes } from './kubernetes/build.ts'
import { layoutOf } from './layout.ts'
import type { Layout } from './layout.ts'
import { withLock } from './lock.ts'
import { createCgroup } from './node/cgroups.ts'
import { enterNode, importArchive } from './node/enter.ts'
import { addLink } from './node/link.ts'
import { lastErrors } from './node/logs.ts'
import { isAlive } from './node/processes.ts'
import type { ProcessIdentity } from './node/processes.ts'
import { startNode } from './node/start.ts'
import { buildPauseImage } from './pause.ts'
import { writeCertificates } from './pki/certificates.ts'
import { becomeReady } from './readiness.ts'
import { checkRequirements } from './requirements.ts'
import { writeSettings } from './settings/write.ts'
import { readState, writeState } from './state.ts'
import type { ClusterState } from './state.ts'
import { waitFor } from './wait.ts'

export interface UpOptions {
  /** Defaults to `default`. */
  readonly name?: string | undefined
  /** OCI image archives to import. */
  readonly images?: readonly string[] | undefined
  /** Gets lines for people, each with the time since the start. Defaults to silence. */
  readonly log?: ((line: string) => void) | undefined
  /** Interrupts: what was made so far is removed. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Makes a cluster, or answers the one of that name that is there already. What a crashed or killed
 * run left is removed first. The cluster stays when this process ends, however it ends.
 *
 * Throws a ClusterError when something is missing or fails; then nothing is left but the logs.
 */
export async function up(options: UpOptions = {}): Promise<Cluster> {
  const { name = 'default', images = [], signal } = options
  const requirements = checkRequirements()
  for (const archive of images) checkArchive(archive)
  const { cacheDir } = readConfig()
  const layout = layoutOf(cacheDir, name)
  const step = stopwatch(options.log)
  return await withLock(
    layout.directory,
    async () => {
      const state = readState(layout)
      if (state?.ready === true && isAlive(state.node)) {
        await importAll(state.node, images, signal)
        step(`cluster '${name}' is up`)
        return clusterOf(layout, state)
      }
      if (await tearDown(layout)) step('removed what an earlier run had left')
      const kubernetes = await buildKubernetes({ outDir: cacheDir, log: step, signal })
      try {
        return await create({ layout, images, kubernetes, ...requirements, step, signal })
      } catch (error) {
        throw await undo(layout, error, signal)
      }
    },
    { deadlineMs: 40 * 60_000, signal },
  )
}

interface CreateOptions {
  readonly layout: Layout
  readonly images: readonly string[]
  readonly kubernetes: { readonly version: string; readonly dir: string; readonly kubectl: string }
  readonly cniPluginDir: string
  readonly step: (line: string) => void
  readonly signal: AbortSignal | undefined
}

async function create(options: CreateOptions): Promise<Cluster> {
  const { layout, images, kubernetes, cniPluginDir, step, signal } = options
  const nodeName = `baton-${layout.name}`
  const { directory, pki, settings, daemons, logs, pids, varLib, varLog } = layout
  for (const path of [directory, pki, settings, daemons, logs, pids, varLib, varLog]) {
    await mkdir(path, { recursive: true })
  }
  const plan = await allocate(directory, signal)
  const [credentials, pauseArchive] = await Promise.all([
    writeCertificates(layout, plan, nodeName),
    buildPauseImage(directory, signal),
    writeSettings({ layout, plan, nodeName, programs: kubernetes.dir, cniPluginDir }),
  ])
  step('certificates and settings written')

  const cgroupFile = await createCgroup(plan.cgroup)
  const node = await startNode(layout, plan, { cgroupFile, nodeName })
  const state: ClusterState = {
    v: 1,
    index: plan.index,
    nodeName,
    node,
    kubernetesVersion: kubernetes.version,
    kubectlPath: kubernetes.kubectl,
    ready: false,
  }
  writeState(layout, state)
  await addLink(plan, node.pid, signal)
  step(`node started (process ${node.pid}, addresses ${plan.linkCidr})`)

  // One failing part ends the other's waits.
  const failure = new AbortController()
  const both = AbortSignal.any([failure.signal, ...(signal === undefined ? [] : [signal])])
  const parts = [
    importAll(node, [pauseArchive, ...images], both).then(() => {
      step('images imported')
    }),
    becomeReady({ credentials, plan, nodeName, step, signal: both }),
  ]
  const stopOthers = (error: unknown) => {
    failure.abort(error)
  }
  for (const part of parts) part.catch(stopOthers)
  const results = await Promise.allSettled(parts)
  both.throwIfAborted()
  for (const result of results) if (result.status === 'rejected') throw result.reason

  writeState(layout, { ...state, ready: true })
  step(`cluster '${layout.name}' is up: export KUBECONFIG=${layout.kubeconfig}`)
  return clusterOf(layout, { ...state, ready: true })
}

async function importAll(node: ProcessIdentity, archives: readonly string[], signal?: AbortSignal) {
  if (archives.length === 0) return
  const containerdAnswers = async () => {
    await enterNode(node, ['ctr', '--connect-timeout=2s', 'version'], { signal })
    return true
  }
  await waitFor('containerd answers', containerdAnswers, { deadlineMs: 60_000, signal })
  for (const archive of archives) await importArchive(node, archive, signal)
}

function checkArchive(archive: string): void {
  if (existsSync(archive)) return
  const remedy = 'build the images first'
  throw new ClusterError('StartFailed', `the image archive ${archive} is not there; ${remedy}`)
}

/** Removes what was made and answers the error to throw, with the daemons' last words. */
async function undo(layout: Layout, error: unknown, signal?: AbortSignal): Promise<unknown> {
  const interrupted = signal?.aborted === true
  const lastWords = interrupted ? '' : await lastErrors(layout)
  try {
    await tearDown(layout, { keepLogs: !interrupted })
  } catch (cause) {
    const message = `${messageOf(error)}\nIt could not be removed either: ${messageOf(cause)}`
    return new ClusterError('StartFailed', message, { cause: error })
  }
  if (interrupted) return signal.reason
  return new ClusterError(
    'StartFailed',
    [
      `cluster '${layout.name}' did not come up: ${messageOf(error)}`,
      ...(lastWords === '' ? [] : ['The last errors of its daemons:', lastWords]),
      `All logs: ${layout.logs}`,
    ].join('\n'),
    { cause: error },
  )
}

function stopwatch(log: ((line: string) => void) | undefined): (line: string) => void {
  const start = performance.now()
  return (line) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    log?.(`[${seconds.padStart(5)} s] ${line}`)
  }
}
