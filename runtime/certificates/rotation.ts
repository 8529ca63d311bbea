import type { KeyPair } from './x509.ts'

/** From when to when a certificate is good, in milliseconds since the epoch. */
export interface Validity {
  readonly notBeforeMs: number
  readonly notAfterMs: number
}

/** The CAs there are. Everybody who verifies trusts all of them; only `current` signs. */
export interface CaState {
  readonly current: KeyPair
  /** Trusted already, signs as soon as everybody has heard of it. */
  readonly next?: { readonly pair: KeyPair; readonly sinceMs: number }
  /** Signs no more; trusted as long as a leaf of it may live. */
  readonly previous?: { readonly certificate: string; readonly notAfterMs: number }
}

export type RotationStep =
  | { readonly kind: 'create' }
  | { readonly kind: 'addNext' }
  | { readonly kind: 'promote' }
  | { readonly kind: 'dropPrevious' }
  | { readonly kind: 'wait'; readonly untilMs: number }

/** When a certificate is to be renewed: after two thirds of its life. */
export function renewAtMs({ notBeforeMs, notAfterMs }: Validity): number {
  return notBeforeMs + ((notAfterMs - notBeforeMs) * 2) / 3
}

/**
 * What to do next with the CAs. A new CA is first only trusted, and signs after `propagationMs`: until
 * then some verifier may hold the old bundle and would refuse a leaf of the new one.
 */
export function planRotation(
  state: CaState | undefined,
  nowMs: number,
  propagationMs: number,
): RotationStep {
  if (state === undefined || state.current.notAfterMs <= nowMs) return { kind: 'create' }
  const { current, next, previous } = state
  const times: number[] = []
  if (next === undefined) {
    if (renewAtMs(current) <= nowMs) return { kind: 'addNext' }
    times.push(renewAtMs(current))
  } else {
    if (next.sinceMs + propagationMs <= nowMs) return { kind: 'promote' }
    times.push(next.sinceMs + propagationMs)
  }
  if (previous !== undefined) {
    if (previous.notAfterMs <= nowMs) return { kind: 'dropPrevious' }
    times.push(previous.notAfterMs)
  }
  return { kind: 'wait', untilMs: Math.min(...times) }
}

/** A CA is trusted from now on, beside all that is; it will sign later. */
export function succeeded(state: CaState, pair: KeyPair, nowMs: number): CaState {
  return { ...state, next: { pair, sinceMs: nowMs } }
}

/** The next CA becomes the current one. */
export function promoted({ current, next }: CaState): CaState {
  if (next === undefined) throw new TypeError('there is no next CA')
  const { certificate, notAfterMs } = current
  return { current: next.pair, previous: { certificate, notAfterMs } }
}

/** All that is trusted, PEM, what signs first. */
export function bundleOf({ current, next, previous }: CaState): string {
  return [current.certificate, next?.pair.certificate, previous?.certificate]
    .filter((pem) => pem !== undefined)
    .join('')
}
