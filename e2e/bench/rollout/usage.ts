import { readFileSync } from 'node:fs'

/** What a process has used since it started. */
export interface Usage {
  readonly cpuSeconds: number
  readonly residentMiB: number
  readonly peakResidentMiB: number
}

/** USER_HZ, which is 100 on every Linux that runs Kubernetes. */
const TICKS_A_SECOND = 100

export function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  // The second field is the program's name in brackets, which may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [user, system] = [Number(fields[11]), Number(fields[12])]
  const mebibytes = (key: string): number =>
    Number(new RegExp(`^${key}:\\s*(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1024
  return {
    cpuSeconds: (user + system) / TICKS_A_SECOND,
    residentMiB: mebibytes('VmRSS'),
    peakResidentMiB: mebibytes('VmHWM'),
  }
}
