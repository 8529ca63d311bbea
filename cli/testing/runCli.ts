import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runProgram } from '../program.ts'

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** The standard output, which must be one JSON document. */
  readonly json: () => unknown
  /** Files that were created, by name. */
  readonly written: ReadonlyMap<string, string>
}

export interface RunOptions {
  /** By name; `-` is the standard input. */
  readonly files?: Readonly<Record<string, string>>
  /** Text of a kubeconfig. Without one, no cluster is known. */
  readonly kubeconfig?: string
  /** What is typed to each question; without it there is no terminal. */
  readonly answer?: string | (() => string)
  readonly columns?: number
  /** Told the text of each output as it comes. */
  readonly onPrint?: (text: string) => void
  readonly signal?: AbortSignal
  /** Instead of a real wait. */
  readonly sleep?: (ms: number) => Promise<void>
  readonly nowMs?: number
}

/** Runs the program in this process, with everything but the network in memory. */
export async function runCli(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  let stdout = ''
  let stderr = ''
  const { files = {}, kubeconfig, answer } = options
  const written = new Map<string, string>()
  const home = '/nonexistent'
  const file = kubeconfig === undefined ? undefined : await kubeconfigFile(kubeconfig)
  try {
    const code = await runProgram(args, {
      read: (name) => {
        const text = files[name]
        if (text === undefined) return Promise.reject(new Error(`no such file: ${name}`))
        return Promise.resolve(text)
      },
      print: (text) => {
        stdout += text
        options.onPrint?.(text)
      },
      warn: (text) => {
        stderr += text
      },
      ask:
        answer === undefined
          ? undefined
          : (question) => {
              stderr += question
              return Promise.resolve(typeof answer === 'string' ? answer : answer())
            },
      columns: options.columns,
      env: { HOME: home, ...(file === undefined ? {} : { KUBECONFIG: file.path }) },
      now: () => options.nowMs ?? Date.parse('2025-01-01T00:10:00Z'),
      sleep: (ms, signal) => {
        signal.throwIfAborted()
        return options.sleep?.(ms) ?? delay(Math.min(ms, 20))
      },
      signal: options.signal ?? new AbortController().signal,
      write: (name, text) => {
        written.set(name, text)
        return Promise.resolve()
      },
    })
    return { code, stdout, stderr, json: () => JSON.parse(stdout) as unknown, written }
  } finally {
    await file?.remove()
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

async function kubeconfigFile(text: string) {
  const directory = await mkdtemp(join(tmpdir(), 'baton-cli-'))
  const path = join(directory, 'config')
  await writeFile(path, text)
  return { path, remove: () => rm(directory, { recursive: true }) }
}
