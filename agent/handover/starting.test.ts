import { expect } from 'chai'
import { events, lost, moment, order, stateIn } from '../testing/handovers.ts'
import type { Event } from './events.ts'
import { limits } from './limits.ts'
import type { State } from './state.ts'
import { step } from './table.ts'

function after(state: State, event: Event): Exclude<State, { readonly phase: 'Unassigned' }> {
  const next = step(state, event, moment).state
  if (next.phase === 'Unassigned') throw new Error('unassigned')
  return next
}

/** The pod's first start: nobody serves yet. */
const first = { active: null, record: { from: null, to: 'proxy-1' } }

describe('an order that is given up', () => {
  const cases: readonly (readonly [string, State, Event, string, string])[] = [
    [
      'names the exit code',
      stateIn('Starting'),
      { kind: 'exited', failures: 3, code: 7, signal: 0 },
      'ProxyExited',
      'The process in proxy-2 has exited with code 7, 3 times.',
    ],
    [
      'names the signal',
      stateIn('Starting'),
      { kind: 'exited', failures: 3, code: 0, signal: 11 },
      'ProxyExited',
      'The process in proxy-2 has exited on signal 11, 3 times.',
    ],
    [
      'does not wait for three crashes when the command cannot be executed',
      stateIn('Starting'),
      { kind: 'exited', failures: 1, code: 127, signal: 0 },
      'ProxyExited',
      'The process in proxy-2 has exited with code 127: ' +
        'its command cannot be executed in this image, 1 times.',
    ],
    [
      'does not forgive a single exit once it has served',
      stateIn('Confirming'),
      { kind: 'exited', failures: 1, code: 1, signal: 0 },
      'ProxyExited',
      'The process in proxy-2 has exited with code 1, 1 times.',
    ],
    [
      'says that it never listened',
      stateIn('Starting'),
      { kind: 'deadline', listening: [], missing: ['0.0.0.0:80'], health: 'x' },
      'StartDeadlineExceeded',
      'proxy-2 listened on no address within 60 s.',
    ],
    [
      'names the addresses that are missing',
      stateIn('Starting'),
      { kind: 'deadline', listening: ['0.0.0.0:80'], missing: ['0.0.0.0:81'], health: 'x' },
      'ListenersMissing',
      'proxy-2 did not listen on 0.0.0.0:81 within 60 s.',
    ],
    [
      'tells what the health check saw',
      stateIn('Starting'),
      {
        kind: 'deadline',
        listening: ['0.0.0.0:80'],
        missing: [],
        health: 'GET /ready: status 503',
      },
      'HealthCheckFailed',
      'proxy-2 listens but was not healthy within 60 s: GET /ready: status 503.',
    ],
    [
      'says that the slot was not restarted',
      stateIn('Waiting'),
      events.deadline,
      'SlotNotRestarted',
      'proxy-2 has not reached boot 2 within 60 s: ' +
        'its container was not restarted, or still runs another process.',
    ],
  ]
  for (const [name, state, event, reason, message] of cases) {
    it(name, () => {
      const next = after(state, event)
      expect(next.phase).to.equal('Aborted')
      expect(next.record).to.include({ reason, message })
      expect(next.aborted).to.deep.equal({ reason, message })
      expect(next.home).to.equal('proxy-1')
    })
  }

  it('goes on for as long as there were fewer crashes', () => {
    const state = stateIn('Starting')
    const event: Event = { ...events.exited, failures: limits.startCrashes - 1 }
    expect(step(state, event, moment)).to.deep.equal({ state, effects: [] })
  })
})

describe("a pod's first start", () => {
  it('settles without a drain, on the slot that serves', () => {
    const { state, effects } = step(stateIn('Starting', first), events.serving, moment)
    expect(state).to.include({ phase: 'Settled', active: 'proxy-1' })
    expect(effects.map(({ kind }) => kind)).to.deep.equal(['setActive', 'finished'])
  })

  for (const event of [events.exited, events.deadline]) {
    it(`is not given up on ${event.kind}, but tells why it takes so long`, () => {
      const next = after(stateIn('Starting', first), event)
      expect(next.phase).to.equal('Starting')
      expect(next.record.reason).to.not.equal('')
      // The fact is perceived again and again: it must not write the state each time.
      expect(step(next, event, moment).state).to.equal(next)
    })
  }

  it('forgets its complaints when it serves', () => {
    const complaining = after(stateIn('Starting', first), events.exited)
    expect(after(complaining, events.serving).record).to.include({
      reason: '',
      message: 'proxy-1 serves 2 listeners.',
    })
  })
})

describe('an order', () => {
  it('for the slot that serves already is settled at once', () => {
    const next = after(stateIn('Aborted'), {
      kind: 'ordered',
      order: order({ handover: 'revert', active: 'proxy-1' }),
    })
    expect(next.phase).to.equal('Settled')
    expect(next.record).to.include({ id: 'revert', from: 'proxy-1', to: 'proxy-1' })
  })

  it('is not forgotten to be aborted by a failover and the way back', () => {
    const aborted = after(stateIn('Starting'), events.exited)
    const home = after(
      after(after(aborted, lost('gone', 'proxy-2')), events.serving),
      events.homeReady,
    )
    expect(home.record).to.include({ from: 'proxy-2', to: 'proxy-1' })
    const back = [events.serving, events.confirmed, events.stopped].reduce<State>(after, home)
    expect(back).to.include({ phase: 'Aborted', active: 'proxy-1' })
    expect(back).to.have.nested.property('record.reason', 'ProxyExited')
  })
})
