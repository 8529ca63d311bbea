import type { State } from '../handover/state.ts'
import type { Agent } from './agent.ts'
import type { Launcher } from './launcher.ts'
import type { Pod } from './pod.ts'
import { processesOf, server } from './pod.ts'
import { accepts, canServe, serves } from './program.ts'

/** What must hold at every instant, whatever happens. */
export interface Watch {
  readonly violations: string[]
  /** For how long nobody has served although somebody could have, and at most. */
  noneMs: number
  longestNoneMs: number
  /** For how long two processes have taken connections although no handover is under way. */
  twoMs: number
  longestTwoMs: number
  refused: number
  at: number
}

export function newWatch(): Watch {
  return {
    ...{ violations: [], noneMs: 0, longestNoneMs: 0, twoMs: 0, longestTwoMs: 0 },
    ...{ refused: 0, at: 0 },
  }
}

export function observe(watch: Watch, pod: Pod, agent: Agent | null, later: boolean): void {
  const passed = pod.at - watch.at
  watch.at = pod.at
  countProcesses(watch, pod)
  if (pod.clients.refused > watch.refused) {
    if (watch.refused === 0) violate(watch, pod, 'a client is refused')
    watch.refused = pod.clients.refused
  }
  const none = pod.run.active !== null && server(pod) === undefined && couldServe(pod)
  // Without an agent only what the launchers do by themselves can be asked for: see standIn.test.ts.
  watch.noneMs = none ? watch.noneMs + (agent === null ? 0 : passed) : 0
  watch.longestNoneMs = Math.max(watch.longestNoneMs, watch.noneMs)
  const two = !later && agent !== null && isResting(agent.state) && owners(pod, agent).length > 1
  watch.twoMs = two ? watch.twoMs + passed : 0
  watch.longestTwoMs = Math.max(watch.longestTwoMs, watch.twoMs)
}

function violate(watch: Watch, pod: Pod, what: string): void {
  watch.violations.push(`${pod.at} ms: ${what}`)
}

/** Two slots, and at most one process that was set aside. */
function countProcesses(watch: Watch, pod: Pod): void {
  const aside = pod.slots.filter(({ launcher }) => launcher?.aside != null).length
  if (aside > 1) violate(watch, pod, 'two processes are set aside')
  if (processesOf(pod).length > 2 + aside) violate(watch, pod, 'a third process runs')
}

/** Somebody is there that would serve if it were told to, or is about to. */
export function couldServe(pod: Pod): boolean {
  return pod.slots.some(({ launcher, hiddenUntil }) => {
    if (launcher === null || pod.at < hiddenUntil) return false
    const stays = launcher.terminatingSince === null || launcher.child !== null
    return stays && canServe(launcher.program) && (pod.keeper || launcher.copies)
  })
}

function isResting({ phase }: State): boolean {
  return phase === 'Settled' || phase === 'Aborted' || phase === 'FailedOver'
}

/** Launchers whose process takes connections and was not told to end. */
function owners(pod: Pod, agent: Agent): readonly Launcher[] {
  return pod.slots.flatMap(({ name, launcher, hiddenUntil }) => {
    const child = launcher?.child ?? null
    // One that cannot be reached cannot be told either.
    if (launcher === null || child === null || pod.at < hiddenUntil) return []
    if (!accepts(child, pod.at)) return []
    return launcher.killAt === null && agent.retirement?.slot !== name ? [launcher] : []
  })
}

/** What keeps a pod from being at rest: one process that serves, and nothing else. */
export function unsettled(pod: Pod, agent: Agent | null): readonly string[] {
  if (agent === null) return ['the agent is away']
  const { state } = agent
  const problems: string[] = []
  const check = (good: boolean, problem: string): void => {
    if (!good) problems.push(problem)
  }
  check(isResting(state), `the phase is ${state.phase}`)
  check(agent.retirement === null, 'a process is being retired')
  check(pod.keeper, 'the keeper is away')
  check(pod.run.active === state.active, 'the file names another slot')
  check(processesOf(pod).length === 1, `${processesOf(pod).length} processes run`)
  for (const { name, launcher } of pod.slots) {
    check(launcher !== null, `${name} has no launcher`)
    if (launcher === null) continue
    check(launcher.terminatingSince === null, `${name} is asked to terminate`)
    const child = launcher.child
    if (name === state.active) {
      check(child !== null && serves(child, pod.at), `${name} does not serve`)
    } else check(child === null && !launcher.want, `${name} is not idle`)
  }
  return problems
}
