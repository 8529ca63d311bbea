import { readFile, writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { text } from 'node:stream/consumers'
import { runProgram } from './program.ts'

const interrupt = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interrupt.abort()
  })
}
// The reader has left, as `head` does: there is nobody to tell.
process.stdout.on('error', () => process.exit())

process.exitCode = await runProgram(process.argv.slice(2), {
  read: (file) => (file === '-' ? text(process.stdin) : readFile(file, 'utf8')),
  print: (output) => {
    process.stdout.write(output)
  },
  warn: (output) => {
    process.stderr.write(output)
  },
  // Answers are typed: a pipe that happens to hold a "yes" is no person.
  ask:
    process.stdin.isTTY && process.stderr.isTTY
      ? async (question) => {
          const terminal = createInterface({ input: process.stdin, output: process.stderr })
          try {
            return await terminal.question(question, { signal: interrupt.signal })
          } finally {
            terminal.close()
          }
        }
      : undefined,
  columns: process.stdout.isTTY ? process.stdout.columns : undefined,
  env: process.env,
  now: Date.now,
  sleep: async (ms, signal) => {
    await delay(ms, undefined, { signal })
  },
  signal: interrupt.signal,
  write: (file, content) => writeFile(file, content, { flag: 'wx' }),
})
