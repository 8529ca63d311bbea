import { expect } from 'chai'
import type { Look, Stillness } from './standstill.ts'
import { isStandstill, nextStillness, sumOfPulses } from './standstill.ts'

/** Looks at these moments; the index of the first that makes it a standstill, or null. */
function standsAt(looks: readonly Look[]): number | null {
  let stillness: Stillness | null = null
  for (const [index, look] of looks.entries()) {
    stillness = nextStillness(stillness, look)
    if (isStandstill(stillness, look.at)) return index
  }
  return null
}

const every = (
  periodMs: number,
  count: number,
  of: (index: number) => Partial<Look>,
): readonly Look[] =>
  Array.from({ length: count }, (_, index) => {
    return { at: index * periodMs, awake: 0, cpuMs: 70, ...of(index) }
  })

describe('a proxy at whose port a connection waits', () => {
  const table: Readonly<
    Record<string, readonly [looks: readonly Look[], standsAt: number | null]>
  > = {
    'hangs when it is still for 400 ms': [every(50, 20, () => ({})), 8],
    'hangs when it is still, but only after five looks': [every(300, 5, () => ({})), 4],
    'is not judged by one long pause of the one who looks': [every(5000, 2, () => ({})), null],
    'is slow when it waits for its processor': [every(50, 20, () => ({ awake: 1 })), null],
    'is slow when it was awake once in a while': [
      every(50, 20, (index) => ({ awake: index % 7 === 6 ? 1 : 0 })),
      null,
    ],
    'is slow when it works between the looks': [
      every(50, 20, (index) => ({ cpuMs: Math.floor(index / 7) * 10 })),
      null,
    ],
    'hangs when it was awake at first': [
      every(50, 20, (index) => ({ awake: index < 4 ? 1 : 0 })),
      12,
    ],
    'is judged by its connections alone when nobody can see it': [
      every(50, 20, () => ({ awake: null })),
      null,
    ],
  }
  for (const [what, [looks, expected]] of Object.entries(table)) {
    it(what, () => {
      expect(standsAt(looks)).to.equal(expected)
    })
  }
})

describe('the pulses of several slots', () => {
  const pulse = { v: 1, threads: 3, awake: 0, cpuMs: 40, complete: true } as const

  it('are one', () => {
    expect(sumOfPulses([pulse, { ...pulse, awake: 2 }])).to.deep.equal({ awake: 2, cpuMs: 80 })
  })

  it('say nothing when one is missing, or not whole, or nobody listens', () => {
    const sums = [[], [pulse, null], [{ ...pulse, complete: false }]].map(sumOfPulses)
    expect(sums.map(({ awake }) => awake)).to.deep.equal([null, null, null])
  })
})
