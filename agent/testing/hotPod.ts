import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AgentConfig, AgentContainerConfig } from '../../api/agentConfig.ts'
import type { AgentContainerStatus, AgentStatus } from '../../api/agentStatus.ts'
import { parseAgentStatus } from '../../api/agentStatus.ts'
import type { Desired, DesiredContainer } from '../../api/desired.ts'
import type { Interception } from '../../api/interception/desired.ts'
import type { InterceptionStatus } from '../../api/interception/status.ts'
import { freePort } from '../../launcher/testing/ports.ts'
import type { StartedProcess } from '../../launcher/testing/process.ts'
import { until } from '../../launcher/testing/until.ts'
import { LauncherClient } from '../launcher/client.ts'
import { startKeeper, startSlot } from './launchers.ts'
import { makePodInfo, writePodInfo } from './podInfo.ts'

export const SLOTS = ['proxy-1', 'proxy-2'] as const
export type SlotName = (typeof SLOTS)[number]

export interface HotPodOptions {
  /** What each slot's launcher starts at first. */
  readonly command: readonly string[]
  readonly privatePorts?: readonly PrivatePort[]
  readonly probes?: Pick<
    AgentContainerConfig,
    'readinessProbe' | 'livenessProbe' | 'startupProbe' | 'healthCheck'
  >
  readonly drain?: DesiredContainer['drain']
  readonly graceSeconds?: number
  /** The run directory is a file system of its own, of so many KiB; needs root. */
  readonly runSizeKiB?: number
  /** The agent may change the rules of the network that this process is in; needs root. */
  readonly intercepts?: boolean
}

/**
 * A port of the configuration, which the first slot has as it is; that of the second slot; and the
 * spares of both, which they need to run a second process.
 */
export type PrivatePort = readonly [
  port: number,
  second: number,
  spares?: readonly [number, number],
]

const agentProgram = join(import.meta.dirname, '..', 'main.ts')
const defaultDrain = { timerSeconds: 15, maxSeconds: 60, method: {} }

/** A pod of real processes: two slots and the agent under real launchers. */
export class HotPod {
  readonly #options: HotPodOptions
  readonly #started: StartedProcess[] = []
  readonly #slots = new Map<SlotName, StartedProcess>()
  readonly runDir: string
  readonly #podInfo: string
  readonly #port: number
  #keeper: StartedProcess | null = null
  #desired: Desired = { v: 1, containers: {} }
  #interception: Interception | null = null

  private constructor(options: HotPodOptions, runDir: string, podInfo: string, port: number) {
    this.#options = options
    this.runDir = runDir
    this.#podInfo = podInfo
    this.#port = port
  }

  /** Starts the agent and both slots; nothing is ordered yet. */
  static async create(options: HotPodOptions): Promise<HotPod> {
    const runDir = mkdtempSync(join(tmpdir(), 'baton-agent-'))
    if (options.runSizeKiB !== undefined) mountTmpfs(runDir, options.runSizeKiB)
    // As in a pod: whoever is first makes it, slots and agent may all write here.
    mkdirSync(join(runDir, 'proxy'))
    for (const directory of [runDir, join(runDir, 'proxy')]) chmodSync(directory, 0o777)
    const podInfo = await makePodInfo(runDir)
    const hotPod = new HotPod(options, runDir, podInfo, await freePort())
    try {
      await hotPod.startAgent()
      for (const slot of SLOTS) await hotPod.startSlot(slot, options.command)
    } catch (error) {
      await hotPod.end()
      throw error
    }
    return hotPod
  }

  /** The agent's container: keeper and agent. Again, after it was killed. */
  async startAgent(): Promise<void> {
    const config = JSON.stringify(this.#config())
    const command = ['env', `BATON_CONFIG=${config}`, process.execPath, agentProgram]
    this.#keeper = await startKeeper(this.#keeperPath, command, this.#options.intercepts)
    this.#started.push(this.#keeper)
    await until('the agent is up', () => this.agentPids.length > 0, 30_000)
  }

  #config(): AgentConfig {
    const { privatePorts = [], probes = {} } = this.#options
    return {
      v: 1,
      runDir: this.runDir,
      podInfoDir: this.#podInfo,
      port: this.#port,
      containers: [
        {
          name: 'proxy',
          slots: SLOTS,
          privatePorts: privatePorts.map(([port, second, spares]) => ({
            port,
            slots: { 'proxy-1': port, 'proxy-2': second },
            ...(spares && { spares: { 'proxy-1': spares[0], 'proxy-2': spares[1] } }),
          })),
          ...probes,
        },
      ],
      ...(this.#options.intercepts === true ? { interception: true } : {}),
    }
  }

  get #directory(): string {
    return join(this.runDir, 'proxy')
  }

  get #keeperPath(): string {
    return join(this.runDir, 'keep.sock')
  }

  /** Content of the file that launchers read at their start. */
  get activeFile(): string {
    return readFileSync(join(this.#directory, 'active'), 'utf8').trim()
  }

  /** How often a slot's launcher was started, by its own count. */
  boots(slot: SlotName): number {
    return Number(readFileSync(join(this.#directory, `${slot}.boots`), 'utf8'))
  }

  /** Pids of the agent's program, the present one last. */
  get agentPids(): readonly number[] {
    return this.log('agent is up').map(({ pid }) => Number(pid))
  }

  get keeper(): StartedProcess {
    if (this.#keeper === null) throw new Error('no agent was started')
    return this.#keeper
  }

  /** Log lines of the agent with this message. */
  log(message: string): readonly Readonly<Record<string, unknown>>[] {
    return (this.#keeper?.output ?? [])
      .filter((line) => line.includes(`"message":${JSON.stringify(message)}`))
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
  }

  /** All log lines of agent and slots, for the message of a failing test. */
  get output(): string {
    return this.#started.flatMap(({ output }) => output).join('\n')
  }

  async startSlot(slot: SlotName, command: readonly string[]): Promise<void> {
    const { privatePorts = [], graceSeconds = 25 } = this.#options
    const second = slot === 'proxy-2'
    const started = await startSlot({
      directory: this.#directory,
      keeper: this.#keeperPath,
      slot,
      command,
      privatePorts: Object.fromEntries(
        privatePorts.map(([port, other, spares]) => {
          const own = second ? other : port
          return [port, spares === undefined ? own : [own, spares[second ? 1 : 0]]]
        }),
      ),
      graceSeconds,
    })
    this.#started.push(started)
    this.#slots.set(slot, started)
  }

  /** As the kubelet on a new image: SIGTERM, and a new container when the old one has ended. */
  async restartSlot(slot: SlotName, command: readonly string[]): Promise<void> {
    const old = this.slot(slot)
    old.kill('SIGTERM')
    await old.exited
    await this.startSlot(slot, command)
  }

  slot(slot: SlotName): StartedProcess {
    const started = this.#slots.get(slot)
    if (started === undefined) throw new Error(`${slot} was not started`)
    return started
  }

  /** Writes the annotation; the rest of the order has defaults that give slow machines room. */
  async order(
    handover: string,
    active: SlotName,
    fields: Partial<DesiredContainer> = {},
  ): Promise<void> {
    const order: DesiredContainer = {
      handover,
      active,
      revision: `revision-of-${handover}`,
      image: `image-of-${handover}`,
      minBoot: {},
      drain: this.#options.drain ?? defaultDrain,
      startDeadlineSeconds: 30,
      confirmSeconds: 0,
      ...fields,
    }
    this.#desired = { v: 1, containers: { proxy: order } }
    await writePodInfo(this.#podInfo, this.#desired, this.#interception)
  }

  /** Writes the annotation that says what of the pod's traffic goes through the proxy. */
  async intercept(interception: Interception): Promise<void> {
    this.#interception = interception
    await writePodInfo(this.#podInfo, this.#desired, interception)
  }

  /** Waits until the agent says that an order is carried out, or given up. */
  async intercepted({ id }: Interception, deadlineMs = 60_000): Promise<InterceptionStatus> {
    let last: InterceptionStatus | undefined
    const rest = ['On', 'Off', 'Bypassed', 'Failed']
    try {
      return await until(
        `interception ${id} is carried out`,
        async () => {
          last = (await this.status()).interception
          const isDone = last?.id === id && last.phase === 'Idle' && rest.includes(last.state)
          return isDone && (last?.verified === true || last?.state === 'Failed') ? last : undefined
        },
        deadlineMs,
      )
    } catch (cause) {
      throw new Error(`${id}: ${JSON.stringify(last)}\n${this.output}`, { cause })
    }
  }

  async get(path: string): Promise<{ readonly status: number; readonly body: string }> {
    const signal = AbortSignal.timeout(10_000)
    const response = await fetch(`http://127.0.0.1:${this.#port}${path}`, { signal })
    return { status: response.status, body: await response.text() }
  }

  async status(): Promise<AgentStatus> {
    return parseAgentStatus((await this.get('/status')).body)
  }

  async container(): Promise<AgentContainerStatus> {
    const container = (await this.status()).containers['proxy']
    if (container === undefined) throw new Error('no status of the container')
    return container
  }

  /** Asks for readiness again and again until aborted; what was said whenever it was not 200. */
  async watchReadiness(signal: AbortSignal): Promise<readonly string[]> {
    const unready: string[] = []
    while (!signal.aborted) {
      const { status, body } = await this.get('/readyz')
      if (status !== 200) unready.push(body)
    }
    return unready
  }

  /** What the agent's hook socket answers to one line. */
  async hook(line: string): Promise<string> {
    const socket = createConnection(join(this.runDir, 'agent.sock'))
    socket.write(`${line}\n`)
    const chunks: string[] = []
    for await (const chunk of socket) chunks.push(String(chunk))
    return chunks.join('').trim()
  }

  /** Waits until the handover `id` is in `phase`. */
  async reaches(
    id: string,
    phase: AgentContainerStatus['phase'],
    deadlineMs = 60_000,
  ): Promise<AgentContainerStatus> {
    let last: AgentContainerStatus | undefined
    try {
      return await until(
        `${id} is ${phase}`,
        async () => {
          last = await this.container()
          return last.handover?.id === id && last.phase === phase ? last : undefined
        },
        deadlineMs,
      )
    } catch (cause) {
      throw new Error(`${id} is not ${phase}: ${JSON.stringify(last)}\n${this.output}`, { cause })
    }
  }

  /** Pid of the process in a slot, by the log of its launcher. */
  childPid(slot: SlotName): number {
    const line = this.slot(slot).output.findLast((text) => text.includes('"child started"'))
    const pid = /"pid":(\d+)/.exec(line ?? '')?.[1]
    if (pid === undefined) throw new Error(`no process was started in ${slot}`)
    return Number(pid)
  }

  /** Waits until no process runs in a slot, nor shall. */
  async idles(slot: SlotName): Promise<void> {
    const client = new LauncherClient(join(this.#directory, `${slot}.sock`))
    await until(`${slot} is idle`, async () => {
      const { pid, want } = await client.status()
      return pid === 0 && !want
    })
  }

  /** Waits until the agent has looked at the world so often again. */
  async looksAgain(times: number): Promise<void> {
    const lookedAt = async (): Promise<number> => {
      const age = /looked (\d+) ms ago/.exec((await this.get('/healthz')).body)?.[1]
      return Date.now() - Number(age)
    }
    let last = await lookedAt()
    let seen = 0
    await until(`the agent has looked ${times} times`, async () => {
      const at = await lookedAt()
      // The clock of the answer and ours differ by the time that the answer takes.
      if (at - last > 40) {
        seen += 1
        last = at
      }
      return seen >= times
    })
  }

  /** SIGKILLs the agent's program and waits until its launcher has started it anew. */
  async killAgent(): Promise<void> {
    const before = this.agentPids
    const pid = before.at(-1)
    if (pid === undefined) throw new Error('the agent is not up')
    process.kill(pid, 'SIGKILL')
    await until('the agent is up again', () => this.agentPids.length > before.length, 30_000)
  }

  /** SIGKILLs everything that holds listeners: agent, keeper, and both slots with all they run. */
  async killAll(): Promise<void> {
    await Promise.all(this.#started.map((started) => started.end()))
  }

  async end(): Promise<void> {
    await this.killAll()
    if (this.#options.runSizeKiB !== undefined) execFileSync('umount', ['--lazy', this.runDir])
    rmSync(this.runDir, { recursive: true, force: true })
  }
}

function mountTmpfs(path: string, sizeKiB: number): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeKiB}k`, 'baton-run', path])
}
