import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hrtime } from 'node:process'
import { askToLeave } from './mosnHandshake.ts'
import type { DrainMethod } from './process.ts'
import { expanded, expectEnd } from './process.ts'

/** It accepts for 3 s more, so that a new MOSN has time to begin. */
const ACCEPTS_MS = 4000

/**
 * A way to drain MOSN: Baton takes the part of the new process in the handshake of its smooth
 * upgrade. The real new one has the listeners already, by its launcher; README.md says why it must
 * not take part itself.
 * @param directory of the sockets (`uds_dir`) of the process
 */
export function mosnMethod({ directory }: { readonly directory: string }): DrainMethod {
  return {
    async begin(process, limitSeconds) {
      await expectEnd(process, limitSeconds)
      const sockets = expanded(directory, process)
      // It answers to the handshake once.
      if ((await readMark(sockets))?.pid === process.pid) return
      await askToLeave(sockets)
      await writeMark(sockets, { pid: process.pid, at: now() })
    },
    async accepts(process) {
      const mark = await readMark(expanded(directory, process))
      return mark?.pid === process.pid && now() - mark.at < ACCEPTS_MS
    },
  }
}

/** That a process was asked to leave, and when: an agent that was killed must know it again. */
interface Mark {
  readonly pid: number
  /** CLOCK_MONOTONIC in ms. */
  readonly at: number
}

const markFile = (sockets: string): string => join(sockets, 'baton-drain')

async function readMark(sockets: string): Promise<Mark | null> {
  const text = await readFile(markFile(sockets), 'utf8').catch(() => '')
  const [, pid, at] = /^(\d+) (\d+)$/.exec(text) ?? []
  return pid === undefined ? null : { pid: Number(pid), at: Number(at) }
}

async function writeMark(sockets: string, { pid, at }: Mark): Promise<void> {
  await writeFile(markFile(sockets), `${pid} ${at}`)
}

function now(): number {
  return Number(hrtime.bigint() / 1_000_000n)
}
