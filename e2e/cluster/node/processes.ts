import { readFileSync } from 'node:fs'

/** A process that cannot be mistaken for a later one with the same id. */
export interface ProcessIdentity {
  readonly pid: number
  /** In clock ticks since the boot: field 22 of /proc/<pid>/stat. */
  readonly startTime: string
  readonly bootId: string
}

/** Who has this process id now; undefined when nobody, or only a dead process not yet collected. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in brackets, which may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state, startTime] = [fields[0], fields[19]]
    if (state === 'Z' || state === 'X' || startTime === undefined) return undefined
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return { pid, startTime, bootId }
  } catch {
    return undefined
  }
}

/** Whether this very process still lives. */
export function isAlive(identity: ProcessIdentity): boolean {
  const now = identityOf(identity.pid)
  return now?.startTime === identity.startTime && now.bootId === identity.bootId
}

/** Kills at once; a process that is gone already is fine. */
export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
