import { readFileSync, mkdtempSync, chmodSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Interception } from '../../api/interception/desired.ts'
import { formatInterception } from '../../api/interception/desired.ts'
import { prepareNetwork } from '../../agent/interception/prepare.ts'
import { runProgram } from '../../agent/interception/iptables/program.ts'
import { addresses } from '../../agent/interception/testing/network.ts'
import { allOf, wanted } from '../../agent/interception/testing/wanted.ts'
import { jsonLogger } from '../../agent/log.ts'
import { HotPod } from '../../agent/testing/hotPod.ts'
import { kill } from '../proxies/processes.ts'
import type { Lane, Load, OriginProcess } from '../ledger/index.ts'
import { startLoad, startOriginProcess } from '../ledger/index.ts'
import { changeWithout } from './controls.ts'
import type { EnvoyPorts } from './envoy.ts'
import { interceptingEnvoy } from './envoy.ts'
import type { Order, Result } from './order.ts'
import { directionOf } from './order.ts'

export const PORTS: EnvoyPorts = {
  ...{ admin: 9901, inbound: 15_006, outbound: 15_001 },
  ...{ http: 8080, tcp: 8081, onlyByProxy: 8082 },
}
const VERSIONS = ['1.38.3', '1.40.0'] as const
const WARM_MS = 1500
/** Between two toggles: some requests in each state. */
const PAUSE_MS = 150

/** One run, in the network that this process is in. */
export async function runScenario(order: Order): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), 'baton-intercept-'))
  chmodSync(directory, 0o777)
  const isBaton = order.method === 'baton'
  const needsAnchor = order.method === 'baton' || order.method === 'two-step'
  const first = terms(startsOn(order), 0)
  if (needsAnchor) await prepare(first)
  else if (first.enabled) await changeWithout(order.method, first)
  const cleanUp: (() => Promise<unknown>)[] = []
  try {
    const origins = await startOrigins(order)
    cleanUp.push(...origins.map((origin) => () => origin.close()))
    const command = await interceptingEnvoy(VERSIONS[0], join(directory, 'a.json'), PORTS)
    const next = await interceptingEnvoy(VERSIONS[1], join(directory, 'b.json'), PORTS)
    const pod = await HotPod.create({
      command,
      intercepts: isBaton,
      privatePorts: [[PORTS.admin, PORTS.admin + 1]],
      drain: { timerSeconds: 1, maxSeconds: 600, method: { envoy: { adminPort: PORTS.admin } } },
    })
    cleanUp.push(() => endPod(pod))
    await pod.intercept(first)
    await pod.order('initial', 'proxy-1')
    await pod.reaches('initial', 'Settled')
    if (isBaton) await pod.intercepted(first)
    const loads = await startLoads(order)
    const only = order.what === 'change' ? await loadOnlyByProxy() : null
    if (only !== null) cleanUp.push(() => abort([only]))
    cleanUp.push(() => abort(loads))
    const result = await toggles(order, pod, loads, next)
    return { ...result, onlyByProxy: only === null ? null : directionOf(await only.stop()) }
  } finally {
    for (const end of cleanUp.reverse()) await end()
    rmSync(directory, { recursive: true, force: true })
  }
}

function abort(loads: readonly Load[]): Promise<void> {
  for (const load of loads) load.abort()
  return Promise.resolve()
}

async function toggles(
  order: Order,
  pod: HotPod,
  loads: readonly [Load, Load],
  next: readonly string[],
): Promise<Omit<Result, 'onlyByProxy'>> {
  const begun = performance.now()
  const toggleSeconds: number[] = []
  const mark = (name: string) => Promise.all(loads.map((load) => load.mark(name)))
  await mark(startsOn(order) ? 'on' : 'off')
  await delay(WARM_MS)
  const cpuBefore = order.method === 'baton' ? cpuMs(pod) : null
  let upgrade: Promise<unknown> = Promise.resolve()
  for (let count = 1; count <= order.times; count += 1) {
    const isOn = order.what === 'change' || (count % 2 === 0) === startsOn(order)
    const target = terms(isOn, order.what === 'change' ? count : 0)
    if (order.upgrades && count === Math.ceil(order.times / 2)) upgrade = upgradeProxy(pod, next)
    if (order.method === 'baton') {
      await pod.intercept(target)
      const { state, lastToggle, message } = await pod.intercepted(target)
      if (state !== (isOn ? 'On' : 'Off')) throw new Error(`toggle ${count}: ${state}: ${message}`)
      toggleSeconds.push(lastToggle?.durationSeconds ?? 0)
    } else await changeWithout(order.method, target)
    await mark(isOn ? 'on' : 'off')
    await delay(PAUSE_MS)
  }
  const cpuAfter = order.method === 'baton' ? cpuMs(pod) : null
  await upgrade
  const [inbound, outbound] = await Promise.all(loads.map((load) => load.stop()))
  if (inbound === undefined || outbound === undefined) throw new Error('no load')
  return {
    times: order.times,
    seconds: Math.round((performance.now() - begun) / 1000),
    inbound: directionOf(inbound),
    outbound: directionOf(outbound),
    toggleSeconds,
    cpuMsPerToggle:
      cpuBefore === null || cpuAfter === null
        ? null
        : Math.round(((cpuAfter - cpuBefore) / order.times) * 10) / 10,
    upgraded: order.upgrades,
  }
}

/** Without the match of opening packets, it is the first redirect that breaks what exists. */
function startsOn({ what, method }: Order): boolean {
  return what === 'change' || method !== 'no-syn'
}

/** New connections to a port that only a proxy answers: each that goes by it is refused. */
function loadOnlyByProxy(): Promise<Load> {
  const http = [addresses.v4, addresses.v6].map(({ outside }) => {
    return { host: outside, port: PORTS.onlyByProxy }
  })
  return startLoad({ targets: { http }, lanes: [{ kind: 'short', perSecond: 100 }] })
}

/** Terms that differ in what nobody here uses, so that each is a change of rules. */
function terms(enabled: boolean, variant: number): Interception {
  return wanted({
    enabled,
    inbound: allOf(PORTS.inbound, { excludePorts: [9000 + (variant % 50)] }),
    outbound: allOf(PORTS.outbound),
    drain: { timerSeconds: 0 },
  })
}

function prepare(first: Interception): Promise<void> {
  return prepareNetwork({
    annotation: formatInterception(first),
    families: ['v4', 'v6'],
    run: runProgram,
    log: jsonLogger(() => undefined),
  })
}

function startOrigins({ outside }: Order): Promise<readonly OriginProcess[]> {
  const ports = { http: PORTS.http, tcp: PORTS.tcp }
  return Promise.all([
    startOriginProcess({ host: '::', ports }),
    startOriginProcess({ host: '::', ports, wrap: ['ip', 'netns', 'exec', outside] }),
  ])
}

/** Clients outside of the pod, and the app as a client: both families, three kinds each. */
async function startLoads({ outside, perSecond }: Order): Promise<readonly [Load, Load]> {
  const lanes: readonly Lane[] = [
    { kind: 'short', perSecond },
    { kind: 'keepalive', connections: 4, gapMs: 0, perSecond },
    { kind: 'keepalive-idle', connections: 4, gapMs: 700 },
    { kind: 'tcp', connections: 4, gapMs: Math.round(4000 / perSecond) },
    // Dialled anew now and then, so that some begin in each state.
    { kind: 'tcp', label: 'tcp, 3 s', connections: 4, gapMs: 400, lifeMs: 3000 },
  ]
  const targets = (place: 'pod' | 'outside') => {
    const at = (port: number) => [
      { host: addresses.v4[place], port },
      { host: addresses.v6[place], port },
    ]
    return { http: at(PORTS.http), tcp: at(PORTS.tcp) }
  }
  const wrap = ['ip', 'netns', 'exec', outside]
  return [
    await startLoad({ targets: targets('pod'), lanes, wrap }),
    await startLoad({ targets: targets('outside'), lanes }),
  ]
}

/** Toggles go on while it happens. */
async function upgradeProxy(pod: HotPod, command: readonly string[]): Promise<void> {
  await pod.restartSlot('proxy-2', command)
  await pod.order('upgrade', 'proxy-2', { minBoot: { 'proxy-2': pod.boots('proxy-2') } })
  // Streams that never end stay with the old version: it counts as upgraded all the same.
  await pod.reaches('upgrade', 'Draining', 60_000)
}

/** Of the agent's program with all that it has started and seen end. */
function cpuMs(pod: HotPod): number {
  const pid = pod.agentPids.at(-1) ?? 0
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  // utime, stime, cutime, cstime: fields 14 to 17 of proc(5), in ticks of 10 ms.
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * 10, 0)
}

export async function endPod(pod: HotPod): Promise<void> {
  for (const slot of ['proxy-1', 'proxy-2'] as const) {
    pod.slot(slot).kill('SIGKILL')
    try {
      kill(-pod.childPid(slot))
    } catch {
      // Nothing was ever started there.
    }
  }
  await pod.end()
}
