import type { Interception } from '../../../api/interception/desired.ts'
import { recordOf } from './ends.ts'
import type { State, Step, StepPhase } from './state.ts'
import { shownState } from './state.ts'
import type { World } from './world.ts'

/** Takes up a new order when nothing is going on. */
export function begin(state: State, wanted: Interception, world: World): State {
  const accepted: State = { ...state, order: wanted, failed: '' }
  const start = (to: Step['to'], phase: StepPhase, quiet = false): State => ({
    ...state,
    failed: '',
    step: {
      ...{ to, phase, quiet, target: wanted, from: shownState(state) },
      ...{ begunAt: world.at, begunWall: world.wall, phaseSince: world.at },
      ...{ hooks: [], failure: null },
    },
  })
  switch (state.base) {
    case 'Off':
      if (!wanted.enabled) return accepted
      if (world.proxy === 'down' && wanted.onProxyFailure === 'Bypass') {
        return { ...accepted, base: 'Bypassed', bypasses: state.bypasses + 1 }
      }
      return start('On', 'OfflineHook')
    case 'On':
      // A dead proxy cannot take up other terms: who lets it be bypassed from now on need not wait.
      if (wanted.enabled && world.proxy === 'down' && wanted.onProxyFailure === 'Bypass') {
        return { ...accepted, base: 'Bypassed', bypasses: state.bypasses + 1 }
      }
      return wanted.enabled ? start('On', 'RulesOn', true) : start('Off', 'GracefulClose')
    case 'Bypassed':
      // Nothing may go by the proxy any more: from now on it waits.
      if (wanted.enabled) {
        return wanted.onProxyFailure === 'Block' ? { ...accepted, base: 'On' } : accepted
      }
      return { ...accepted, base: 'Off', last: recordOf(start('Off', 'RulesOff'), world, 'Off') }
  }
}
