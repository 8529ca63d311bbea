/** How a version of a proxy behaves in the simulation. */
export interface Program {
  readonly version: string
  /** From its start until it listens. */
  readonly startMs: number
  readonly addresses: readonly string[]
  /** It exits so long after each start; null = it stays. */
  readonly exitsAfterMs: number | null
  /** Whether it answers what it accepts. */
  readonly answers: boolean
  /** Whether it lets go when it is told to. */
  readonly obeys: boolean
  /** SIGTERM ends it at once, with all its connections, as Envoy's does; else it drains first. */
  readonly leavesAtOnce: boolean
  /** What execve says of it; 127 = it is not in its image. */
  readonly exitCode: number
}

export const ADDRESSES: readonly string[] = ['0.0.0.0:80', '0.0.0.0:81']

export function program(version: string, fields: Partial<Program> = {}): Program {
  return {
    version,
    startMs: 100,
    addresses: ADDRESSES,
    exitsAfterMs: null,
    answers: true,
    obeys: true,
    leavesAtOnce: false,
    exitCode: 1,
    ...fields,
  }
}

/** Whether a process of it would come to serve all that clients want. */
export function canServe({ addresses, exitsAfterMs, answers }: Program): boolean {
  return answers && exitsAfterMs === null && ADDRESSES.every((one) => addresses.includes(one))
}

/** One process of a program. Plain data, changed in place by the functions beside it. */
export interface Process {
  readonly pid: number
  readonly side: number
  program: Program
  readonly startedAt: number
  /** It was told to accept nothing more. */
  draining: boolean
  /** When each of its connections would end by itself. */
  connections: number[]
}

export function isListening({ program: { startMs }, startedAt }: Process, at: number): boolean {
  return at - startedAt >= startMs
}

/** Addresses that its launcher names under `listening`: those it has listened on in its life. */
export function listeningOf(process: Process, at: number): readonly string[] {
  return isListening(process, at) ? process.program.addresses : []
}

/** Whether it takes new connections from the held listeners. */
export function accepts(process: Process, at: number): boolean {
  return isListening(process, at) && !process.draining && process.program.addresses.length > 0
}

/** Whether a client that comes now gets an answer from it, on whatever address. */
export function serves(process: Process, at: number): boolean {
  const { program: own } = process
  return (
    accepts(process, at) &&
    own.answers &&
    ADDRESSES.every((address) => own.addresses.includes(address))
  )
}

/** It hears SIGTERM or the like. */
export function tellToDrain(process: Process): void {
  if (process.program.obeys) process.draining = true
}

/** Lets the connections end whose time has come; one that never answers lets none go. */
export function endConnections(process: Process, at: number): void {
  if (!process.program.answers) return
  process.connections = process.connections.filter((end) => end > at)
}
