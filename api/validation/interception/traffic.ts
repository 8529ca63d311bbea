import { isIP } from 'node:net'
import type { InterceptedTraffic } from '../../v1beta1/trafficinterception.ts'
import { isPort, portViolation } from '../ports.ts'
import type { Violation } from '../violation.ts'

/** What is wrong with one direction; its fields are looked at one by one. */
export function trafficViolations(path: string, traffic: InterceptedTraffic): readonly Violation[] {
  const { proxyPort, excludePorts = [] } = traffic
  return [
    ...portsViolations(`${path}.ports`, traffic.ports),
    ...excludePorts.flatMap((port, index) => {
      const violation = portViolation(`${path}.excludePorts[${index}]`, port)
      return violation === undefined ? [] : [violation]
    }),
    ...uselessExclusions(path, traffic),
    ...cidrViolations(`${path}.includeCIDRs`, traffic.includeCIDRs ?? []),
    ...cidrViolations(`${path}.excludeCIDRs`, traffic.excludeCIDRs ?? []),
    ...(proxyPort === undefined ? [] : [portViolation(`${path}.proxyPort`, proxyPort)]),
  ].filter((violation) => violation !== undefined)
}

// The schema cannot say "a list or a word", so whatever the user wrote comes here.
function portsViolations(field: string, value: unknown): readonly Violation[] {
  if (value === undefined || value === '*') return []
  if (!Array.isArray(value)) {
    const problem = 'this is neither a list of ports nor "*"'
    return [{ field, value, problem, remedy: 'use a list such as [80, 8080], or "*" for all' }]
  }
  return value.flatMap((port: unknown, index) => {
    const violation = portViolation(`${field}[${index}]`, port)
    return violation === undefined ? [] : [violation]
  })
}

function uselessExclusions(path: string, traffic: InterceptedTraffic): readonly Violation[] {
  const { ports, excludePorts = [] } = traffic
  if (!Array.isArray(ports)) return []
  const named: readonly unknown[] = ports
  return excludePorts.flatMap((value, index) => {
    if (!isPort(value) || !named.includes(value)) return []
    const problem = 'ports names it too, so it is not clear whether it goes through the proxy'
    return [
      { field: `${path}.excludePorts[${index}]`, value, problem, remedy: 'name it in one of them' },
    ]
  })
}

const REMEDY = 'use a network such as 10.0.0.0/8 or fd00::/8, or one address as 10.1.2.3/32'

function cidrViolations(path: string, cidrs: readonly string[]): readonly Violation[] {
  return cidrs.flatMap((value, index) => {
    const field = `${path}[${index}]`
    const problem = problemOf(value)
    return problem === undefined ? [] : [{ field, value, problem, remedy: REMEDY }]
  })
}

function problemOf(value: string): string | undefined {
  const [address = '', length, ...rest] = value.split('/')
  const family = isIP(address)
  if (family === 0 || address.includes('%') || length === undefined || rest.length > 0) {
    return 'this is not a network'
  }
  const bits = family === 4 ? 32 : 128
  if (!/^\d{1,3}$/.test(length) || Number(length) > bits) {
    return `a network of this family has a length from 0 to ${bits}`
  }
  return hasHostBits(address, Number(length), bits)
    ? 'the address has bits beyond the length'
    : undefined
}

/** iptables would cut them off in silence, and the user may have meant another network. */
function hasHostBits(address: string, length: number, bits: number): boolean {
  return valueOf(address, bits) % 2n ** BigInt(bits - length) !== 0n
}

function valueOf(address: string, bits: number): bigint {
  if (bits === 32) return address.split('.').reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
  // The parser of URLs writes IPv6 in hexadecimal alone, also where it was given dots.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [head = '', tail] = canonical.split('::')
  const groups = (text: string): readonly string[] => (text === '' ? [] : text.split(':'))
  const [front, back] = [groups(head), groups(tail ?? '')]
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => '0')
  const all = tail === undefined ? front : [...front, ...zeros, ...back]
  return all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n)
}
