import type { DesiredContainer } from '../../api/desired.ts'
import type { Ended, Launcher } from './launcher.ts'
import { asideEnded, childEnded, mayGo, newLauncher, terminate, tick } from './launcher.ts'
import type { Process, Program } from './program.ts'
import { accepts, serves } from './program.ts'

export const SLOTS = ['proxy-1', 'proxy-2'] as const
export type SlotName = (typeof SLOTS)[number]

/** A container with a launcher as its PID 1, and what the kubelet does with it. */
export interface Slot {
  readonly name: SlotName
  /** What its next container runs. */
  image: Program
  /** Content of its file of boots. */
  boots: number
  /** How often its container was started: what the API server knows. */
  containers: number
  launcher: Launcher | null
  /** When the kubelet starts its container. */
  startAt: number
  /** Deaths of the container that nobody asked for: the kubelet waits longer after each. */
  deaths: number
  /** Nobody finds its control socket before then. */
  hiddenUntil: number
}

/** The volume `baton-run`. */
export interface RunDirectory {
  active: string | null
  state: string | null
  full: boolean
}

/** All that is outside the agent: plain data, changed in place as virtual time goes on. */
export interface Pod {
  /** Monotonic, in ms. */
  at: number
  readonly slots: readonly Slot[]
  readonly run: RunDirectory
  keeper: boolean
  /** Somebody holds the listeners: clients are queued, not refused. */
  held: boolean
  /** What the annotation says, as the kubelet has written it. */
  order: DesiredContainer | null
  readonly clients: Clients
  readonly ended: Ended[]
  /** Processes that died of something nobody could count at: then the numbers are an estimate. */
  sudden: number
  /** A launcher went before anybody could ask it for the end of its process: the same, upwards. */
  estimated: boolean
  /** Whether a second process may run in a slot: each private port has a number for it. */
  readonly spares: boolean
  lastPid: number
}

export interface Clients {
  readonly everyMs: number
  /** How long their connections last; every tenth lasts `longMs`. */
  readonly shortMs: number
  readonly longMs: number
  came: number
  waiting: number
  refused: number
}

export const INSTANT_MS = 10
export const KUBELET_GRACE_MS = 30_000
/** From the end of a container to the start of its next: with a new image, and after each death. */
const RESTART_MS = 300
const BACKOFFS_MS = [500, 10_000, 20_000] as const

export function newPod(first: Program, clients: Partial<Clients>, spares: boolean): Pod {
  return {
    at: 0,
    slots: SLOTS.map((name) => ({
      ...{ name, image: first, boots: 0, containers: 0, launcher: null },
      ...{ startAt: 0, deaths: 0, hiddenUntil: 0 },
    })),
    run: { active: null, state: null, full: false },
    keeper: true,
    held: false,
    order: null,
    clients: {
      ...{ everyMs: 20, shortMs: 40, longMs: 1500 },
      ...{ came: 0, waiting: 0, refused: 0 },
      ...clients,
    },
    ended: [],
    sudden: 0,
    estimated: false,
    spares,
    lastPid: 0,
  }
}

export function slotOf(pod: Pod, name: string): Slot {
  const slot = pod.slots.find((one) => one.name === name)
  if (slot === undefined) throw new Error(`no slot ${name}`)
  return slot
}

/** The launcher of a slot, if it can be reached. */
export function reach(pod: Pod, name: string): Launcher | null {
  const { launcher, hiddenUntil } = slotOf(pod, name)
  return pod.at < hiddenUntil ? null : launcher
}

export function processesOf(pod: Pod): readonly Process[] {
  return pod.slots.flatMap(({ launcher }) =>
    launcher === null ? [] : [launcher.child, launcher.aside].filter((one) => one !== null),
  )
}

/** A process that answers whoever comes now. */
export function server(pod: Pod): Process | undefined {
  return processesOf(pod).find((process) => serves(process, pod.at))
}

/** The kubelet restarts the container of a slot, with a new image. */
export function patchImage(pod: Pod, name: SlotName, image: Program): void {
  const slot = slotOf(pod, name)
  slot.image = image
  if (slot.launcher !== null) terminate(slot.launcher, pod.at)
}

/** PID 1 of a slot dies, and with it all there is in its container. */
export function killContainer(pod: Pod, name: SlotName): void {
  const slot = slotOf(pod, name)
  const { launcher } = slot
  if (launcher === null) return
  pod.ended.push(...endAll(launcher, pod.at))
  pod.sudden += 1
  slot.launcher = null
  slot.startAt = pod.at + (BACKOFFS_MS[Math.min(slot.deaths, BACKOFFS_MS.length - 1)] ?? 0)
  slot.deaths += 1
}

function endAll(launcher: Launcher, at: number): readonly Ended[] {
  return [
    ...(launcher.child === null ? [] : [childEnded(launcher, at, 0, 9)]),
    ...(launcher.aside === null ? [] : [asideEnded(launcher, 0, 9)]),
  ]
}

/** The present process of a slot dies of something that nobody ordered. */
export function killProcess(pod: Pod, name: SlotName): void {
  const launcher = slotOf(pod, name).launcher
  if (launcher?.child == null) return
  pod.ended.push(childEnded(launcher, pod.at, 0, 9))
  pod.sudden += 1
}

/** One instant passes for everything but the agent. */
export function passTime(pod: Pod): void {
  pod.at += INSTANT_MS
  for (const slot of pod.slots) runContainer(pod, slot)
  shareListeners(pod)
  comeAndGo(pod)
}

function runContainer(pod: Pod, slot: Slot): void {
  const { launcher } = slot
  if (launcher === null) {
    if (pod.at < slot.startAt || pod.run.full) return
    slot.boots += 1
    slot.containers += 1
    slot.launcher = newLauncher(slot.name, slot.boots, slot.image)
    slot.launcher.want = pod.run.active === slot.name
    return
  }
  const ended = tick(launcher, {
    at: pod.at,
    keeper: pod.keeper,
    graceMs: 25_000,
    activeFile: pod.run.active,
    answers: (name) => reach(pod, name) !== null,
    nextPid: () => ++pod.lastPid,
  })
  pod.ended.push(...ended)
  const { terminatingSince } = launcher
  if (terminatingSince === null) return
  const overdue = pod.at >= terminatingSince + KUBELET_GRACE_MS
  if (overdue) pod.ended.push(...endAll(launcher, pod.at))
  if (!overdue && !mayGo(launcher)) return
  pod.estimated = true
  slot.launcher = null
  slot.startAt = pod.at + RESTART_MS
}

/** Whoever holds the listeners gives copies to all that are there. */
function shareListeners(pod: Pod): void {
  const launchers = pod.slots.flatMap(({ launcher }) => (launcher === null ? [] : [launcher]))
  const binds = launchers.some(({ child }) => child !== null && accepts(child, pod.at))
  const copied = launchers.some(({ copies }) => copies)
  const held = binds || copied || (pod.keeper && pod.held)
  pod.held = held
  for (const launcher of launchers) launcher.copies ||= held && (pod.keeper || binds)
}

function comeAndGo(pod: Pod): void {
  const { clients } = pod
  if (pod.at % clients.everyMs === 0) {
    if (pod.held) clients.waiting += 1
    else if (pod.run.active !== null) clients.refused += 1
  }
  const takers = processesOf(pod).filter((process) => accepts(process, pod.at))
  while (takers.length > 0 && clients.waiting > 0) {
    const taker = takers[clients.came % takers.length]
    const lasts = clients.came % 10 === 0 ? clients.longMs : clients.shortMs
    taker?.connections.push(pod.at + lasts)
    clients.waiting -= 1
    clients.came += 1
  }
}
