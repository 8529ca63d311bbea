import type { LauncherStatus } from '../launcher/protocol.ts'
import type { Process, Program } from './program.ts'
import { endConnections, listeningOf, tellToDrain } from './program.ts'

/** The rules of launcher/README.md, as far as the agent can see them. */
export interface Launcher {
  readonly slot: string
  readonly boot: number
  /** What its container has. */
  program: Program
  want: boolean
  terminatingSince: number | null
  child: Process | null
  aside: Process | null
  /** When the child, or the one set aside, is killed; null = it was not told to stop. */
  killAt: number | null
  killAsideAt: number | null
  /** Connections at the last order to stop, and its signal. */
  stopped: Stopped | null
  stoppedAside: Stopped | null
  starts: number
  crashes: number
  backoffMs: number
  startAt: number
  lastExit: LauncherStatus['lastExit']
  lastAside: LauncherStatus['lastAside']
  standIn: boolean
  /** It has copies of the held listeners. */
  copies: boolean
  /** Since when the active slot's launcher is away, as this one sees it. */
  aloneSince: number | null
}

export interface Stopped {
  readonly signal: Signal
  readonly connections: number
}

export type Signal = 'TERM' | 'QUIT'

/** A process has ended. `byOrder`: it was told to, by the agent or for want of one. */
export interface Ended {
  readonly slot: string
  readonly process: Process
  readonly cut: number
  readonly byOrder: boolean
}

const BACKOFF_FIRST_MS = 50
const BACKOFF_MAX_MS = 3200
const LIVED_WELL_MS = 10_000
const GIVE_UP_GRACE_MS = 5000
const STAND_IN_MS = 300
const STAND_IN_WITH_KEEPER_MS = 1500

export function newLauncher(slot: string, boot: number, program: Program): Launcher {
  return {
    slot,
    boot,
    program,
    want: false,
    terminatingSince: null,
    child: null,
    aside: null,
    killAt: null,
    killAsideAt: null,
    stopped: null,
    stoppedAside: null,
    starts: 0,
    crashes: 0,
    backoffMs: 0,
    startAt: 0,
    lastExit: null,
    lastAside: null,
    standIn: false,
    copies: false,
    aloneSince: null,
  }
}

export function statusOf(launcher: Launcher, at: number, keeper: boolean): LauncherStatus {
  const { slot, boot, want, child, aside, starts, crashes, lastExit, lastAside } = launcher
  return {
    v: 1,
    slot,
    boot,
    pid: child?.pid ?? 0,
    want,
    terminating: launcher.terminatingSince !== null,
    starts,
    crashes,
    uptimeMs: child === null ? 0 : at - child.startedAt,
    lastExit,
    listening: child === null ? [] : listeningOf(child, at),
    held: launcher.copies ? 2 : 0,
    keeper,
    side: child?.side ?? 0,
    aside: aside === null ? null : { pid: aside.pid, side: aside.side },
    lastAside,
    unheld: [],
    standIn: launcher.standIn,
  }
}

export function start(launcher: Launcher): void {
  launcher.want = true
  launcher.backoffMs = 0
  launcher.startAt = 0
}

/** The signal now, if it is another one than before; SIGKILL after the grace. */
export function stop(
  launcher: Launcher,
  at: number,
  graceMs: number,
  signal: Signal = 'TERM',
): readonly Ended[] {
  launcher.want = false
  launcher.backoffMs = 0
  launcher.startAt = 0
  const { child, stopped } = launcher
  if (child === null) return []
  launcher.killAt = Math.min(launcher.killAt ?? Infinity, at + graceMs)
  launcher.stopped = { signal, connections: child.connections.length }
  if (stopped?.signal === signal) return []
  return obeys(child, signal) ? [childEnded(launcher, at, 0, 0)] : []
}

export function stopAside(launcher: Launcher, at: number, graceMs: number): readonly Ended[] {
  const { aside, stoppedAside } = launcher
  if (aside === null) return []
  launcher.killAsideAt = Math.min(launcher.killAsideAt ?? Infinity, at + graceMs)
  launcher.stoppedAside = { signal: 'TERM', connections: aside.connections.length }
  if (stoppedAside?.signal === 'TERM') return []
  return obeys(aside, 'TERM') ? [asideEnded(launcher, 0, 0)] : []
}

/** Sets the child aside and starts another one. @returns why not; null = it was done */
export function replace(launcher: Launcher): string | null {
  if (launcher.child === null) return 'no child runs'
  if (launcher.aside !== null) return 'one is set aside already'
  if (launcher.terminatingSince !== null) return 'terminating'
  launcher.aside = launcher.child
  launcher.killAsideAt = launcher.killAt
  launcher.stoppedAside = launcher.stopped
  launcher.child = null
  launcher.killAt = null
  launcher.stopped = null
  launcher.standIn = false
  start(launcher)
  return null
}

/** The kubelet's SIGTERM. */
export function terminate(launcher: Launcher, at: number): void {
  launcher.terminatingSince ??= at
  if (launcher.child === null) launcher.want = false
}

/** Whether it has been told to go and has nothing left that runs. */
export function mayGo(launcher: Launcher): boolean {
  const { terminatingSince, child, aside, want } = launcher
  return terminatingSince !== null && child === null && aside === null && !want
}

export interface Surroundings {
  readonly at: number
  readonly keeper: boolean
  readonly graceMs: number
  readonly activeFile: string | null
  /** Whether the launcher of a slot answers. */
  readonly answers: (slot: string) => boolean
  readonly nextPid: () => number
}

/** What the launcher does by itself at one instant. */
export function tick(launcher: Launcher, around: Surroundings): readonly Ended[] {
  const { at } = around
  const ended: Ended[] = []
  const since = launcher.terminatingSince
  if (since !== null && launcher.want && at >= since + around.graceMs) {
    ended.push(...stop(launcher, at, GIVE_UP_GRACE_MS))
  }
  ended.push(...tickChild(launcher, at), ...tickAside(launcher, at))
  standIn(launcher, around)
  const mayStart = around.keeper || launcher.copies
  if (launcher.child === null && launcher.want && mayStart && at >= launcher.startAt) {
    const side = launcher.aside === null ? 0 : 1 - launcher.aside.side
    launcher.child = {
      pid: around.nextPid(),
      side,
      program: launcher.program,
      startedAt: at,
      draining: false,
      connections: [],
    }
    launcher.starts += 1
  }
  return ended
}

function tickChild(launcher: Launcher, at: number): readonly Ended[] {
  const { child, killAt } = launcher
  if (child === null) return []
  endConnections(child, at)
  if (killAt !== null && at >= killAt) return [childEnded(launcher, at, 0, 9)]
  if (isDone(child, killAt !== null)) return [childEnded(launcher, at, 0, 0)]
  const { exitsAfterMs, exitCode } = child.program
  const exits = exitsAfterMs !== null && at - child.startedAt >= exitsAfterMs
  return exits ? [childEnded(launcher, at, exitCode, 0)] : []
}

function tickAside(launcher: Launcher, at: number): readonly Ended[] {
  const { aside, killAsideAt } = launcher
  if (aside === null) return []
  endConnections(aside, at)
  if (killAsideAt !== null && at >= killAsideAt) return [asideEnded(launcher, 0, 9)]
  return isDone(aside, killAsideAt !== null) ? [asideEnded(launcher, 0, 0)] : []
}

/** One that drains by a signal ends with its last connection; one that drains by an admin stays. */
function isDone({ draining, connections, program }: Process, told: boolean): boolean {
  return draining && connections.length === 0 && (told || !program.leavesAtOnce)
}

/** Whether a signal is the end of a process at once: it closes what it has and exits. */
function obeys(process: Process, signal: Signal): boolean {
  if (signal === 'TERM' && process.program.leavesAtOnce) return process.program.obeys
  tellToDrain(process)
  return false
}

/** What is told of the end of a process; null = it died by an unknown hand. */
function exitOf(
  process: Process,
  stopped: Stopped | null,
  code: number,
  signal: number,
): NonNullable<LauncherStatus['lastExit']> {
  const left = process.connections.length
  const closedByItself = stopped?.signal === 'TERM' && process.program.leavesAtOnce && signal === 0
  const known = stopped !== null || signal === 0
  const connections = closedByItself ? 0 : known ? left : null
  return { code, signal, connections, atStop: stopped?.connections ?? null }
}

export function childEnded(launcher: Launcher, at: number, code: number, signal: number): Ended {
  const process = launcher.child
  if (process === null) throw new Error(`no child in ${launcher.slot}`)
  const byOrder = launcher.killAt !== null
  const cut = process.connections.length
  launcher.lastExit = exitOf(process, launcher.stopped, code, signal)
  if (!byOrder) {
    launcher.crashes += 1
    const livedWell = at - process.startedAt > LIVED_WELL_MS
    launcher.backoffMs =
      livedWell || launcher.backoffMs === 0
        ? BACKOFF_FIRST_MS
        : Math.min(BACKOFF_MAX_MS, launcher.backoffMs * 2)
    launcher.startAt = at + launcher.backoffMs
  }
  launcher.child = null
  launcher.killAt = null
  launcher.stopped = null
  return { slot: launcher.slot, process, cut, byOrder }
}

export function asideEnded(launcher: Launcher, code: number, signal: number): Ended {
  const process = launcher.aside
  if (process === null) throw new Error(`nothing is set aside in ${launcher.slot}`)
  const byOrder = launcher.killAsideAt !== null
  const cut = process.connections.length
  launcher.lastAside = exitOf(process, launcher.stoppedAside, code, signal)
  launcher.aside = null
  launcher.killAsideAt = null
  launcher.stoppedAside = null
  return { slot: launcher.slot, process, cut, byOrder }
}

/** The active slot's launcher is away and nobody else does anything about it. */
function standIn(launcher: Launcher, { at, keeper, activeFile, answers }: Surroundings): void {
  const { slot, child, want, terminatingSince, copies } = launcher
  const alone =
    child === null &&
    !want &&
    terminatingSince === null &&
    copies &&
    activeFile !== null &&
    activeFile !== slot &&
    !answers(activeFile)
  launcher.aloneSince = alone ? (launcher.aloneSince ?? at) : null
  if (launcher.aloneSince === null) return
  if (at - launcher.aloneSince < (keeper ? STAND_IN_WITH_KEEPER_MS : STAND_IN_MS)) return
  launcher.standIn = true
  start(launcher)
}
