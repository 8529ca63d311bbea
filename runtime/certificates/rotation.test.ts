import { expect } from 'chai'
import { bundleOf, planRotation, promoted, renewAtMs } from './rotation.ts'
import type { CaState, RotationStep } from './rotation.ts'
import type { KeyPair } from './x509.ts'

describe('CA rotation', () => {
  const pair = (name: string, notBeforeMs: number, notAfterMs: number): KeyPair => ({
    certificate: `<${name}>`,
    key: `key of ${name}`,
    notBeforeMs,
    notAfterMs,
  })
  const current = pair('current', 0, 900)
  const next = { pair: pair('next', 600, 1_500), sinceMs: 600 }
  const previous = { certificate: '<previous>', notAfterMs: 500 }
  const propagationMs = 50

  const cases: Record<string, [CaState | undefined, nowMs: number, RotationStep]> = {
    'creates one when there is none': [undefined, 0, { kind: 'create' }],
    'creates one when it has expired': [{ current }, 900, { kind: 'create' }],
    'waits until two thirds of its life': [{ current }, 0, { kind: 'wait', untilMs: 600 }],
    'adds the next after two thirds of its life': [{ current }, 600, { kind: 'addNext' }],
    'lets the next be known before it signs': [
      { current, next },
      649,
      { kind: 'wait', untilMs: 650 },
    ],
    'lets the next sign when it is known': [{ current, next }, 650, { kind: 'promote' }],
    'keeps the previous while its leaves may live': [
      { current, previous },
      499,
      { kind: 'wait', untilMs: 500 },
    ],
    'drops the previous when it has expired': [
      { current, previous },
      500,
      { kind: 'dropPrevious' },
    ],
  }
  for (const [name, [state, nowMs, expected]] of Object.entries(cases)) {
    it(name, () => {
      expect(planRotation(state, nowMs, propagationMs)).to.deep.equal(expected)
    })
  }

  it('trusts the old and the new one all the time', () => {
    expect(bundleOf({ current, next })).to.equal('<current><next>')
    expect(bundleOf(promoted({ current, next }))).to.equal('<next><current>')
    expect(bundleOf({ current })).to.equal('<current>')
  })

  it('renews at two thirds of a life', () => {
    expect(renewAtMs({ notBeforeMs: 100, notAfterMs: 400 })).to.equal(300)
  })
})
