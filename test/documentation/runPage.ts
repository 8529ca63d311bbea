import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Block } from './blocks.ts'
import { filesOf, scriptOf } from './blocks.ts'

export interface RunPageOptions {
  readonly page: string
  readonly blocks: readonly Block[]
  /** The checkout: the page's working directory shows what is in it. */
  readonly root: string
  /** Of the shell. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly deadlineMs: number
}

export interface PageRun {
  /** Of the shell: 0 when every command ended with 0; -1 when it was killed. */
  readonly code: number
  /** Standard output and error, as a reader sees them. */
  readonly output: string
  readonly seconds: number
}

/** Tells where a command has failed; what the page's programs start shall not tell it again. */
const PROLOGUE = `unset BASH_ENV
set -eEu -o pipefail
trap 'code=$?; echo "$PAGE:$LINENO: ended with $code: $BASH_COMMAND" >&2' ERR
`
/** After the last command nothing of the page may be left running. */
const GRACE_MS = 2_000

/**
 * Types the commands of a page into one shell, in order, in a directory of its own which has the
 * files that the page tells to save and, beside them, everything of the checkout.
 */
export async function runPage(options: RunPageOptions): Promise<PageRun> {
  const { page, blocks, root, environment, deadlineMs } = options
  const began = Date.now()
  const scripts = mkdtempSync(join(tmpdir(), 'baton-script-'))
  const directory = mkdtempSync(join(tmpdir(), 'baton-page-'))
  try {
    for (const name of readdirSync(root))
      if (!name.startsWith('.')) symlinkSync(join(root, name), join(directory, name))
    for (const [name, text] of filesOf(blocks)) writeFileSync(join(directory, name), text)
    const [script, prologue] = [join(scripts, 'page.sh'), join(scripts, 'prologue.sh')]
    writeFileSync(script, scriptOf(blocks))
    writeFileSync(prologue, PROLOGUE)
    const env = { ...process.env, ...environment, PAGE: page, BASH_ENV: prologue }
    const ended = await run(script, directory, env, deadlineMs)
    return { ...ended, seconds: (Date.now() - began) / 1000 }
  } finally {
    rmSync(directory, { recursive: true })
    rmSync(scripts, { recursive: true })
  }
}

function run(
  script: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
  deadlineMs: number,
): Promise<Pick<PageRun, 'code' | 'output'>> {
  return new Promise((resolve, reject) => {
    const stdio = ['ignore', 'pipe', 'pipe'] as const
    const child = spawn('bash', [script], { cwd, env, detached: true, stdio: [...stdio] })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text))
    const kill = (): void => {
      if (child.pid === undefined) return
      try {
        process.kill(-child.pid, 'SIGKILL')
      } catch {
        // The group has ended by itself.
      }
    }
    const deadline = setTimeout(() => {
      output += `\nnot over after ${deadlineMs / 1000} s`
      kill()
    }, deadlineMs)
    child.once('error', reject)
    child.once('exit', () => setTimeout(kill, GRACE_MS).unref())
    child.once('close', (code) => {
      clearTimeout(deadline)
      resolve({ code: code ?? -1, output })
    })
  })
}
