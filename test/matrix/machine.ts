import { availableParallelism, release, totalmem } from 'node:os'

/** What the matrix was measured on. */
export interface Machine {
  readonly processors: number
  readonly memoryGiB: number
  readonly kernel: string
}

export function thisMachine(): Machine {
  return {
    processors: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: /^\d+\.\d+/.exec(release())?.[0] ?? release(),
  }
}
