import { expect } from 'chai'
import type { InterceptedSide, Interception } from '../../../api/interception/desired.ts'
import { INTERCEPTING_GROUP } from '../../../api/interception/desired.ts'
import { backends } from '../iptables/backend.ts'
import type { Backend } from '../iptables/backend.ts'
import { KernelRules } from '../iptables/kernelRules.ts'
import type { Connection, Place } from '../testing/network.ts'
import { addresses, PodNetwork } from '../testing/network.ts'
import { allOf, PROXY, wanted } from '../testing/wanted.ts'
import { PROBE_PORTS } from './constants.ts'
import type { Family } from './family.ts'
import { families } from './family.ts'

/** From where, to where, and who must answer. */
interface Expectation extends Connection {
  readonly from: Place
  readonly answer: string
}

interface Case {
  readonly wanted: (family: Family) => Interception | null
  readonly expected: (family: Family) => readonly Expectation[]
}

const at = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
const enters = (host: string, port: number, answer: string): Expectation => ({
  ...{ from: 'outside', host, port, answer },
})
const leaves = (host: string, port: number, answer: string): Expectation => ({
  ...{ from: 'pod', host, port, answer },
})
const loopback = (family: Family): string => (family === 'v4' ? '127.0.0.1' : '::1')

const cases: Readonly<Record<string, Case>> = {
  'nothing that was only prepared': {
    wanted: () => null,
    expected: (family) => [
      enters(addresses[family].pod, 8080, 'app'),
      leaves(addresses[family].outside, 80, 'outside'),
      leaves(addresses[family].pod, 8080, 'app'),
    ],
  },
  'nothing when it is off': {
    wanted: () => wanted({ enabled: false }),
    expected: (family) => [
      enters(addresses[family].pod, 8080, 'app'),
      leaves(addresses[family].outside, 80, 'outside'),
    ],
  },
  'all that comes in, with the address it was meant for and that of the client': {
    wanted: () => wanted(),
    expected: (family) => {
      const { pod, outside } = addresses[family]
      return [
        enters(pod, 8080, `in ${at(pod, 8080)} ${outside}`),
        enters(pod, 9090, `in ${at(pod, 9090)} ${outside}`),
      ]
    },
  },
  'all that goes out, with the address it was meant for': {
    wanted: () => wanted(),
    expected: (family) => {
      const { outside, far } = addresses[family]
      return [
        leaves(outside, 80, `out ${at(outside, 80)}`),
        leaves(far, 5432, `out ${at(far, 5432)}`),
        // Nobody is there: the proxy is, all the same.
        leaves(far, 81, `out ${at(far, 81)}`),
      ]
    },
  },
  'not what the proxy sends, by user or by group': {
    wanted: () => wanted({ excludeGIDs: [3000] }),
    expected: (family) => {
      const { outside } = addresses[family]
      return [
        { ...leaves(outside, 80, 'outside'), uid: PROXY },
        { ...leaves(outside, 80, 'outside'), gid: 3000 },
        { ...leaves(outside, 80, 'out'), uid: 3000 },
        { ...leaves(outside, 80, 'out'), gid: PROXY },
      ]
    },
  },
  'not what stays in the pod': {
    wanted: () => wanted(),
    expected: (family) => [
      leaves(loopback(family), 8080, 'app'),
      leaves(addresses[family].pod, 8080, 'app'),
      { ...leaves(loopback(family), 8080, 'app'), uid: PROXY },
    ],
  },
  'what the app sends to its own service: the proxy sends it on to the pod, where it comes in': {
    wanted: () => wanted({ excludeGIDs: [3000] }),
    expected: (family) => {
      const { pod } = addresses[family]
      return [
        { ...leaves(pod, 8080, `in ${at(pod, 8080)}`), uid: PROXY },
        { ...leaves(pod, 8080, `in ${at(pod, 8080)}`), gid: 3000 },
        { ...leaves(pod, 15_020, 'agent'), uid: PROXY },
      ]
    },
  },
  'not what a proxy passes on as it came': {
    wanted: () => wanted(),
    expected: (family) => [
      {
        ...leaves(addresses[family].pod, 8080, 'app'),
        uid: PROXY,
        source: family === 'v4' ? '127.0.0.6' : '::6',
      },
    ],
  },
  'not the agent': {
    wanted: () => wanted(),
    expected: (family) => [enters(addresses[family].pod, 15_020, 'agent')],
  },
  'only some ports': {
    wanted: () =>
      wanted({
        inbound: allOf(15_006, { ports: [8080] }),
        outbound: allOf(15_001, { ports: [80] }),
      }),
    expected: (family) => {
      const { pod, outside } = addresses[family]
      return [
        enters(pod, 8080, 'in'),
        enters(pod, 9090, 'app'),
        { ...leaves(pod, 8080, 'in'), uid: PROXY },
        { ...leaves(pod, 9090, 'app'), uid: PROXY },
        leaves(outside, 80, 'out'),
        leaves(outside, 5432, 'outside'),
      ]
    },
  },
  'more ports than one rule can name': {
    wanted: () =>
      wanted({
        inbound: allOf(15_006, { ports: Array.from({ length: 40 }, (_, index) => 8070 + index) }),
      }),
    expected: (family) => [
      enters(addresses[family].pod, 8080, 'in'),
      enters(addresses[family].pod, 9090, 'app'),
    ],
  },
  'not some ports': {
    wanted: () =>
      wanted({
        inbound: allOf(15_006, { excludePorts: [9090] }),
        outbound: allOf(15_001, { excludePorts: [5432] }),
      }),
    expected: (family) => {
      const { pod, outside } = addresses[family]
      return [
        enters(pod, 8080, 'in'),
        enters(pod, 9090, 'app'),
        { ...leaves(pod, 9090, 'app'), uid: PROXY },
        leaves(outside, 80, 'out'),
        leaves(outside, 5432, 'outside'),
      ]
    },
  },
  'only some addresses': {
    wanted: () =>
      wanted({
        inbound: allOf(15_006, { includeCIDRs: ['10.99.0.0/16', 'fd99::/16'] }),
        outbound: allOf(15_001, { includeCIDRs: ['198.51.100.0/24', '2001:db8::/32'] }),
      }),
    expected: (family) => {
      const { pod, outside, far, near } = addresses[family]
      return [
        enters(pod, 8080, 'app'),
        { ...enters(pod, 8080, 'in'), source: near },
        leaves(far, 80, 'out'),
        leaves(outside, 80, 'outside'),
      ]
    },
  },
  'not some addresses': {
    wanted: () =>
      wanted({
        inbound: allOf(15_006, { excludeCIDRs: ['10.99.0.0/16', 'fd99::/16'] }),
        outbound: allOf(15_001, { excludeCIDRs: ['198.51.100.7', '2001:db8::7'] }),
      }),
    expected: (family) => {
      const { pod, outside, far, near } = addresses[family]
      return [
        enters(pod, 8080, 'in'),
        { ...enters(pod, 8080, 'app'), source: near },
        leaves(far, 80, 'outside'),
        leaves(outside, 80, 'out'),
      ]
    },
  },
  'nothing of a family whose addresses are not named': {
    wanted: (family) => {
      const includeCIDRs = [family === 'v4' ? '2001:db8::/32' : '198.51.100.0/24']
      const side = (port: number): InterceptedSide => allOf(port, { includeCIDRs })
      return wanted({ inbound: side(15_006), outbound: side(15_001) })
    },
    expected: (family) => [
      enters(addresses[family].pod, 8080, 'app'),
      leaves(addresses[family].far, 80, 'outside'),
    ],
  },
  'one direction alone: in': {
    wanted: () => wanted({ outbound: undefined }),
    expected: (family) => [
      enters(addresses[family].pod, 8080, 'in'),
      leaves(addresses[family].outside, 80, 'outside'),
    ],
  },
  'one direction alone: out': {
    wanted: () => wanted({ inbound: undefined }),
    expected: (family) => [
      enters(addresses[family].pod, 8080, 'app'),
      leaves(addresses[family].outside, 80, 'out'),
      { ...leaves(addresses[family].pod, 8080, 'app'), uid: PROXY },
    ],
  },
  'DNS, over UDP and TCP, but not that of the proxy': {
    wanted: () => wanted({ dns: { proxyPort: 15_053 } }),
    expected: (family) => {
      const { outside } = addresses[family]
      return [
        { ...leaves(outside, 53, 'dns-proxy'), udp: true },
        leaves(outside, 53, 'dns-proxy'),
        { ...leaves(outside, 53, 'dns-server'), udp: true, uid: PROXY },
        { ...leaves(outside, 53, 'dns-server'), uid: PROXY },
        leaves(outside, 80, 'out'),
      ]
    },
  },
  'DNS alone': {
    wanted: () => wanted({ dns: { proxyPort: 15_053 }, inbound: undefined, outbound: undefined }),
    expected: (family) => [
      { ...leaves(addresses[family].outside, 53, 'dns-proxy'), udp: true },
      leaves(addresses[family].outside, 80, 'outside'),
    ],
  },
  'no DNS unless asked for, nor when it is off': {
    wanted: () => wanted({ enabled: false, dns: { proxyPort: 15_053 } }),
    expected: (family) => [
      { ...leaves(addresses[family].outside, 53, 'dns-server'), udp: true },
      leaves(addresses[family].outside, 53, 'dns-server'),
    ],
  },
  'by TPROXY, where both addresses stay as they are': {
    wanted: () => wanted({ mode: 'Tproxy', inbound: allOf(15_007, { excludePorts: [9090] }) }),
    expected: (family) => {
      const { pod, outside } = addresses[family]
      return [
        enters(pod, 8080, `transparent ${at(pod, 8080)} ${outside}`),
        enters(pod, 9090, 'app'),
        enters(pod, 15_020, 'agent'),
        leaves(outside, 80, `out ${at(outside, 80)}`),
        { ...leaves(pod, 8080, `transparent ${at(pod, 8080)}`), uid: PROXY },
        leaves(pod, 8080, 'app'),
      ]
    },
  },
  'nothing by TPROXY when it is off': {
    wanted: () => wanted({ mode: 'Tproxy', enabled: false }),
    expected: (family) => [enters(addresses[family].pod, 8080, 'app')],
  },
  'by REDIRECT again after TPROXY': {
    wanted: () => wanted(),
    expected: (family) => [enters(addresses[family].pod, 8080, 'in')],
  },
  'the probe of the agent, and of nobody else': {
    wanted: () => wanted(),
    expected: (family) => {
      const host = loopback(family)
      const agent = { uid: 0, gid: INTERCEPTING_GROUP }
      return [
        { ...leaves(host, PROBE_PORTS.outbound, 'out'), ...agent },
        { ...leaves(host, PROBE_PORTS.inbound, 'in'), ...agent },
        leaves(host, PROBE_PORTS.outbound, 'refused'),
        { ...leaves(host, PROBE_PORTS.outbound, 'refused'), uid: PROXY },
      ]
    },
  },
}

const PROXY_OF = { Redirect: 15_006, Tproxy: 15_007 } as const
const NAME_OF = { Redirect: 'in', Tproxy: 'transparent' } as const

const listening = {
  pod: [
    { name: 'out', uid: PROXY, port: 15_001 },
    { name: 'in', uid: PROXY, port: 15_006 },
    { name: 'transparent', uid: PROXY, port: 15_007, transparent: true },
    { name: 'dns-proxy', uid: PROXY, port: 15_053, udp: true, loopback: true },
    { name: 'dns-proxy', uid: PROXY, port: 15_053 },
    { name: 'app', uid: 1000, port: 8080 },
    { name: 'app', uid: 1000, port: 9090 },
    { name: 'agent', uid: 0, port: 15_020 },
  ],
  outside: [
    { name: 'outside', uid: 0, port: 80 },
    { name: 'outside', uid: 0, port: 5432 },
    { name: 'dns-server', uid: 0, port: 53, udp: true },
    { name: 'dns-server', uid: 0, port: 53 },
  ],
}

for (const backend of backends) {
  describe(`with iptables-${backend}, a pod's proxy gets`, () => {
    let network: PodNetwork | undefined

    before(async function () {
      if (process.getuid?.() !== 0) this.skip()
      network = await PodNetwork.create(`baton-${backend}-${process.pid}`)
      await network.listen('pod', listening.pod)
      await network.listen('outside', listening.outside)
    })
    after(async () => {
      await network?.remove()
    })

    for (const mode of ['Redirect', 'Tproxy'] as const) {
      it(`no connection that exists when it is toggled, by ${mode}`, async () => {
        if (network === undefined) throw new Error('no network')
        const toggle = async (enabled: boolean): Promise<void> => {
          const target = wanted({ enabled, mode, inbound: allOf(PROXY_OF[mode]) })
          for (const family of families) {
            const kernel = new KernelRules(family, backend, running.run('pod'))
            expect((await kernel.write(target)).same).to.equal(true)
          }
        }
        const running = network
        const open = () =>
          families.flatMap((family) => [
            running.keep('outside', addresses[family].pod, 8080),
            running.keep('pod', addresses[family].outside, 80),
          ])
        const ask = (kept: readonly (() => Promise<string>)[]) =>
          Promise.all(kept.map((answer) => answer()))
        const direct = ['app', 'outside', 'app', 'outside']
        const proxied = [NAME_OF[mode], 'out', NAME_OF[mode], 'out']
        await toggle(false)
        const early = open()
        expect(await ask(early)).to.deep.equal(direct)
        await toggle(true)
        const late = open()
        expect(await ask(late)).to.deep.equal(proxied)
        for (const enabled of [false, true, false]) {
          await toggle(enabled)
          expect(await ask([...early, ...late])).to.deep.equal([...direct, ...proxied])
        }
      })
    }

    for (const [name, one] of Object.entries(cases)) {
      it(name, async () => {
        const running = network
        if (running === undefined) throw new Error('no network')
        await Promise.all(families.map((family) => check(running, backend, family, one)))
      })
    }
  })
}

async function check(network: PodNetwork, backend: Backend, family: Family, one: Case) {
  const kernel = new KernelRules(family, backend, network.run('pod'))
  const written = await kernel.write(one.wanted(family))
  expect(written.difference, family).to.deep.equal({ chains: [], jumps: [] })
  expect((await kernel.write(one.wanted(family))).changed, `${family}: again`).to.equal(false)
  const expected = one.expected(family)
  for (const place of ['pod', 'outside'] as const) {
    const tried = expected.filter(({ from }) => from === place)
    if (tried.length === 0) continue
    const answers = await network.connect(place, tried)
    for (const [index, expectation] of tried.entries()) {
      const { answer, from, ...connection } = expectation
      const what = `${family}, from ${from}: ${JSON.stringify(connection)}`
      expect(`${answers[index] ?? ''} `, what).to.match(new RegExp(`^${escape(answer)} `))
    }
  }
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
