import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { runProgram } from '../../agent/interception/iptables/program.ts'
import { prepareNetwork } from '../../agent/interception/prepare.ts'
import { families } from '../../agent/interception/rules/family.ts'
import { addresses } from '../../agent/interception/testing/network.ts'
import { wanted } from '../../agent/interception/testing/wanted.ts'
import { jsonLogger } from '../../agent/log.ts'
import { HotPod, SLOTS } from '../../agent/testing/hotPod.ts'
import type { ProxyFailurePolicy } from '../../api/v1beta1/trafficinterception.ts'
import { until } from '../../launcher/testing/until.ts'
import type { Load, Summary } from '../ledger/index.ts'
import { startLoad, startOriginProcess } from '../ledger/index.ts'
import { childrenOf, kill } from '../proxies/processes.ts'
import { interceptingEnvoy } from './envoy.ts'
import { endPod, PORTS } from './scenario.ts'

/** `crash`: it dies whenever it is started. `hang`: it is stopped, and the kernel accepts for it. */
export const failures = ['crash', 'hang'] as const
export type Failure = (typeof failures)[number]

export interface OutageOrder {
  readonly failure: Failure
  readonly policy: ProxyFailurePolicy
}

interface Counts {
  readonly ok: number
  readonly lost: number
}

/** What became of new connections, in and out, while the proxy failed; plain data. */
export interface Outage extends OutageOrder {
  /** From the failure until no rule redirects; null = they stay. */
  readonly rulesOffAfterMs: number | null
  /** From the failure until the rules are off, or for {@link BLOCKED_MS}. */
  readonly first: Counts
  /** After that, while the proxy still fails. */
  readonly then: Counts
  /** Status of the agent's readiness in that time. */
  readonly readiness: number
  /** From when it goes through the proxy again. */
  readonly after: Counts
}

const BLOCKED_MS = 2000
const WINDOW_MS = 1000
/** A client that waits longer calls it lost. */
const TIMEOUT_MS = 3000
/** By so much a loaded client may be late. */
const LATE_MS = 1000
const PER_SECOND = 40

/** One failure after the other of one real Envoy, in the network that this process is in. */
export async function runOutages(
  orders: readonly OutageOrder[],
  outside: string,
): Promise<readonly Outage[]> {
  const directory = mkdtempSync(join(tmpdir(), 'baton-outage-'))
  chmodSync(directory, 0o777)
  const log = jsonLogger(() => undefined)
  await prepareNetwork({ annotation: undefined, families, run: runProgram, log })
  const wrap = ['ip', 'netns', 'exec', outside]
  const ports = { http: PORTS.http }
  const origins = await Promise.all([
    startOriginProcess({ host: '::', ports }),
    startOriginProcess({ host: '::', ports, wrap }),
  ])
  const pod = await HotPod.create({
    command: await interceptingEnvoy('1.38.3', join(directory, 'envoy.json'), PORTS),
    intercepts: true,
    privatePorts: [[PORTS.admin, PORTS.admin + 1]],
  })
  try {
    await pod.order('initial', 'proxy-1')
    await pod.reaches('initial', 'Settled')
    const outages: Outage[] = []
    for (const order of orders) outages.push(await runOutage(pod, order, wrap))
    return outages
  } finally {
    await endPod(pod)
    for (const origin of origins) await origin.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

async function runOutage(
  pod: HotPod,
  order: OutageOrder,
  wrap: readonly string[],
): Promise<Outage> {
  const target = wanted({ onProxyFailure: order.policy })
  await pod.intercept(target)
  await pod.intercepted(target)
  const loads = await startLoads(wrap)
  const mark = (name: string) => Promise.all(loads.map((load) => load.mark(name)))
  try {
    await mark('before')
    await delay(WINDOW_MS)
    await mark('first')
    const failedAt = performance.now()
    const restore = order.failure === 'crash' ? crash(pod) : hang(pod)
    let rulesOffAfterMs: number | null = null
    if (order.policy === 'Block') await delay(BLOCKED_MS)
    else {
      await until('nothing is redirected', async () => (await redirects()) === 0, 60_000)
      rulesOffAfterMs = Math.round(performance.now() - failedAt)
    }
    await mark('then')
    await delay(WINDOW_MS)
    const { status } = await pod.get('/readyz')
    // What is due now may be waiting yet when the proxy is back.
    await mark('ending')
    await delay(TIMEOUT_MS + LATE_MS)
    restore()
    await until('it is on again', async () => (await isOn(pod)) && (await redirects()) > 0, 60_000)
    await mark('after')
    await delay(WINDOW_MS)
    const summaries = await Promise.all(loads.map((load) => load.stop()))
    const of = (name: string): Counts => countsOf(summaries, name)
    const windows = { first: of('first'), then: of('then'), after: of('after') }
    return { ...order, rulesOffAfterMs, readiness: status, ...windows }
  } finally {
    for (const load of loads) load.abort()
  }
}

/** Whenever a process is started in a slot, it is killed. The launchers live, and start others. */
function crash(pod: HotPod): () => void {
  const strike = (): void => {
    for (const slot of SLOTS) for (const pid of childrenOf(pod.slot(slot).pid)) kill(pid)
  }
  strike()
  const timer = setInterval(strike, 10)
  return () => {
    clearInterval(timer)
  }
}

/** All that runs in the slots is stopped. */
function hang(pod: HotPod): () => void {
  const pids = SLOTS.flatMap((slot) => childrenOf(pod.slot(slot).pid))
  for (const pid of pids) kill(pid, 'SIGSTOP')
  return () => {
    for (const pid of pids) kill(pid, 'SIGCONT')
  }
}

async function redirects(): Promise<number> {
  const { stdout } = await runProgram('iptables-save', ['-t', 'nat'])
  return stdout.match(/-A BATON_OUTPUT -p tcp -j BATON_TO_OUTBOUND/g)?.length ?? 0
}

/** Ready and told so: with Block the rules were never off. */
async function isOn(pod: HotPod): Promise<boolean> {
  const { interception, ready, containers } = await pod.status()
  const isServing = Object.values(containers['proxy']?.slots ?? {}).some(({ running }) => running)
  return ready && isServing && interception?.state === 'On' && interception.verified
}

/** New connections from outside to the app, and from the app to a server outside. */
function startLoads(wrap: readonly string[]): Promise<readonly Load[]> {
  const start = (place: 'pod' | 'outside', words: readonly string[]): Promise<Load> =>
    startLoad({
      targets: { http: [{ host: addresses.v4[place], port: PORTS.http }] },
      lanes: [{ kind: 'short', perSecond: PER_SECOND }],
      timeoutMs: TIMEOUT_MS,
      wrap: words,
    })
  return Promise.all([start('pod', wrap), start('outside', [])])
}

function countsOf(summaries: readonly Summary[], name: string): Counts {
  const windows = summaries.map(({ kinds }) => kinds.short?.windows[name])
  const sum = (field: keyof Counts) => windows.reduce((all, one) => all + (one?.[field] ?? 0), 0)
  return { ok: sum('ok'), lost: sum('lost') }
}
