import type { DesiredContainer } from '../../api/desired.ts'
import { Failure } from './failure.ts'
import type { Launcher, Signal } from './launcher.ts'
import { stop } from './launcher.ts'
import type { Pod } from './pod.ts'
import { reach } from './pod.ts'
import { tellToDrain } from './program.ts'

/** The launcher of a slot, which must answer. */
export function ask(pod: Pod, slot: string): Launcher {
  const launcher = reach(pod, slot)
  if (launcher === null) throw new Failure(`no launcher answers in ${slot}`)
  return launcher
}

export function stopChild(pod: Pod, slot: string, graceMs: number, signal: Signal = 'TERM'): void {
  pod.ended.push(...stop(ask(pod, slot), pod.at, graceMs, signal))
}

/** Tells the process in a slot to accept nothing more, as its order says. */
export function beginDrain(pod: Pod, slot: string, drain: DesiredContainer['drain']): void {
  const launcher = ask(pod, slot)
  const { envoy, signal } = drain.method
  if (launcher.child === null) stopChild(pod, slot, 0)
  else if (envoy !== undefined) tellToDrain(launcher.child)
  else stopChild(pod, slot, drain.maxSeconds * 1000, signal === undefined ? 'TERM' : 'QUIT')
}
