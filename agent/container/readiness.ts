import type { State } from '../handover/state.ts'
import type { Health, SlotView, World } from '../handover/world.ts'
import { missingListeners } from '../handover/world.ts'

export interface Readiness {
  readonly ready: boolean
  /** A sentence: why not, or that it is. */
  readonly message: string
}

/** Whether a container's process can take requests. */
export function readinessOf(state: State, world: World | null, probe: Health): Readiness {
  if (world === null) return no('The launchers were not looked at yet.')
  if (state.active === null) return no(`No process has served yet${detailOf(state)}.`)
  const expected = state.phase === 'Unassigned' ? [] : state.addresses
  const seen = candidates(state, world).map((slot) => ({
    slot,
    lack: lackOf(slot, world.slots[slot], expected),
  }))
  const serving = seen.find(({ lack }) => lack === null)
  if (serving === undefined) return no(`${seen.map(({ lack }) => lack).join('. ')}.`)
  if (probe.verdict !== 'passing') return no(`Readiness probe of ${serving.slot}: ${probe.detail}.`)
  return { ready: true, message: `${serving.slot} serves.` }
}

/** While one slot steps in for another, the other may still be serving: that is ready too. */
function candidates(state: State, world: World): readonly string[] {
  const steppingIn = state.phase === 'FailedOver' || state.phase === 'Waiting'
  return Object.keys(world.slots)
    .filter((slot) => slot === state.active || (steppingIn && !world.slots[slot]?.retiring))
    .sort((a, b) => Number(b === state.active) - Number(a === state.active))
}

/** What keeps a slot from serving; null = nothing. */
function lackOf(
  slot: string,
  view: SlotView | undefined,
  expected: readonly string[],
): string | null {
  const status = view?.status ?? null
  if (status === null) return `No launcher answers in ${slot}`
  if (view?.retiring === true) return `${slot} is being retired`
  if (status.pid === 0) return `No process runs in ${slot}`
  if (status.listening.length === 0) return `${slot} listens on no address`
  const missing = missingListeners(expected, status.listening)
  return missing.length === 0 ? null : `${slot} does not listen on ${missing.join(', ')}`
}

function no(message: string): Readiness {
  return { ready: false, message }
}

function detailOf(state: State): string {
  if (state.phase === 'Unassigned' || state.record.message === '') return ''
  return `: ${state.record.message.replace(/\.$/, '')}`
}
