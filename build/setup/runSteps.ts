import { describe } from './error.ts'
import type { Step, StepResult } from './step.ts'

/** Hears what happens, to show it. Times are in milliseconds of the runner's clock. */
export interface StepObserver {
  /** All steps have been looked at; these have something to do. */
  planned(todo: readonly Step[]): void
  started(step: Step): void
  said(step: Step, status: string): void
  ended(step: Step, result: StepResult): void
}

export interface RunStepsOptions {
  readonly signal: AbortSignal
  readonly observer: StepObserver
  /** In milliseconds, never going back. */
  readonly now: () => number
}

/**
 * Runs all steps that are not done yet, each as soon as those it needs are done, independent ones
 * side by side. A failed step takes down only those that need it: what the others make is kept, and
 * the next set-up begins there. Results come in the order of the steps.
 */
export async function runSteps(
  steps: readonly Step[],
  options: RunStepsOptions,
): Promise<readonly StepResult[]> {
  const { signal, observer, now } = options
  checkOrder(steps)
  const done = await Promise.all(steps.map((step) => step.isDone()))
  const todo = steps.filter((_, index) => done[index] === false)
  observer.planned(todo)
  const results = new Map<string, Promise<StepResult>>()

  const runOne = async (step: Step): Promise<StepResult> => {
    const { name, what } = step
    if (!todo.includes(step)) return { name, what, outcome: 'there', seconds: 0 }
    const needed = await Promise.all(step.needs.flatMap((need) => results.get(need) ?? []))
    const failed = needed.find(({ outcome }) => outcome === 'failed' || outcome === 'skipped')
    const reason = signal.aborted ? 'interrupted' : failed && `needs ${failed.name}`
    if (reason !== undefined) return { name, what, outcome: 'skipped', seconds: 0, reason }
    observer.started(step)
    const began = now()
    const seconds = (): number => (now() - began) / 1000
    try {
      const say = (status: string): void => {
        observer.said(step, status)
      }
      await step.run({ signal, say })
      return { name, what, outcome: 'done', seconds: seconds() }
    } catch (error) {
      if (signal.aborted)
        return { name, what, outcome: 'skipped', seconds: seconds(), reason: 'interrupted' }
      return { name, what, outcome: 'failed', seconds: seconds(), reason: describe(error) }
    }
  }

  for (const step of steps) {
    const result = runOne(step).then((ended) => {
      if (todo.includes(step)) observer.ended(step, ended)
      return ended
    })
    results.set(step.name, result)
  }
  return Promise.all(results.values())
}

/** A step that needs a later or unknown one would wait for nothing. */
function checkOrder(steps: readonly Step[]): void {
  const known = new Set<string>()
  for (const step of steps) {
    for (const need of step.needs)
      if (!known.has(need))
        throw new Error(`step '${step.name}' needs '${need}', not among those before`)
    known.add(step.name)
  }
}
