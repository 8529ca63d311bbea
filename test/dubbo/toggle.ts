import { createServer, connect } from 'node:net'
import type { Server } from 'node:net'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runProgram } from '../../agent/interception/iptables/program.ts'
import { prepareNetwork } from '../../agent/interception/prepare.ts'
import { families } from '../../agent/interception/rules/family.ts'
import { addresses } from '../../agent/interception/testing/network.ts'
import { allOf, wanted } from '../../agent/interception/testing/wanted.ts'
import { jsonLogger } from '../../agent/log.ts'
import { HotPod, SLOTS } from '../../agent/testing/hotPod.ts'
import type { Interception } from '../../api/interception/desired.ts'
import type { InterceptionStatus } from '../../api/interception/status.ts'
import { readConfig } from '../../build/setup/config.ts'
import { dubboDirectory } from '../../build/setup/dubboPrograms.ts'
import { freePorts } from '../../launcher/testing/ports.ts'
import { until } from '../../launcher/testing/until.ts'
import { interceptingEnvoy } from '../interception/envoy.ts'
import { endPod, PORTS } from '../interception/scenario.ts'
import { childrenOf, kill } from '../proxies/processes.ts'
import { answeredBy, callsOf, isNeverSent } from './calls.ts'
import type { JavaProgram } from './javaProgram.ts'
import { startJava } from './javaProgram.ts'

/** What was seen of one toggle; plain data. */
export interface Toggled {
  readonly state: string
  /** Phases and hooks in the order of the agent's log. */
  readonly order: readonly string[]
  /** Calls that failed from the order until both providers answer again, in Dubbo's words. */
  readonly failed: readonly string[]
  /** Of the same time, those that the consumer did not send: Dubbo's own, with or without rules. */
  readonly neverSent: readonly string[]
  /** Connections of callers that the proxy has after that. */
  readonly throughProxy: number
}

export interface DubboToggles {
  readonly on: Toggled
  readonly off: Toggled
  /** Calls that fail when the proxy hangs while it intercepts with Block: the load sees losses. */
  readonly failedByControl: number
}

const START_MS = 120_000
/** A toggle may lose none. Each takes 3 s. */
const CONTROL_FAILURES = 2
/** A consumer hears of a change of the registry, closes a connection, and opens another one. */
const SETTLE_MS = 30_000

/**
 * A provider in this network, whose traffic is intercepted by the hooks of Dubbo's console, and another
 * one, their registry and a consumer outside.
 */
export async function runToggles(outside: string): Promise<DubboToggles> {
  const directory = mkdtempSync(join(tmpdir(), 'baton-dubbo-'))
  chmodSync(directory, 0o777)
  const jars = dubboDirectory(readConfig(process.env).cacheDir)
  const programs: JavaProgram[] = []
  const away = ['ip', 'netns', 'exec', outside]
  const start = (main: string, args: readonly (string | number)[], host?: string): JavaProgram => {
    // The one in the pod is known by its address, and listens on all of them, for the proxy too.
    const options =
      host === undefined ? { wrap: away } : { environment: { DUBBO_IP_TO_REGISTRY: host } }
    const program = startJava(jars, main, args, options)
    programs.push(program)
    return program
  }
  await runProgram('ip', ['-n', outside, 'link', 'set', 'lo', 'up'])
  const [registryPort = 0, consumerQos = 0, qos = 0, otherPort = 0, otherQos = 0] =
    await freePorts(5)
  const log = jsonLogger(() => undefined)
  await prepareNetwork({ annotation: undefined, families, run: runProgram, log })
  const registryHere = await forwarded(registryPort, addresses.v4.outside)
  const pod = await HotPod.create({
    command: await interceptingEnvoy('1.38.3', join(directory, 'envoy.json'), PORTS),
    intercepts: true,
    privatePorts: [[PORTS.admin, PORTS.admin + 1]],
  })
  try {
    await pod.intercept(terms(qos, false))
    await pod.order('initial', 'proxy-1')
    await pod.reaches('initial', 'Settled')
    start('Registry', [registryPort, join(directory, 'zookeeper')])
    await until('the registry listens', () => answers(registryPort), START_MS)
    const providers = [
      start('Provider', ['a', PORTS.tcp, qos, registryPort], addresses.v4.pod),
      start('Provider', ['b', otherPort, otherQos, registryPort]),
    ]
    for (const one of providers) {
      await until('a provider is up', () => one.lines().includes('ready'), START_MS).catch(
        (cause: unknown) => {
          throw new Error(one.lines().slice(-8).join('\n'), { cause })
        },
      )
    }
    const consumer = start('Consumer', [consumerQos, registryPort])
    await answeredBy(consumer, ['a', 'b'], START_MS)

    const on = await toggled(pod, consumer, terms(qos, true))
    const off = await toggled(pod, consumer, terms(qos, false))

    await toggled(pod, consumer, terms(qos, true, 'Block'))
    const before = failedOf(consumer)
    // Of one that dies a consumer hears at once, and leaves it out: this one hangs.
    for (const slot of SLOTS) {
      for (const pid of childrenOf(pod.slot(slot).pid)) kill(pid, 'SIGSTOP')
    }
    await until('calls fail', () => failedOf(consumer) - before >= CONTROL_FAILURES, SETTLE_MS)
    return { on, off, failedByControl: failedOf(consumer) - before }
  } catch (cause) {
    const said = [pod.output, ...programs.map((one) => one.lines().slice(-10).join('\n'))]
    throw new Error(said.join('\n').slice(-6000), { cause })
  } finally {
    for (const program of programs) await program.stop()
    await endPod(pod)
    registryHere.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

function terms(
  port: number,
  enabled: boolean,
  onProxyFailure: Interception['onProxyFailure'] = 'Bypass',
): Interception {
  const online = { dubboQos: { port }, timeoutSeconds: 10, onError: 'Abort' } as const
  const hook = { ...online, waitSeconds: 5 }
  return wanted({
    enabled,
    onProxyFailure,
    inbound: allOf(PORTS.inbound, { ports: [PORTS.tcp] }),
    outbound: undefined,
    hooks: { offline: hook, online, gracefulClose: hook },
    drain: { timerSeconds: 15 },
  })
}

async function toggled(pod: HotPod, consumer: JavaProgram, order: Interception): Promise<Toggled> {
  const saidBefore = consumer.lines().length
  const from = pod.keeper.output.length
  await pod.intercept(order)
  const { state }: InterceptionStatus = await pod.intercepted(order, 60_000)
  const isThrough = order.enabled
  let throughProxy = 0
  await until(
    `calls go ${isThrough ? 'through' : 'by'} the proxy`,
    async () => {
      throughProxy = await connectionsOfCallers()
      return throughProxy > 0 === isThrough
    },
    SETTLE_MS,
  )
  await answeredBy(consumer, ['a', 'b'], SETTLE_MS)
  const said = consumer.lines().slice(saidBefore)
  const neverSent = said.filter(isNeverSent)
  const failed = said.filter((line) => line.startsWith('failed ') && !isNeverSent(line))
  return { state, order: stepsOf(pod.keeper.output.slice(from)), failed, neverSent, throughProxy }
}

/** Phases as they begin, and hooks as they end, of the agent's log. */
function stepsOf(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => {
    if (!line.includes('"part":"interception"')) return []
    const { message, phase, name, outcome } = JSON.parse(line) as Record<string, string>
    if (message === 'interception changed') return [phase ?? '']
    return message === 'hook ended' ? [`${name ?? ''}: ${outcome ?? ''}`] : []
  })
}

function failedOf(consumer: JavaProgram): number {
  return callsOf(consumer).at(-1)?.failed ?? 0
}

/** What the proxy has open to the provider; the agent's probes go to no server. */
async function connectionsOfCallers(): Promise<number> {
  const url = `http://127.0.0.1:${PORTS.admin}/stats?filter=cluster.app-tcp.upstream_cx_active`
  const text = await (await fetch(url, { signal: AbortSignal.timeout(2000) })).text()
  return Number(/upstream_cx_active: (\d+)/.exec(text)?.[1] ?? Number.NaN)
}

/** Programs here know the registry by their own loopback address. */
async function forwarded(port: number, host: string): Promise<Server> {
  const server = createServer((near) => {
    const far = connect(port, host)
    near.pipe(far).pipe(near)
    for (const one of [near, far]) {
      one.on('error', () => {
        near.destroy()
        far.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return server
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, addresses.v4.outside)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => {
      resolve(false)
    })
  })
}
