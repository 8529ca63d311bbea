import type { Step, StepResult } from './step.ts'
import type { StepObserver } from './runSteps.ts'
import { duration } from './duration.ts'

export interface ProgressOptions {
  readonly write: (text: string) => void
  /** A live line that is painted over, else a line now and then. */
  readonly terminal: boolean
  /** Width of the terminal in columns. */
  readonly columns: number
  readonly now: () => number
}

/** Shows running steps until closed. */
export interface Progress extends StepObserver {
  close(): void
}

const livePeriodMs = 500
const linePeriodMs = 15_000

interface Running {
  readonly step: Step
  readonly began: number
  status: string
}

/** Shows steps as `[3/6] kubernetes  compiling  3m12s`. Calls `write` with whole lines or repaints. */
export function showProgress(options: ProgressOptions): Progress {
  const { write, terminal, columns, now } = options
  const running = new Map<Step, Running>()
  let todo: readonly Step[] = []
  let painted = false

  const wipe = (): void => {
    if (painted) write('\r\u001b[K')
    painted = false
  }
  const line = (text: string): void => {
    wipe()
    write(`${text}\n`)
  }
  const title = (step: Step): string => `[${todo.indexOf(step) + 1}/${todo.length}] ${step.name}`
  const describeRunning = ({ step, began, status }: Running): string =>
    `${title(step)}${status === '' ? '' : `: ${status}`} … ${duration(now() - began)}`

  const timer = setInterval(
    () => {
      const texts = [...running.values()].map(describeRunning)
      if (!terminal) for (const text of texts) line(text)
      else if (texts.length > 0) {
        wipe()
        write(texts.join('  ').slice(0, columns - 1))
        painted = true
      }
    },
    terminal ? livePeriodMs : linePeriodMs,
  )

  return {
    planned: (steps) => {
      todo = steps
    },
    started: (step) => {
      running.set(step, { step, began: now(), status: '' })
      if (!terminal) line(`${title(step)}: ${step.what}`)
    },
    said: (step, status) => {
      const state = running.get(step)
      if (state !== undefined) state.status = status
    },
    ended: (step, result) => {
      running.delete(step)
      line(`${title(step)}: ${ending(result)}`)
    },
    close: () => {
      clearInterval(timer)
      wipe()
    },
  }
}

function ending({ outcome, seconds, reason = '' }: StepResult): string {
  const indented = reason.replaceAll('\n', '\n    ')
  if (outcome === 'done') return `done in ${duration(seconds * 1000)}`
  if (outcome === 'skipped') return `skipped, ${reason}`
  return `FAILED after ${duration(seconds * 1000)}\n    ${indented}`
}
