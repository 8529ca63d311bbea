import type { InterceptionProbe, InterceptionStatus } from '../../api/interception/status.ts'
import type { ProbeResult } from './probe/probe.ts'
import type { Family } from './rules/family.ts'
import type { State } from './toggle/state.ts'
import { shownState } from './toggle/state.ts'

/** What is known beside the state. */
export interface Sight {
  readonly hashes: Readonly<Partial<Record<Family, string>>>
  readonly rulesAreRight: boolean
  readonly probe: { readonly result: ProbeResult; readonly wall: number } | null
  /** Why the kernel's rules are not those that are wanted; empty when they are. */
  readonly obstacle: string
  /** Why the proxy does not serve, a clause; empty when it does. */
  readonly whyDown: string
}

/** What `GET /status` says of interception; api/interception/status.ts is the shape. */
export function interceptionStatus(state: State, sight: Sight): InterceptionStatus {
  const { step, order, failed, last, repairs, bypasses } = state
  return {
    id: step?.target.id ?? (failed === '' ? (order?.id ?? '') : failed),
    state: shownState(state),
    phase: step?.phase ?? 'Idle',
    rules: { v4: sight.hashes.v4 ?? null, v6: sight.hashes.v6 ?? null },
    verified: step === null && sight.rulesAreRight,
    probe: probeOf(state, sight),
    lastToggle: last,
    repairs,
    bypasses,
    message: messageOf(state, sight),
  }
}

/** Refused is what is right as long as nothing is redirected. */
function probeOf({ base, step }: State, { probe }: Sight): InterceptionProbe | null {
  if (probe === null) return null
  const isOff = step === null ? base === 'Off' : step.to === 'Off' && step.phase !== 'GracefulClose'
  const shown = (outcome: ProbeResult['inbound']): ProbeResult['inbound'] =>
    outcome === 'Refused' && isOff ? 'Direct' : outcome
  const { inbound, outbound } = probe.result
  const at = new Date(probe.wall).toISOString()
  return { at, inbound: shown(inbound), outbound: shown(outbound) }
}

function messageOf({ base, failed, last, order }: State, sight: Sight): string {
  if (sight.obstacle !== '') return sight.obstacle
  if (failed !== '') return last?.sentence ?? ''
  if (base === 'Bypassed') {
    const why = sight.whyDown === '' ? '' : ` Now: ${sight.whyDown.replace(/\.$/, '')}.`
    return `The proxy does not serve: the rules are off and the app goes on directly until it does.${why}`
  }
  if (base === 'On' && sight.whyDown !== '' && order?.onProxyFailure === 'Block') {
    return 'The proxy does not serve, and by onProxyFailure: Block new connections wait for it.'
  }
  return ''
}
