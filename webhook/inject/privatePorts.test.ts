import { expect } from 'chai'
import { assignPrivatePorts, portsInUse } from './privatePorts.ts'
import type { HotContainer } from './injectableSet.ts'
import { isHandedOver, sidecarPlans } from './injectableSet.ts'
import { hotContainer, injectable, sidecarSet } from './testing/build.ts'

function hot(name: string, privatePorts: readonly number[]): HotContainer {
  const upgradeStrategy = { upgradeType: 'HotUpgrade' as const, handover: { privatePorts } }
  const set = sidecarSet({ containers: [hotContainer({ name, upgradeStrategy })] })
  const [plan] = sidecarPlans(injectable(set))
  if (plan === undefined || !isHandedOver(plan.container)) throw new Error('not a hot container')
  return plan.container
}

describe('private ports', () => {
  type Others = readonly [second: number, spareOfFirst: number, spareOfSecond: number]
  /** case -> private ports, ports in use, where the other three processes listen for each */
  const cases: Readonly<Record<string, readonly [number[], number[], Others[]]>> = {
    'take the next numbers in other processes': [[9901], [], [[9902, 9903, 9904]]],
    'skip what the pod uses': [[9901], [9902, 9904], [[9903, 9905, 9906]]],
    'skip each other': [
      [9901, 9902],
      [],
      [
        [9903, 9904, 9905],
        [9906, 9907, 9908],
      ],
    ],
    'go on below when there is none above': [[65535], [1024, 1026], [[1025, 1027, 1028]]],
    'of a container may be none': [[], [9901], []],
  }
  for (const [name, [privatePorts, inUse, others]] of Object.entries(cases)) {
    it(name, () => {
      const assigned = assignPrivatePorts([hot('proxy', privatePorts)], new Set(inUse))
      const expected = others.map(([second, spareOfFirst, spareOfSecond], index) => ({
        port: privatePorts[index],
        slots: { 'proxy-1': privatePorts[index], 'proxy-2': second },
        spares: { 'proxy-1': spareOfFirst, 'proxy-2': spareOfSecond },
      }))
      expect(assigned.get('proxy')).to.deep.equal(expected)
    })
  }

  it('of several containers do not meet', () => {
    const assigned = assignPrivatePorts([hot('a', [9901]), hot('b', [9902])], new Set())
    const numbers = [...assigned.values()]
      .flat()
      .flatMap(({ slots, spares = {} }) => [...Object.values(slots), ...Object.values(spares)])
    expect(numbers).to.deep.equal([9901, 9903, 9904, 9905, 9902, 9906, 9907, 9908])
  })

  it('avoid the port that a new process is checked on', () => {
    const healthCheck = { httpGet: { path: '/', port: 9902 } }
    const handover = { privatePorts: [9901], healthCheck }
    const upgradeStrategy = { upgradeType: 'HotUpgrade' as const, handover }
    const set = sidecarSet({ containers: [hotContainer({ upgradeStrategy })] })
    const plans = sidecarPlans(injectable(set)).map(({ container }) => container)
    const assigned = assignPrivatePorts(plans.filter(isHandedOver), new Set())
    expect(assigned.get('proxy')?.[0]?.slots).to.deep.equal({ 'proxy-1': 9901, 'proxy-2': 9903 })
  })

  it('avoid declared and probed ports, and that of the agent', () => {
    const used = portsInUse([
      { name: 'app', ports: [{ containerPort: 8080 }] },
      {
        name: 'b',
        readinessProbe: { httpGet: { port: 8081 } },
        livenessProbe: { tcpSocket: { port: 'web' } },
        startupProbe: { grpc: { port: 8083 } },
      },
    ])
    expect([...used]).to.have.members([15020, 8080, 8081, 8083])
  })
})
