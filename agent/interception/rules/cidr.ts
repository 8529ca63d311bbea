import { isIPv4, isIPv6 } from 'node:net'
import type { Family } from './family.ts'
import { familyFacts } from './family.ts'

/** An address range as iptables-save prints it. */
export interface Cidr {
  readonly family: Family
  /** `10.0.0.0/8`, without the bits that the mask hides; `any` when it covers all addresses. */
  readonly text: string
}

/** Errors: what is no range of addresses, such as `10.0.0.0/33`. An address alone is one of one. */
export function parseCidr(text: string): Cidr {
  const [address = '', mask, ...rest] = text.split('/')
  const family = isIPv4(address) ? 'v4' : isIPv6(address) ? 'v6' : null
  const bits = family === null ? 0 : familyFacts[family].bits
  const length = mask === undefined ? bits : /^\d{1,3}$/.test(mask) ? Number(mask) : -1
  if (family === null || rest.length > 0 || length < 0 || length > bits) {
    throw new Error(`'${text}' is no range of addresses; write one such as 10.0.0.0/8 or fd00::/8`)
  }
  if (length === 0) return { family, text: 'any' }
  const value = (numberOf(address, family) >> BigInt(bits - length)) << BigInt(bits - length)
  return { family, text: `${format(value, family)}/${length}` }
}

function numberOf(address: string, family: Family): bigint {
  if (family === 'v4') {
    return address.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n)
  }
  return groupsOf(address).reduce((sum, group) => (sum << 16n) | BigInt(group), 0n)
}

/** The eight numbers of an IPv6 address; the WHATWG parser takes all its spellings, dots included. */
function groupsOf(address: string): readonly number[] {
  const canonical = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1)
  const [left = '', right] = canonical.split('::')
  const parse = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
  const before = parse(left)
  const after = right === undefined ? [] : parse(right)
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0)
  return right === undefined ? before : [...before, ...zeros, ...after]
}

function format(value: bigint, family: Family): string {
  if (family === 'v4') {
    return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join('.')
  }
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  )
  const text = new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
  // The C library, and so iptables-save, writes the last part of such addresses as IPv4.
  const [, before = '', high = '', low = ''] = /^(::(?:ffff:)?)([^:]+):([^:]+)$/.exec(text) ?? []
  if (before === '') return text
  const last = (BigInt(`0x${high}`) << 16n) | BigInt(`0x${low}`)
  return `${before}${format(last, 'v4')}`
}
