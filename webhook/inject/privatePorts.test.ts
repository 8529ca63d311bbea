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
  /** case -> private ports, ports in use, ports of the second slot */
  const cases: Readonly<Record<string, readonly [number[], number[], number[]]>> = {
    'take the next number in the second slot': [[9901], [], [9902]],
    'skip what the pod uses': [[9901], [9902, 9903], [9904]],
    'skip each other': [[9901, 9902], [], [9903, 9904]],
    'go on below when there is none above': [[65535], [1024], [1025]],
    'of a container may be none': [[], [9901], []],
  }
  for (const [name, [privatePorts, inUse, second]] of Object.entries(cases)) {
    it(name, () => {
      const assigned = assignPrivatePorts([hot('proxy', privatePorts)], new Set(inUse))
      expect(assigned.get('proxy')).to.deep.equal(
        privatePorts.map((port, index) => ({
          port,
          slots: { 'proxy-1': port, 'proxy-2': second[index] },
        })),
      )
    })
  }

  it('of several containers do not meet', () => {
    const assigned = assignPrivatePorts([hot('a', [9901]), hot('b', [9902])], new Set())
    const numbers = [...assigned.values()].flat().flatMap(({ slots }) => Object.values(slots))
    expect(numbers).to.deep.equal([9901, 9903, 9902, 9904])
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
