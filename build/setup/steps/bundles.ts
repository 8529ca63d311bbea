import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { explain } from '../command.ts'
import { SetupError } from '../error.ts'
import { fingerprint, readStamp, writeStamp } from '../fingerprint.ts'
import type { Step } from '../step.ts'

interface Program {
  readonly entry: string
  readonly file: string
  readonly executable?: boolean
  /** Does it serve the console's page? */
  readonly hasPage?: boolean
}

/** The programs of the project: where each begins, and what its bundle is called below `dist`. */
const programs: readonly Program[] = [
  { entry: 'agent/main.ts', file: 'agent.js' },
  { entry: 'operator/main.ts', file: 'operator.js' },
  { entry: 'webhook/main.ts', file: 'webhook.js' },
  { entry: 'cli/main.ts', file: 'cli.js', executable: true, hasPage: true },
  { entry: 'build/images/app/main.ts', file: 'app.js' },
]

const sources = [
  '{agent,api,cli,console,crds,manifests,operator,runtime,webhook}/**/*.{ts,json,yaml}',
  'console/web/*.{html,css,svg}',
  'build/{bundle,images/app}/**/*.ts',
  'package-lock.json',
]

/** Bundles every program into `dist`. */
export function bundlesStep({ root }: { root: string }): Step {
  const dist = join(root, 'dist')
  const stamp = join(dist, '.stamps/bundles')
  return {
    name: 'bundles',
    what: programs.map(({ file }) => file).join(', '),
    needs: [],
    isDone: async () =>
      programs.every(({ file }) => existsSync(join(dist, file))) &&
      (await readStamp(stamp)) === fingerprint(root, sources),
    run: async () => {
      // Taken before: a source that changes meanwhile makes the next set-up bundle again.
      const made = fingerprint(root, sources)
      const { bundle } = await import('../../bundle/bundle.ts')
      const { buildPage, PAGE_CONSTANT } = await import('../../bundle/page.ts')
      const makeOne = async ({ entry, file, hasPage, ...options }: Program): Promise<void> => {
        checkEntry(root, entry)
        const made = async () => {
          const define = hasPage === true ? { [PAGE_CONSTANT]: await buildPage() } : {}
          const outFile = join(dist, file)
          await bundle({ entry: join(root, entry), outFile, define, ...options })
        }
        await made().catch((error: unknown) => {
          throw explain(`bundling ${entry}`, String(error), 'Mend the source that it names.')
        })
      }
      // All of them, so that one broken program does not keep the others from being made.
      const outcomes = await Promise.allSettled(programs.map(makeOne))
      const failure = outcomes.find((outcome) => outcome.status === 'rejected')
      if (failure !== undefined) throw failure.reason
      await writeStamp(stamp, made)
    },
  }
}

function checkEntry(root: string, entry: string): void {
  if (existsSync(join(root, entry))) return
  throw new SetupError({
    code: 'MissingSource',
    tried: `bundling ${entry}`,
    seen: 'there is no such file',
    remedy: 'Check the sources out again.',
  })
}
