import { spawnSync } from 'node:child_process'
import { readConfig } from '../../build/setup/config.ts'
import { helmBinary } from '../../build/setup/helmProgram.ts'
import type { InstalledObject } from './installed.ts'
import { parseObjects } from './installed.ts'

/** How Helm ended, and what it wrote. */
export interface HelmOutcome {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the Helm of the set-up; `npm test -- helm` builds it. */
export function helm(command: string, ...args: readonly string[]): HelmOutcome {
  const program = helmBinary(readConfig(process.env).cacheDir)
  // Without a cluster Helm thinks of the one that it was built for; ours was built for none.
  const cluster = ['template', 'lint'].includes(command) ? ['--kube-version', '1.35.0'] : []
  const { error, ...outcome } = spawnSync(program, [command, ...cluster, ...args], {
    encoding: 'utf8',
    timeout: 20_000,
  })
  if (error === undefined) return outcome
  throw new Error(`${program} cannot be run; npm test -- helm builds it`, { cause: error })
}

/** The objects that Helm makes of a chart; throws with its words when it refuses. */
export function helmTemplate(
  chart: string,
  ...args: readonly string[]
): readonly InstalledObject[] {
  const { status, stdout, stderr } = helm('template', 'baton', chart, ...args)
  if (status !== 0) throw new Error(stderr)
  return parseObjects(stdout)
}
