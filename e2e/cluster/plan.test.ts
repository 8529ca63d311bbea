import { expect } from 'chai'
import { maxClusters, overlaps, planOf } from './plan.ts'

describe('the network plan', () => {
  it('gives each cluster networks and names of its own', () => {
    const plans = Array.from({ length: maxClusters }, (_, index) => planOf(index))
    const networks = plans.flatMap((p) => [p.linkCidr, p.podCidr, p.serviceCidr])
    const pairs = networks.flatMap((a, i) => networks.slice(i + 1).map((b) => [a, b] as const))
    expect(pairs.filter(([a, b]) => overlaps(a, b))).to.be.empty
    expect(new Set(plans.map((p) => p.interfaceName)).size).to.equal(maxClusters)
    expect(new Set(plans.map((p) => p.cgroup)).size).to.equal(maxClusters)
  })

  it('keeps the interface names within the 15 characters of the kernel', () => {
    expect(planOf(maxClusters - 1).interfaceName).to.have.length.below(16)
  })

  const cases: readonly (readonly [string, string, boolean, string])[] = [
    ['10.99.0.0/30', '10.99.0.2', true, 'an address lies in its network'],
    ['10.99.0.0/30', '10.99.0.4', false, 'the next address does not'],
    ['10.99.0.1/30', '10.99.0.0/30', true, 'the host part of a network does not count'],
    ['10.0.0.0/8', '10.244.3.0/24', true, 'a network lies in a wider one'],
    ['10.244.3.0/24', '10.0.0.0/8', true, 'in either order'],
    ['0.0.0.0/0', '192.0.2.1', true, 'everything lies in the whole'],
    ['192.168.0.0/16', '10.112.0.0/16', false, 'networks of different places'],
  ]
  for (const [left, right, expected, title] of cases) {
    it(`says ${String(expected)} for ${left} and ${right}: ${title}`, () => {
      expect(overlaps(left, right)).to.equal(expected)
    })
  }
})
