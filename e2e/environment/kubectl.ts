import { spawn } from 'node:child_process'
import { basename } from 'node:path'

export interface KubectlOptions {
  /** Written to standard input, e.g. manifests for `apply -f -`. */
  readonly input?: string
  readonly deadlineMs?: number
}

export type Kubectl = (args: readonly string[], options?: KubectlOptions) => Promise<string>

/** Thrown when kubectl ends with another code than 0; `stderr` is what it printed there. */
export class KubectlError extends Error {
  readonly stderr: string

  constructor(program: string, args: readonly string[], stderr: string) {
    super(`${program} ${args.join(' ')}: ${stderr.trim()}`)
    this.name = 'KubectlError'
    this.stderr = stderr
  }
}

/** The real kubectl, or Helm, against one cluster: what a user would type. */
export function createKubectl(binary: string, kubeconfigPath: string): Kubectl {
  return (args, options = {}) =>
    new Promise((resolve, reject) => {
      const child = spawn(binary, ['--kubeconfig', kubeconfigPath, ...args], {
        stdio: ['pipe', 'pipe', 'pipe'],
        timeout: options.deadlineMs ?? 60_000,
      })
      let stdout = ''
      let stderr = ''
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
      child.once('error', reject)
      child.once('close', (code) => {
        if (code === 0) resolve(stdout)
        else {
          const seen = stderr === '' ? `ended with ${String(code)}` : stderr
          reject(new KubectlError(basename(binary), args, seen))
        }
      })
      child.stdin.end(options.input ?? '')
    })
}
