import { expect } from 'chai'
import { running, slotView, stateIn, worldOf } from '../testing/handovers.ts'
import type { State } from '../handover/state.ts'
import type { Health, World } from '../handover/world.ts'
import { readinessOf } from './readiness.ts'

const passing: Health = { verdict: 'passing', detail: 'status 200' }
const silent = { ...running, listening: [] }
const slots = (first: Parameters<typeof slotView>[0], second: Parameters<typeof slotView>[0]) => ({
  slots: { 'proxy-1': slotView(first), 'proxy-2': slotView(second) },
})

const cases: readonly (readonly [State, Partial<World>, boolean, string])[] = [
  [stateIn('Aborted'), {}, true, 'proxy-1 serves.'],
  [stateIn('Unassigned'), {}, false, 'No process has served yet.'],
  [
    stateIn('Starting', { active: null, record: { from: null, message: 'It exited.' } }),
    {},
    false,
    'No process has served yet: It exited.',
  ],
  [stateIn('Aborted'), slots(null, {}), false, 'No launcher answers in proxy-1.'],
  [stateIn('Aborted'), slots({}, {}), false, 'No process runs in proxy-1.'],
  [stateIn('Aborted'), slots(silent, {}), false, 'proxy-1 listens on no address.'],
  [
    stateIn('Aborted'),
    slots({ ...running, listening: ['0.0.0.0:80'] }, {}),
    false,
    'proxy-1 does not listen on 0.0.0.0:81.',
  ],
  // While another slot steps in, the one that is left may still serve.
  [stateIn('FailedOver'), slots(running, silent), true, 'proxy-1 serves.'],
  [stateIn('Draining'), slots(running, silent), false, 'proxy-2 listens on no address.'],
]

describe('a container', () => {
  for (const [state, world, ready, message] of cases) {
    it(`is ${ready ? 'ready' : 'not ready'} while ${state.phase}: ${message}`, () => {
      expect(readinessOf(state, worldOf(world), passing)).to.deep.equal({ ready, message })
    })
  }

  it('is not ready when its readiness probe does not pass', () => {
    const probe: Health = { verdict: 'failing', detail: 'GET /: status 503' }
    expect(readinessOf(stateIn('Aborted'), worldOf(), probe)).to.deep.equal({
      ready: false,
      message: 'Readiness probe of proxy-1: GET /: status 503.',
    })
  })
})
