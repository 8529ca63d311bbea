import { expect } from 'chai'
import type { InterceptionHook } from '../../../api/interception/hook.ts'
import { allOf, wanted } from '../testing/wanted.ts'
import type { HookRecord, State } from './state.ts'
import { doesWithoutProxy, initialState, shownState, wantedRules } from './state.ts'
import { formatStateFile, parseStateFile } from './stateFile.ts'
import { advance, BYPASS_AFTER_MS, pendingHook, PHASE_LIMIT_MS, returnAfterMs } from './table.ts'
import type { World } from './world.ts'

const hook = (onError: InterceptionHook['onError'] = 'Abort'): InterceptionHook => ({
  httpGet: { port: 1 },
  timeoutSeconds: 5,
  onError,
})
const hooks = { offline: hook(), online: hook(), gracefulClose: hook() }
const on = wanted({ hooks })
const off = wanted({ hooks, enabled: false })
const running: State = { ...initialState, base: 'On', order: on, hasServed: true }
const idle: State = { ...initialState, order: off, hasServed: true }

const well: World = {
  at: 1000,
  wall: 1_700_000_000_000,
  wanted: on,
  rulesAreRight: true,
  probe: 'proxy',
  proxy: 'serves',
  downMs: 0,
  servesMs: 60_000,
  hook: null,
  connections: null,
}
const ended = (
  name: HookRecord['name'],
  outcome: HookRecord['outcome'] = 'Succeeded',
): HookRecord => ({ name, outcome, durationSeconds: 0.1, detail: outcome === 'Failed' ? 'no' : '' })

/** Looks at one world after another; each state is read from its file in between, as after a kill. */
function follow(state: State, ...worlds: readonly Partial<World>[]): State {
  return worlds.reduce(
    (now, world) => parseStateFile(formatStateFile(advance(now, { ...well, ...world }))),
    state,
  )
}
const phaseOf = ({ step }: State): string => step?.phase ?? 'Idle'

describe('a toggle', () => {
  it('on: offline, rules, probe, online', () => {
    let state = follow(idle, {})
    expect([shownState(state), phaseOf(state)]).to.deep.equal(['Enabling', 'OfflineHook'])
    expect(pendingHook(state)?.name).to.equal('offline')
    expect(wantedRules(state).interception?.enabled).to.equal(false)
    state = follow(state, {}, { hook: ended('offline') })
    expect(phaseOf(state)).to.equal('RulesOn')
    expect(wantedRules(state).interception?.enabled).to.equal(true)
    state = follow(state, { rulesAreRight: false })
    expect(phaseOf(state)).to.equal('RulesOn')
    state = follow(state, {}, { probe: 'unclear' })
    expect(phaseOf(state)).to.equal('Verify')
    state = follow(state, {})
    expect([phaseOf(state), pendingHook(state)?.name]).to.deep.equal(['OnlineHook', 'online'])
    state = follow(state, { at: 3500, hook: ended('online') })
    expect([shownState(state), state.order?.id]).to.deep.equal(['On', on.id])
    expect(state.last).to.deep.include({ from: 'Off', to: 'On', durationSeconds: 2.5 })
    expect(state.last?.hooks.map(({ name }) => name)).to.deep.equal(['offline', 'online'])
    expect(follow(state, {})).to.deep.equal(state)
  })

  it('off: graceful close, rules, online, timer, and what is left is told', () => {
    let state = follow(running, { wanted: off })
    expect([shownState(state), phaseOf(state)]).to.deep.equal(['Disabling', 'GracefulClose'])
    expect(wantedRules(state).interception?.enabled).to.equal(true)
    state = follow(state, { wanted: off, hook: ended('gracefulClose') })
    expect(wantedRules(state).interception?.enabled).to.equal(false)
    state = follow(state, { wanted: off })
    expect(phaseOf(state), 'a probe still comes to the proxy').to.equal('RulesOff')
    state = follow(state, { wanted: off, probe: 'direct' })
    expect([phaseOf(state), pendingHook(state)?.name]).to.deep.equal(['OnlineHook', 'online'])
    expect(wantedRules(state).interception?.enabled, 'no rule comes back').to.equal(false)
    state = follow(state, { wanted: off, hook: ended('online') }, { wanted: off, connections: 3 })
    expect(phaseOf(state)).to.equal('Timer')
    state = follow(state, { wanted: off, at: 1000 + 15_000, connections: 2 })
    expect(shownState(state)).to.equal('Off')
    expect(state.last).to.deep.include({ to: 'Off', connectionsLeft: 2 })
    expect(state.last?.hooks.map(({ name }) => name)).to.deep.equal(['gracefulClose', 'online'])
  })

  it('off calls nobody back who was not told to leave', () => {
    const target = wanted({ enabled: false, hooks: { online: hook() } })
    const state = follow(running, { wanted: target }, {}, { wanted: target, probe: 'direct' })
    expect(phaseOf(state)).to.equal('Timer')
  })

  it('off does not wait for the timer when nothing is left, or something else is wanted', () => {
    const timer = follow(
      { ...running, order: wanted() },
      { wanted: wanted({ enabled: false }) },
      {},
      { probe: 'direct' },
    )
    expect(phaseOf(timer)).to.equal('Timer')
    expect(shownState(follow(timer, { connections: 0 }))).to.equal('Off')
    expect(shownState(follow(timer, { wanted: wanted(), connections: 5 }))).to.equal('Off')
  })

  it('of other terms only changes the rules', () => {
    const other = wanted({ hooks, inbound: allOf(15_006, { excludePorts: [9090] }) })
    const state = follow(running, { wanted: other })
    expect([shownState(state), phaseOf(state)]).to.deep.equal(['On', 'RulesOn'])
    expect(pendingHook(state)).to.equal(null)
    expect(wantedRules(state).interception).to.deep.equal(other)
    const done = follow(state, { wanted: other }, { wanted: other })
    expect([shownState(done), done.order?.id]).to.deep.equal(['On', other.id])
    expect(done.last?.reason).to.equal('RulesChanged')
  })
})

describe('a toggle that goes wrong', () => {
  const begun = follow(idle, {})
  const atVerify = follow(begun, { hook: ended('offline') }, {})

  it('is undone when a hook fails that matters: the app comes back', () => {
    let state = follow(begun, { hook: ended('offline', 'Failed') })
    expect([phaseOf(state), pendingHook(state)?.name]).to.deep.equal(['Undo', 'online'])
    expect(wantedRules(state).interception?.enabled).to.equal(false)
    state = follow(state, { hook: ended('online') })
    expect([shownState(state), state.base, state.failed]).to.deep.equal(['Failed', 'Off', on.id])
    expect(state.last).to.deep.include({ to: 'Failed', reason: 'HookFailed' })
    expect(state.last?.sentence).to.equal('the hook offline failed: no.')
    expect(follow(state, {}), 'it is not tried again').to.deep.equal(state)
    expect(shownState(follow(state, { wanted: off })), 'until something else is wanted').to.equal(
      'Off',
    )
  })

  it('goes on when a hook fails that does not matter', () => {
    const lenient = wanted({ hooks: { offline: hook('Continue') } })
    const state = follow(
      { ...idle, order: null },
      { wanted: lenient },
      { wanted: lenient, hook: ended('offline', 'TimedOut') },
    )
    expect(phaseOf(state)).to.equal('RulesOn')
  })

  it('takes the rules away again when no probe comes to the proxy', () => {
    const late = { at: 1000 + PHASE_LIMIT_MS, probe: 'unclear' } as const
    const state = follow(atVerify, late)
    expect(phaseOf(state)).to.equal('Undo')
    expect(wantedRules(state).interception?.enabled).to.equal(false)
    const given = follow(state, { ...late, rulesAreRight: false }, { hook: ended('online') })
    expect(given.last).to.deep.include({ to: 'Failed', reason: 'ProbeNotSeen' })
  })

  it('keeps the rules on when the graceful close fails', () => {
    const state = follow(
      running,
      { wanted: off },
      { wanted: off, hook: ended('gracefulClose', 'Failed') },
      { wanted: off, hook: ended('online') },
    )
    expect([shownState(state), state.base]).to.deep.equal(['Failed', 'On'])
    expect(wantedRules(state).interception?.enabled).to.equal(true)
  })

  it('does not even begin when the proxy is not there', () => {
    const block = wanted({ hooks, onProxyFailure: 'Block' })
    const down = { wanted: block, proxy: 'down' } as const
    const state = follow(idle, down, down)
    expect(phaseOf(state)).to.equal('OfflineHook')
    const given = follow(state, { ...down, at: 1000 + PHASE_LIMIT_MS })
    expect(given.last).to.deep.include({ to: 'Failed', reason: 'ProxyNotServing', hooks: [] })
  })

  it('ends in time, whatever it waits for', () => {
    for (const state of [begun, atVerify, follow(running, { wanted: off })]) {
      let now = state
      for (let at = 1000; now.step !== null && at < 200_000; at += 500) {
        const isSilent = now.step.phase === 'OfflineHook' || now.step.phase === 'GracefulClose'
        // A hook ends by its own timeout.
        const record = isSilent ? ended('offline', 'TimedOut') : null
        const seen = { at, rulesAreRight: false, probe: 'unclear', hook: record } as const
        now = follow(now, { ...seen, wanted: now.step.target })
      }
      expect(shownState(now)).to.equal('Failed')
    }
  })
})

describe('a dead proxy', () => {
  const dead = { proxy: 'down', downMs: BYPASS_AFTER_MS } as const

  it('is bypassed: nothing but probes goes there until it serves again', () => {
    let state = follow(running, dead)
    expect([shownState(state), state.bypasses]).to.deep.equal(['Bypassed', 1])
    expect(wantedRules(state).bypassed).to.equal(true)
    expect(shownState(follow(state, { ...dead, downMs: 60_000 }))).to.equal('Bypassed')
    expect(shownState(follow(state, { probe: 'unclear' }))).to.equal('Bypassed')
    state = follow(state, {})
    expect([shownState(state), phaseOf(state)]).to.deep.equal(['Enabling', 'RulesOn'])
    expect(shownState(follow(state, {}, {}))).to.equal('On')
  })

  it('that dies again soon after its return must serve for longer each time before the next', () => {
    const seen: number[] = []
    let state = running
    let at = 1000
    for (let death = 0; death < 7; death += 1) {
      state = follow(state, { ...dead, at })
      expect(shownState(state)).to.equal('Bypassed')
      let servesMs = 0
      while (shownState(state) === 'Bypassed') {
        servesMs += 500
        state = follow(state, { at: at + servesMs, servesMs })
      }
      seen.push(servesMs)
      at += servesMs + 10_000
      state = follow(state, { at }, { at })
    }
    expect(seen).to.deep.equal([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
    state = follow(state, { ...dead, at: at + 60_000 })
    expect(returnAfterMs(state), 'after a good minute').to.equal(1000)
  })

  it('is not bypassed for the moment that a crashed one needs', () => {
    expect(shownState(follow(running, { ...dead, downMs: BYPASS_AFTER_MS - 1 }))).to.equal('On')
  })

  it('is not bypassed when the pod has just started', () => {
    expect(shownState(follow({ ...running, hasServed: false }, dead))).to.equal('On')
  })

  it('blocks by policy', () => {
    const block = wanted({ onProxyFailure: 'Block' })
    const state = follow({ ...running, order: block }, { ...dead, wanted: block })
    expect(shownState(state)).to.equal('On')
  })

  it('is bypassed at once when the policy becomes Bypass, and blocks when it becomes Block', () => {
    const block = wanted({ hooks, onProxyFailure: 'Block' })
    const blocking = { ...running, order: block }
    let state = follow(blocking, dead)
    expect([shownState(state), state.order?.id, state.bypasses]).to.deep.equal([
      'Bypassed',
      on.id,
      1,
    ])
    expect(follow(state, dead), 'and stays so').to.deep.equal(state)
    state = follow(state, { ...dead, wanted: block })
    expect([shownState(state), state.order?.id]).to.deep.equal(['On', block.id])
    expect(wantedRules(state)).to.deep.equal({ interception: block, bypassed: false })
    expect(follow(state, { ...dead, wanted: block }), 'and stays so').to.deep.equal(state)
  })

  it('is not switched to, but bypassed at once', () => {
    expect(shownState(follow(idle, dead))).to.equal('Bypassed')
  })

  it('needs no hook and no timer to be switched off', () => {
    const state = follow(running, dead, { ...dead, wanted: off })
    expect(shownState(state)).to.equal('Off')
    expect(state.last).to.deep.include({ from: 'Bypassed', to: 'Off' })
  })
})

describe('an app does without its proxy', () => {
  const dead = { proxy: 'down', downMs: BYPASS_AFTER_MS } as const
  const block = wanted({ hooks, onProxyFailure: 'Block' })

  it('while that is bypassed, and while interception is off', () => {
    const bypassed = follow(running, dead)
    const table: readonly (readonly [State, boolean])[] = [
      [running, false],
      [bypassed, true],
      [follow(bypassed, {}), false],
      [idle, true],
      [follow(idle, {}), true],
      [follow(idle, {}, { hook: ended('offline') }), false],
      [follow(running, { wanted: off }), false],
      [follow(running, { wanted: off }, { wanted: off, hook: ended('gracefulClose') }), true],
    ]
    expect(table.map(([state]) => doesWithoutProxy(state))).to.deep.equal(
      table.map(([, expected]) => expected),
    )
  })

  it('but not with Block, before the proxy has served, or when nothing that comes in is redirected', () => {
    expect(doesWithoutProxy({ ...idle, order: { ...block, enabled: false } })).to.equal(false)
    expect(doesWithoutProxy({ ...idle, hasServed: false })).to.equal(false)
    expect(
      doesWithoutProxy({ ...idle, order: wanted({ enabled: false, inbound: undefined }) }),
    ).to.equal(false)
    expect(doesWithoutProxy(initialState)).to.equal(false)
  })
})
