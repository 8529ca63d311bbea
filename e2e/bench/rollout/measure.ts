import { loadavg } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { countWrites, endOfLog } from './plane/audit.ts'
import type { WriteCounts } from './plane/audit.ts'
import type { ControlPlane } from './plane/controlPlane.ts'
import type { InstalledProduct, Product, Progress } from './products/product.ts'
import { POD_NAMESPACE } from './products/product.ts'
import type { RolloutRow, WritesPerPod } from './row.ts'
import { usageOf } from './usage.ts'

export interface MeasureOptions {
  readonly plane: ControlPlane
  readonly product: Product
  readonly installed: InstalledProduct
  readonly pods: number
  readonly maxUnavailable: string
  /** Which upgrade of these pods it is, from 1: the first brings version 2. */
  readonly upgrade: number
  readonly deadlineMs: number
  readonly log: (line: string) => void
}

const LOOK_MS = 100
const TELL_MS = 10_000
/** What comes after the last pod (status, events) belongs to the upgrade too: until it is quiet so long. */
const QUIET_MS = 7_000
const TAIL_DEADLINE_MS = 600_000

/** Orders one upgrade of all pods, waits for its end, and counts what it took. */
export async function measureRollout(options: MeasureOptions): Promise<RolloutRow> {
  const { plane, product, installed, pods, maxUnavailable, upgrade } = options
  const { pid } = installed.operator
  const load = loadavg()[0] ?? 0
  const from = await endOfLog(plane.auditLog)
  const before = usageOf(pid)
  const serverBefore = usageOf(plane.pid)
  const began = performance.now()
  await installed.order(upgrade + 1, maxUnavailable)
  const last = await untilDone(options, began)
  const seconds = (performance.now() - began) / 1000
  const serverAfter = usageOf(plane.pid)
  const user = { user: product.user, from, podNamespace: POD_NAMESPACE }
  const tailSeconds = await untilQuiet(() => countWrites(plane.auditLog, user))
  const after = usageOf(pid)
  return {
    name: product.name,
    kind: product.kind,
    pods,
    maxUnavailable,
    upgrade,
    completed: last.done,
    upgraded: last.upgraded,
    seconds,
    writesPerPod: perPod(await countWrites(plane.auditLog, user), pods),
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    serverCpuSeconds: serverAfter.cpuSeconds - serverBefore.cpuSeconds,
    tailSeconds,
    residentMiB: after.residentMiB,
    peakResidentMiB: after.peakResidentMiB,
    load,
  }
}

/** Waits for the last of its events. @returns seconds until that was written */
async function untilQuiet(count: () => Promise<WriteCounts>): Promise<number> {
  const began = performance.now()
  let events = -1
  let changedAt = began
  for (;;) {
    const now = performance.now()
    const written = eventsIn(await count())
    if (written !== events) changedAt = now
    events = written
    const isOver = now - changedAt > QUIET_MS || now - began > TAIL_DEADLINE_MS
    if (isOver) return (changedAt - began) / 1000
    await delay(3_000)
  }
}

function eventsIn(counts: WriteCounts): number {
  return [...counts].reduce((sum, [what, one]) => (isOfEvents(what) ? sum + one : sum), 0)
}

function isOfEvents(what: string): boolean {
  return what.endsWith(' events')
}

async function untilDone(
  { plane, installed, pods, deadlineMs, log }: MeasureOptions,
  began: number,
): Promise<Progress> {
  let told = began
  for (;;) {
    plane.check()
    const progress = await installed.progress(pods)
    const now = performance.now()
    if (progress.done || now - began > deadlineMs) return progress
    if (now - told > TELL_MS) {
      told = now
      log(
        `  ${((now - began) / 1000).toFixed(0)} s: ${progress.upgraded} of ${pods} upgraded; ${progress.says}`,
      )
    }
    await delay(LOOK_MS)
  }
}

export function perPod(counts: WriteCounts, pods: number): WritesPerPod {
  const onPods: Record<string, number> = {}
  let events = 0
  let other = 0
  for (const [what, count] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (/ pods(\/|$)/.test(what) && !what.includes('other pods')) onPods[what] = count / pods
    else if (isOfEvents(what)) events += count / pods
    else other += count / pods
  }
  return { pods: onPods, events, other }
}
