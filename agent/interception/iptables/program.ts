import { spawn } from 'node:child_process'

export interface ProgramResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export type RunProgram = (
  program: string,
  args: readonly string[],
  input?: string,
) => Promise<ProgramResult>

/** Twice what iptables waits for its lock. */
const TIMEOUT_MS = 5000
const OUTPUT_MAX_BYTES = 4 * 1024 * 1024

/**
 * /dev/shm is one for all containers of a pod and can be written where the root file system cannot.
 */
const ENVIRONMENT = {
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  XTABLES_LOCKFILE: '/dev/shm/xtables.lock',
}

/** Runs a program to its end. Errors: it cannot be started, or does not end in 5 s. */
export function runProgram(
  program: string,
  args: readonly string[],
  input = '',
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: ENVIRONMENT, stdio: ['pipe', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`${program} ${args.join(' ')} has not ended within ${TIMEOUT_MS} ms`))
    }, TIMEOUT_MS)
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      if (stdout.length < OUTPUT_MAX_BYTES) stdout += chunk
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      if (stderr.length < OUTPUT_MAX_BYTES) stderr += chunk
    })
    // A program that ends before it has read all: its exit code tells.
    child.stdin.on('error', () => undefined)
    child.once('error', (error) => {
      clearTimeout(timer)
      reject(new Error(`${program} cannot be started`, { cause: error }))
    })
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      if (signal !== null && code === null) reject(new Error(`${program} ended by ${signal}`))
      else resolve({ code: code ?? -1, stdout, stderr })
    })
    child.stdin.end(input)
  })
}
