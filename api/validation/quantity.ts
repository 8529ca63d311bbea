const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+))([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/

const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

/**
 * The number a Kubernetes quantity such as "100m" or "64Mi" stands for; undefined for anything
 * else. As a float it is good for comparing, not for calculating without loss.
 */
export function parseQuantity(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value !== 'string') return undefined
  const [, digits, suffix] = QUANTITY.exec(value) ?? []
  if (digits === undefined) return undefined
  if (suffix === undefined) return Number(digits)
  const factor = FACTORS[suffix]
  return factor === undefined ? Number(`${digits}${suffix}`) : Number(digits) * factor
}
