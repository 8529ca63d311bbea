import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** A program of test/dubbo/java that runs. */
export interface JavaProgram {
  /** Its output so far, by lines. */
  lines(): readonly string[]
  /** It stands still, until it is stopped. */
  suspend(): void
  stop(): Promise<void>
}

export interface JavaOptions {
  /** Put before the command, to run it in another network. */
  readonly wrap?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

/** @param directory with the jar and its `lib`, as the set-up builds them */
export function startJava(
  directory: string,
  main: string,
  args: readonly (string | number)[],
  { wrap = [], environment = {} }: JavaOptions = {},
): JavaProgram {
  const jars = [directory, join(directory, 'lib')].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.jar'))
      .map((name) => join(folder, name)),
  )
  // Small, and quick to start: the tests measure no speed.
  const settings = ['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
  const run = ['java', ...settings, '-cp', jars.join(':'), `dev.baton.dubbo.${main}`]
  const [program = 'java', ...words] = [...wrap, ...run, ...args.map(String)]
  const child: ChildProcess = spawn(program, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  })
  let output = ''
  const collect = (bytes: Buffer): void => {
    output += bytes.toString()
  }
  child.stdout?.on('data', collect)
  child.stderr?.on('data', collect)
  return {
    lines: () => output.split('\n').slice(0, -1),
    suspend: () => {
      child.kill('SIGSTOP')
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}
