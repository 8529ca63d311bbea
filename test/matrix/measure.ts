import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { until } from '../../launcher/testing/until.ts'
import { formatTarget } from '../ledger/target.ts'
import type { Load, RowSummary, Summary, Target } from '../ledger/index.ts'
import { diff, lossUpperBound, readKernelCounters, startLoad } from '../ledger/index.ts'
import type { Proxy, Side } from '../proxies/proxy.ts'
import { batonSubject } from './batonSubject.ts'
import type { MatrixClient } from './clients.ts'
import { CLIENTS } from './clients.ts'
import { connects } from './connects.ts'
import { intercept } from './network.ts'
import type { Counts, Method, Row, Run } from './row.ts'
import { KINDS } from './row.ts'
import { stopStartSubject } from './stopStartSubject.ts'
import type { Subject } from './subject.ts'
import type { Stage } from './surroundings.ts'
import { setStage } from './surroundings.ts'

export interface MeasureOptions {
  readonly proxy: Proxy
  readonly method: Method
  /** Names of clients; all when absent. */
  readonly only?: readonly string[]
  /** At least so many of each client. */
  readonly requests: number
  /** Of each client, a second. */
  readonly perSecond: number
  /** Changes at least; more while requests are still to be sent. */
  readonly upgrades: number
  /** Between two changes nothing happens for so long, to see latency without them. */
  readonly quietMs: number
  readonly log: (line: string) => void
}

const LISTEN_MS = 20_000
/** Uploads of 20 s alone keep thousands pending. */
const MAX_PENDING = 30_000
const QUIET = 'quiet'
const UPGRADE = 'upgrade'

/** Clients of a proxy that can be measured at all. */
export function clientsOf({ proxy, only }: MeasureOptions): readonly MatrixClient[] {
  return CLIENTS.filter(
    ({ name, protocol }) => (only?.includes(name) ?? true) && proxy.without[protocol] === undefined,
  )
}

/** One proxy under one method, all its clients at once. Errors: what kept it from being measured. */
export async function measure(options: MeasureOptions): Promise<Run> {
  const { proxy, method, perSecond } = options
  const clients = clientsOf(options)
  const stage = await setStage(proxy)
  let subject: Subject | undefined
  let load: Load | undefined
  const at = new Date().toISOString()
  try {
    if (proxy.intercepts === true) intercept(stage.surroundings)
    subject = await start(options, stage)
    await untilListening(stage.targets.http)
    const before = await kernel()
    load = await startLoad({
      targets: stage.targets,
      lanes: clients.map((client) => client.lane(perSecond)),
      maxPending: MAX_PENDING,
    })
    const upgradeSeconds = await changeUnderLoad(subject, load, stage, options)
    const summary = await load.stop()
    load = undefined
    return {
      ...{ proxy: proxy.name, what: proxy.what, method, how: howOf(proxy, method), at },
      versions: [proxy.versions.a, proxy.versions.b],
      seconds: Math.round(summary.elapsedMs / 1000),
      upgrades: upgradeSeconds.length,
      upgradeSeconds,
      ...(subject.connectionsCut === undefined ? {} : { connectionsCut: subject.connectionsCut() }),
      kernel: diff(before, await kernel()),
      generator: {
        cpuShare: summary.generator.cpuShare,
        lateP99Ms: summary.generator.lateMs.p99,
      },
      rows: rowsOf(options, summary),
    }
  } finally {
    load?.abort()
    await subject?.end()
    await stage.end()
  }
}

async function start({ proxy, method }: MeasureOptions, stage: Stage): Promise<Subject> {
  switch (method) {
    case 'baton':
      return await batonSubject(proxy, stage.surroundings)
    case 'own':
      if (typeof proxy.own === 'string') throw new Error(proxy.own)
      return await proxy.own.start(stage.surroundings)
    case 'stop-start':
      return await stopStartSubject(proxy, stage.surroundings)
  }
}

export function howOf(proxy: Proxy, method: Method): string {
  if (method === 'baton') return 'launcher and agent'
  if (method === 'stop-start') return 'SIGTERM, SIGKILL after 5 s, start'
  return typeof proxy.own === 'string' ? proxy.own : proxy.own.how
}

async function untilListening(targets: readonly Target[]): Promise<void> {
  const [first] = targets
  if (first === undefined) throw new Error('no target')
  await until(`${formatTarget(first)} listens`, () => connects(first), LISTEN_MS)
}

/** Back and forth until every client has sent enough. Seconds of each change. */
async function changeUnderLoad(
  subject: Subject,
  load: Load,
  { targets }: Stage,
  { requests, upgrades, quietMs, log }: MeasureOptions,
): Promise<readonly number[]> {
  const seconds: number[] = []
  let side: Side = 'a'
  for (;;) {
    await load.mark(QUIET)
    await delay(quietMs)
    const { rows, total } = await load.snapshot()
    const least = Math.min(...Object.values(rows).map(({ sent }) => sent))
    log(`${seconds.length} upgrades, ${least} requests a client or more, ${total.lost} lost`)
    if (least >= requests && seconds.length >= upgrades) return seconds
    side = side === 'a' ? 'b' : 'a'
    const began = performance.now()
    await load.mark(UPGRADE)
    await subject.change(side)
    await untilListening(targets.http)
    seconds.push(Math.round((performance.now() - began) / 10) / 100)
  }
}

function kernel() {
  return readKernelCounters((path) => readFile(path, 'utf8'))
}

function rowsOf(options: MeasureOptions, summary: Summary): readonly Row[] {
  const { proxy, method, only } = options
  const shared = {
    proxy: proxy.name,
    method,
    kind: KINDS[method],
    versions: [proxy.versions.a, proxy.versions.b] as const,
  }
  return CLIENTS.filter(({ name }) => only?.includes(name) ?? true).map(
    ({ name, label, protocol }): Row => {
      const row = summary.rows[label]
      if (row !== undefined) return { ...shared, client: name, counts: countsOf(row) }
      return { ...shared, client: name, impossible: proxy.without[protocol] ?? 'not sent' }
    },
  )
}

function countsOf(row: RowSummary): Counts {
  const { sent, ok, lost, lostByCause, skipped, abandoned, windows } = row
  const upperBound = lossUpperBound(row)
  return {
    ...{ sent, ok, lost, lostByCause, skipped, abandoned },
    ...(upperBound === undefined ? {} : { upperBound }),
    quietMs: windows[QUIET]?.latencyMs ?? row.latencyMs,
    upgradeMs: windows[UPGRADE]?.latencyMs ?? row.latencyMs,
  }
}
