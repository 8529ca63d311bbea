/**
 * Our part of the tables of one family. Rules are written as iptables-save prints them, without the
 * `-A CHAIN`, so that what the kernel has can be compared with what is wanted.
 */
export interface RuleSet {
  readonly chains: readonly Chain[]
  /** How packets come into our chains: these are never taken away again. */
  readonly jumps: readonly Jump[]
}

export type Table = 'nat' | 'mangle' | 'raw'

export interface Chain {
  readonly table: Table
  readonly name: string
  readonly rules: readonly string[]
}

export interface Jump {
  readonly table: Table
  readonly from: 'PREROUTING' | 'OUTPUT'
  readonly rule: string
}

/** All our chains begin so; what does not is somebody else's and is left alone. */
export const PREFIX = 'BATON_'

export const chainNames = {
  anchor: 'BATON_ANCHOR',
  inbound: 'BATON_INBOUND',
  /** What the proxy sends to the pod's own address: the app calls its own service. */
  self: 'BATON_SELF',
  output: 'BATON_OUTPUT',
  toInbound: 'BATON_TO_INBOUND',
  toOutbound: 'BATON_TO_OUTBOUND',
  transparent: 'BATON_TRANSPARENT',
  marks: 'BATON_MARKS',
  dnsOut: 'BATON_DNS_OUT',
  dnsIn: 'BATON_DNS_IN',
} as const
