import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A control group with a memory limit, as the kubelet makes one for each container. */
export interface MemoryLimit {
  /** Puts a process, and those it will start, under the limit. */
  add(pid: number): void
  /** How often the kernel has killed a process of the group for want of memory. */
  readonly kills: number
  end(): void
}

const ROOT = '/sys/fs/cgroup'

/** @returns null where the machine lets nobody make one: neither version 1 nor 2 is writable */
export function memoryLimit(name: string, bytes: number): MemoryLimit | null {
  const first = existsSync(join(ROOT, 'memory'))
  const directory = join(first ? join(ROOT, 'memory') : ROOT, name)
  try {
    mkdirSync(directory)
    const file = first ? 'memory.limit_in_bytes' : 'memory.max'
    writeFileSync(join(directory, file), String(bytes))
    writeSwapLimit(directory, first, bytes)
  } catch {
    return null
  }
  return {
    add: (pid) => {
      writeFileSync(join(directory, 'cgroup.procs'), String(pid))
    },
    get kills() {
      const file = first ? 'memory.oom_control' : 'memory.events'
      return Number(/oom_kill (\d+)/.exec(readFileSync(join(directory, file), 'utf8'))?.[1] ?? 0)
    },
    end: () => {
      rmdirSync(directory)
    },
  }
}

/** Without it the limit would be met by swapping, where there is swap. */
function writeSwapLimit(directory: string, first: boolean, bytes: number): void {
  const path = join(directory, first ? 'memory.memsw.limit_in_bytes' : 'memory.swap.max')
  if (existsSync(path)) writeFileSync(path, first ? String(bytes) : '0')
}
