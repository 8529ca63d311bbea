import type { InterceptedSide, Interception } from '../../../api/interception/desired.ts'
import { withId } from '../../../api/interception/desired.ts'

/** User of proxies in tests, as in pods. */
export const PROXY = 1337

/** All ports and addresses of one direction, but for what is changed. */
export function allOf(proxyPort: number, change: Partial<InterceptedSide> = {}): InterceptedSide {
  const side = { excludePorts: [], includeCIDRs: [], excludeCIDRs: [], proxyPort }
  return { ports: '*', ...side, ...change }
}

export type Change = {
  readonly [K in keyof Omit<Interception, 'id'>]?: Interception[K] | undefined
}

/** Both directions on; a change to undefined leaves a field out. */
export function wanted(change: Change = {}): Interception {
  const full = {
    v: 1,
    enabled: true,
    inbound: allOf(15_006),
    outbound: allOf(15_001),
    excludeUIDs: [PROXY],
    excludeGIDs: [],
    mode: 'Redirect',
    hooks: {},
    drain: { timerSeconds: 15 },
    onProxyFailure: 'Bypass',
    from: 'shop',
    ...change,
  }
  const given = Object.entries(full).filter(([, value]) => value !== undefined)
  return withId(Object.fromEntries(given) as Omit<Interception, 'id'>)
}
