/** IPv4 and IPv6 have tables of their own: each rule set exists twice. */
export const families = ['v4', 'v6'] as const
export type Family = (typeof families)[number]

interface FamilyFacts {
  readonly loopback: string
  /**
   * Where a proxy binds what it passes on to the app as it came: such connections are the end of the
   * way, not the app's own. Meshes use these addresses, so their proxies work here unchanged.
   */
  readonly passThrough: string
  readonly any: string
  readonly bits: number
}

export const familyFacts: Readonly<Record<Family, FamilyFacts>> = {
  v4: { loopback: '127.0.0.1/32', passThrough: '127.0.0.6/32', any: '0.0.0.0', bits: 32 },
  v6: { loopback: '::1/128', passThrough: '::6/128', any: '::', bits: 128 },
}
