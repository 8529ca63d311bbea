import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { array, number, object, string } from '../../api/decode.ts'
import type { Suite } from './suites.ts'

export interface Result {
  readonly suite: string
  readonly passed: number
  readonly failed: number
  readonly seconds: number
  /** Full titles of tests that failed, with the first lines of why. */
  readonly failures: readonly string[]
  readonly problem?: string
}

export interface RunOptions {
  readonly grep: string | undefined
  /** What test support reads: where the real proxies are, and the choice of cluster. */
  readonly environment: Readonly<Record<string, string>>
  /** What runs a suite and tells its counts. Defaults to suite.ts. */
  readonly program?: URL
}

/** A suite that runs: what it prints is kept until somebody wants to see it. */
export interface RunningSuite {
  /** Prints what was printed so far, and all that follows; resolves when the suite has ended. */
  shown(): Promise<Result>
  /** Ends it, if it still runs. */
  stop(): void
}

/** A suite that neither ends nor fails by itself is ended after this time. */
const SUITE_DEADLINE_MS = 45 * 60_000
/**
 * A suite that has told its counts has this long to end, longer than any request may take: what is
 * open then is a leak.
 */
const LEAK_DEADLINE_MS = 90_000

/** What an ended suite has printed is there at once. */
const LAST_WORDS_MS = 2_000

const counts = object({
  passed: number,
  failed: number,
  skipped: number,
  failures: array(string),
})

/** Starts a suite in a process of its own. */
export function startSuite(suite: Suite, options: RunOptions): RunningSuite {
  const { grep, environment, program = new URL('suite.ts', import.meta.url) } = options
  const child = fork(program, [suite.name, ...(grep === undefined ? [] : ['--grep', grep])], {
    env: { ...process.env, ...environment },
    silent: true,
  })
  const show = keepOutput(child)
  const result = resultOf(child, suite, grep)
  return {
    shown: () => {
      show()
      return result
    },
    // Its own ways to end a cluster or a proxy begin with this signal.
    stop: () => {
      child.kill('SIGINT')
    },
  }
}

/** Keeps what the process prints; gives what prints it, and all that follows. */
function keepOutput(child: ChildProcess): () => void {
  const kept: Buffer[] = []
  let isShown = false
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      if (isShown) process.stdout.write(chunk)
      else kept.push(chunk)
    })
  }
  return () => {
    isShown = true
    for (const chunk of kept.splice(0)) process.stdout.write(chunk)
  }
}

async function resultOf(
  child: ChildProcess,
  suite: Suite,
  grep: string | undefined,
): Promise<Result> {
  const began = Date.now()
  let told: ReturnType<typeof counts> | undefined
  let problem: string | undefined
  const end = (why: string): void => {
    problem = why
    child.kill('SIGKILL')
  }
  const deadline = setTimeout(() => {
    end(`did not end within ${SUITE_DEADLINE_MS / 60_000} minutes`)
  }, SUITE_DEADLINE_MS)
  let leak: NodeJS.Timeout | undefined
  const interrupt = (): void => {
    child.kill('SIGINT')
  }
  process.once('SIGINT', interrupt)
  child.on('message', (message) => {
    told = counts(message, 'counts')
    leak = setTimeout(() => {
      end(`left handles open: it did not end ${LEAK_DEADLINE_MS / 1000} s after its last test`)
    }, LEAK_DEADLINE_MS)
  })
  const closed = new Promise((resolve) => child.once('close', resolve))
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  // The last of what it printed; what it has left behind may hold the pipe open.
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, LAST_WORDS_MS).unref())])
  // Nobody listens any more: an open pipe would keep this process until that one ends, maybe never.
  for (const stream of [child.stdout, child.stderr]) stream?.destroy()
  clearTimeout(deadline)
  clearTimeout(leak)
  process.removeListener('SIGINT', interrupt)
  if (told === undefined) problem ??= `ended with code ${String(code)} before its tests did`
  const failed = (told?.failed ?? 0) + (problem === undefined ? 0 : 1)
  return {
    suite: suite.name,
    passed: told?.passed ?? 0,
    // A suite that ran nothing proves nothing, unless the pattern was meant for another one.
    failed: failed === 0 && told?.passed === 0 && grep === undefined ? 1 : failed,
    seconds: (Date.now() - began) / 1000,
    failures: told?.failures ?? [],
    ...(problem === undefined ? {} : { problem }),
  }
}
