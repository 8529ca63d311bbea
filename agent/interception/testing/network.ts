import { once } from 'node:events'
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { RunProgram } from '../iptables/program.ts'
import { runProgram } from '../iptables/program.ts'
import type { Family } from '../rules/family.ts'

/** Addresses of the two ends; the pod reaches all of the outside's. */
export const addresses = {
  v4: { pod: '10.77.0.2', outside: '10.77.0.1', far: '198.51.100.7', near: '10.99.0.7' },
  v6: { pod: 'fd77::2', outside: 'fd77::1', far: '2001:db8::7', near: 'fd99::7' },
} as const satisfies Record<Family, Record<string, string>>

export interface Connection {
  readonly host: string
  readonly port: number
  /** Both default to 1000: neither the proxy's nor the agent's. */
  readonly uid?: number
  readonly gid?: number
  readonly source?: string
  readonly udp?: boolean
}

export interface Listening {
  readonly name: string
  readonly uid: number
  readonly port: number
  readonly udp?: boolean
  readonly transparent?: boolean
  /** Not on all addresses: a UDP answer must come from the one that the query was sent on to. */
  readonly loopback?: boolean
}

export type Place = 'pod' | 'outside'

/**
 * A network namespace as a pod has one, joined with another that stands for the rest of the cluster.
 * Needs root.
 */
export class PodNetwork {
  readonly #names: Readonly<Record<Place, string>>
  readonly #programs: ChildProcess[] = []

  private constructor(name: string) {
    this.#names = { pod: `${name}-pod`, outside: `${name}-out` }
  }

  static async create(name = `baton-${process.pid}`): Promise<PodNetwork> {
    const network = new PodNetwork(name)
    await network.#makeUp()
    return network
  }

  /** Runs a program in the pod's network, or outside. */
  run(place: Place): RunProgram {
    return (program, args, input) =>
      runProgram('ip', ['netns', 'exec', this.#names[place], program, ...args], input)
  }

  /** Words before a program that runs in one of the networks. */
  words(place: Place): readonly string[] {
    return ['ip', 'netns', 'exec', this.#names[place]]
  }

  async listen(place: Place, listening: readonly Listening[]): Promise<void> {
    const [program = '', ...rest] = this.words(place)
    const args = [...rest, 'python3', ...QUICK, path('answering'), JSON.stringify(listening)]
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
    this.#programs.push(child)
    const users = new Set(listening.map(({ uid }) => uid)).size
    let ready = 0
    for await (const chunk of child.stdout) {
      ready += String(chunk).split('ready').length - 1
      if (ready >= users) break
    }
    if (ready < users) throw new Error(`cannot listen in ${this.#names[place]}`)
  }

  /** Who answered each connection: the first word is its name, then "refused" and the like. */
  async connect(place: Place, connections: readonly Connection[]): Promise<readonly string[]> {
    const { stdout, stderr } = await this.run(place)('python3', [
      ...QUICK,
      path('connecting'),
      JSON.stringify(connections),
    ])
    if (stderr !== '') throw new Error(stderr)
    return JSON.parse(stdout) as string[]
  }

  /** Opens a connection that stays; each call tells who answers on it now, by name. */
  keep(place: Place, host: string, port: number): () => Promise<string> {
    const [program = '', ...rest] = this.words(place)
    const args = [...rest, 'python3', ...QUICK, path('keeping'), host, String(port)]
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
    this.#programs.push(child)
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    return async () => {
      child.stdin.write('?\n')
      const { value = '' } = await lines.next()
      return value.split(' ')[0] ?? ''
    }
  }

  async remove(): Promise<void> {
    for (const child of this.#programs) {
      if (child.pid === undefined || child.exitCode !== null) continue
      const ended = once(child, 'exit')
      // It may have forked for other users.
      process.kill(-child.pid, 'SIGKILL')
      await ended
    }
    for (const name of Object.values(this.#names)) await runProgram('ip', ['netns', 'delete', name])
  }

  async #makeUp(): Promise<void> {
    const { pod, outside } = this.#names
    await ip(`netns add ${pod}`)
    await ip(`netns add ${outside}`)
    await ip(`link add eth0 netns ${pod} type veth peer name eth0 netns ${outside}`)
    for (const place of [pod, outside]) {
      await ip(`-n ${place} link set lo up`)
      await ip(`-n ${place} link set eth0 up`)
    }
    for (const family of ['v4', 'v6'] as const) {
      const { near, far, ...ends } = addresses[family]
      const mask = family === 'v4' ? '24' : '64 nodad'
      await ip(`-n ${pod} addr add ${ends.pod}/${mask} dev eth0`)
      await ip(`-n ${outside} addr add ${ends.outside}/${mask} dev eth0`)
      for (const other of [near, far]) await ip(`-n ${outside} addr add ${other} dev lo`)
      await ip(`-n ${pod} route add default via ${ends.outside}`)
    }
    // For proxies that pass on what came in, as baton-iptables does.
    await ip(`-n ${pod} addr add ::6/128 dev lo`)
  }
}

/** Python without what these programs do not need starts in half the time. */
const QUICK = ['-I', '-S']

async function ip(line: string): Promise<void> {
  const { code, stderr } = await runProgram('ip', line.split(' '))
  if (code !== 0) throw new Error(`ip ${line}: ${stderr.trim()}`)
}

function path(program: string): string {
  return fileURLToPath(new URL(`programs/${program}.py`, import.meta.url))
}
