import { join } from 'node:path'
import type { SetupConfig } from './config.ts'
import { showProgress } from './progress.ts'
import { runSteps } from './runSteps.ts'
import type { Step, StepResult } from './step.ts'
import { removeLeftovers } from './steps/envoy.ts'
import { removeHelmLeftovers } from './steps/helm.ts'
import { removeKruiseLeftovers } from './steps/kruise.ts'
import { removeProxyLeftovers } from './steps/proxies.ts'
import { stepsFor } from './steps/all.ts'
import type { Part } from './steps/all.ts'
import { summarize } from './summary.ts'
import { updateTimings } from './timings.ts'
import type { Timings } from './timings.ts'

export interface SetupOptions {
  readonly root: string
  readonly config: SetupConfig
  readonly parts: readonly Part[]
  readonly signal: AbortSignal
  /** Where people read: the standard error, since standard output may be a document. */
  readonly terminal: NodeJS.WriteStream
  /** Shows the table even when there was nothing to do. */
  readonly alwaysSummarize: boolean
}

export interface SetupOutcome {
  readonly ok: boolean
  readonly results: readonly StepResult[]
  readonly timings: Timings
}

const otherSetupDeadlineMs = 45 * 60_000

/**
 * Makes sure that all that the parts need is there. Takes a fraction of a second when it is; one
 * set-up at a time works on a cache folder, others wait for it.
 */
export async function setUp(options: SetupOptions): Promise<SetupOutcome> {
  const { root, config, parts, signal, terminal, alwaysSummarize } = options
  const now = (): number => performance.now()
  const began = now()
  const steps = stepsFor(parts, { root, config })
  const isThere = await Promise.all(steps.map((step) => step.isDone()))
  const results = isThere.every(Boolean)
    ? steps.map(({ name, what }): StepResult => ({ name, what, outcome: 'there', seconds: 0 }))
    : await runLocked(steps, options, now)
  const ok = results.every(({ outcome }) => outcome === 'there' || outcome === 'done')
  if (alwaysSummarize || results.some(({ outcome }) => outcome !== 'there'))
    terminal.write(`set-up\n${summarize(results, now() - began)}\n`)
  if (!ok && signal.aborted) terminal.write('interrupted; what is done is kept\n')
  const timings = await updateTimings(
    join(config.cacheDir, 'setup-timings.json'),
    results,
    new Date(),
  )
  return { ok, results, timings }
}

async function runLocked(
  steps: readonly Step[],
  { config, signal, terminal }: SetupOptions,
  now: () => number,
): Promise<readonly StepResult[]> {
  const { withLock } = await import('../../e2e/cluster/lock.ts')
  const waiting = setTimeout(() => {
    terminal.write('another set-up is at work; waiting for its end\n')
  }, 1000)
  const work = async (): Promise<readonly StepResult[]> => {
    clearTimeout(waiting)
    await removeLeftovers(config.cacheDir)
    await removeProxyLeftovers(config.cacheDir)
    await removeHelmLeftovers(config.cacheDir)
    await removeKruiseLeftovers(config.cacheDir)
    const progress = showProgress({
      write: (text) => terminal.write(text),
      terminal: terminal.isTTY,
      columns: terminal.isTTY ? terminal.columns : 100,
      now,
    })
    try {
      return await runSteps(steps, { signal, now, observer: progress })
    } finally {
      progress.close()
    }
  }
  try {
    return await withLock(`setup ${config.cacheDir}`, work, {
      deadlineMs: otherSetupDeadlineMs,
      signal,
    })
  } finally {
    clearTimeout(waiting)
  }
}
