import type { Rational } from './rational.ts'
import { multiply, rational, roundUp } from './rational.ts'

const QUANTITY = /^(\d+\.?\d*|\.\d+)(?:([eE])([+-]?\d{1,2})|([numkMGTPE]|[KMGTPE]i))?$/

const FACTORS: Readonly<Record<string, Rational>> = {
  n: rational(1n, 10n ** 9n),
  u: rational(1n, 10n ** 6n),
  m: rational(1n, 1000n),
  k: rational(10n ** 3n),
  M: rational(10n ** 6n),
  G: rational(10n ** 9n),
  T: rational(10n ** 12n),
  P: rational(10n ** 15n),
  E: rational(10n ** 18n),
  Ki: rational(2n ** 10n),
  Mi: rational(2n ** 20n),
  Gi: rational(2n ** 30n),
  Ti: rational(2n ** 40n),
  Pi: rational(2n ** 50n),
  Ei: rational(2n ** 60n),
}

/** The exact value of a quantity that is not negative; undefined for what is none. */
export function readQuantity(text: string): Rational | undefined {
  const [, digits, exponentMark, exponent, suffix] = QUANTITY.exec(text) ?? []
  if (digits === undefined) return undefined
  const value = decimal(digits)
  if (exponentMark !== undefined) return multiply(value, powerOfTen(Number(exponent)))
  const factor = suffix === undefined ? undefined : FACTORS[suffix]
  return factor === undefined ? value : multiply(value, factor)
}

function decimal(digits: string): Rational {
  const [whole = '', fraction = ''] = digits.split('.')
  return rational(BigInt(`${whole}${fraction}` || '0'), 10n ** BigInt(fraction.length))
}

function powerOfTen(exponent: number): Rational {
  const power = 10n ** BigInt(Math.abs(exponent))
  return exponent < 0 ? rational(1n, power) : rational(power)
}

/** CPU as Kubernetes writes it: whole cores, or millicores, rounded up. */
export function writeCpu(cores: Rational): string {
  const milli = roundUp(multiply(cores, rational(1000n)))
  return milli % 1000n === 0n ? String(milli / 1000n) : `${milli}m`
}

const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const

/** Memory in bytes, rounded up, with the largest binary suffix that leaves a whole number. */
export function writeMemory(bytes: Rational): string {
  let value = roundUp(bytes)
  let index = 0
  while (value !== 0n && value % 1024n === 0n && index < BINARY.length - 1) {
    value /= 1024n
    index += 1
  }
  return `${value}${BINARY[index] ?? ''}`
}
