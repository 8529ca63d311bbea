import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Cluster } from '../cluster/cluster.ts'

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  readonly firstLine: string
  /** As Ctrl-C does; resolves to the exit code. */
  stop(): Promise<number>
}

/** `kubectl baton`, as a user has it: the bundle in PATH, found by the real kubectl. */
export interface Plugin {
  run(line: string): Promise<Ended>
  /** Starts what runs until it is stopped; resolves to the first line that it prints. */
  start(line: string): Promise<Started>
  remove(): void
}

const DEADLINE_MS = 180_000

export function installPlugin(cluster: Cluster, bundle = 'dist/cli.js'): Plugin {
  const directory = mkdtempSync(join(tmpdir(), 'baton-plugin-'))
  symlinkSync(resolve(bundle), join(directory, 'kubectl-baton'))
  // Its first line asks for the node of PATH: the one that runs this.
  const path = [directory, dirname(process.execPath), process.env['PATH']].join(delimiter)
  const env = { ...process.env, PATH: path, KUBECONFIG: cluster.kubeconfigPath }
  return {
    run: (line) =>
      new Promise((done, reject) => {
        const child = spawn(cluster.kubectlPath, ['baton', ...line.split(' ')], {
          env,
          stdio: ['ignore', 'pipe', 'pipe'],
          timeout: DEADLINE_MS,
        })
        let stdout = ''
        let stderr = ''
        child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
        child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
        child.once('error', reject)
        child.once('close', (code) => {
          done({ code: code ?? -1, stdout, stderr })
        })
      }),
    start: async (line) => {
      // The plugin itself: a signal to kubectl would not reach it.
      const child = spawn(resolve(bundle), line.split(' '), {
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const ended = once(child, 'exit') as Promise<[number | null]>
      const lines = createInterface({ input: child.stdout })
      const first = await Promise.race([once(lines, 'line') as Promise<[string]>, ended])
      return {
        firstLine: String(first[0]),
        stop: async () => {
          child.kill('SIGINT')
          const [code] = await ended
          return code ?? -1
        },
      }
    },
    remove: () => {
      rmSync(directory, { recursive: true })
    },
  }
}
