import { expect } from 'chai'
import { applet, programOf } from '../../agent/interception/iptables/backend.ts'
import { KernelRules } from '../../agent/interception/iptables/kernelRules.ts'
import { TRANSPARENT_MARK } from '../../agent/interception/rules/constants.ts'
import type { Family } from '../../agent/interception/rules/family.ts'
import { families } from '../../agent/interception/rules/family.ts'
import { OPENING } from '../../agent/interception/rules/match.ts'
import { restoreText } from '../../agent/interception/rules/restore.ts'
import { rules } from '../../agent/interception/rules/rules.ts'
import { addresses, PodNetwork } from '../../agent/interception/testing/network.ts'
import { allOf, wanted } from '../../agent/interception/testing/wanted.ts'
import type { Interception } from '../../api/interception/desired.ts'
import type { Lane, Load, OriginProcess } from '../ledger/index.ts'
import { startLoad, startOriginProcess } from '../ledger/index.ts'
import { sentAtLeast } from './sentAtLeast.ts'
import type { Relay } from './relay.ts'
import { startRelay } from './relay.ts'

const PROXY_PORT = 15_007
const PORTS = { http: 8080, tcp: 8081 } as const
/** Answers each line with its name and the address of who asks. */
const NAMING_PORT = 8090
const TOGGLES = 12
const LANES: readonly Lane[] = [
  { kind: 'short', perSecond: 20 },
  { kind: 'keepalive', connections: 4, gapMs: 20 },
  { kind: 'keepalive-idle', connections: 4, gapMs: 500 },
  { kind: 'tcp', connections: 4, gapMs: 50 },
]

describe('interception by TPROXY, through a proxy that speaks with the address of the client', function () {
  this.timeout(120_000)
  let network: PodNetwork
  let origin: OriginProcess
  let relay: Relay | undefined

  beforeEach(async function () {
    if (process.getuid?.() !== 0) this.skip()
    network = await PodNetwork.create(`baton-tproxy-${process.pid}`)
    const wrap = network.words('pod')
    origin = await startOriginProcess({ host: '::', ports: PORTS, wrap })
    await network.listen('pod', [{ name: 'app', uid: 1000, port: NAMING_PORT }])
    relay = await startRelay(network, PROXY_PORT)
    await toggle(false)
  })
  afterEach(async () => {
    await relay?.stop()
    await origin.close()
    await network.remove()
  })

  const terms = (enabled: boolean): Interception =>
    wanted({ enabled, mode: 'Tproxy', inbound: allOf(PROXY_PORT), outbound: undefined })

  async function toggle(enabled: boolean): Promise<void> {
    for (const family of families) {
      const kernel = new KernelRules(family, 'nft', network.run('pod'))
      expect((await kernel.write(terms(enabled))).same).to.equal(true)
    }
  }

  async function stopRelay(): Promise<number> {
    const count = await relay?.stop()
    relay = undefined
    return count ?? 0
  }

  /** What the app sees of two clients, one after the other. */
  const asked = (family: Family) => {
    const { pod, near } = addresses[family]
    const to = { host: pod, port: NAMING_PORT }
    return network.connect('outside', [to, { ...to, source: near }])
  }
  const seen = (family: Family): readonly string[] => {
    const { pod, outside, near } = addresses[family]
    const at = family === 'v4' ? `${pod}:${NAMING_PORT}` : `[${pod}]:${NAMING_PORT}`
    return [outside, near].map((client) => `app ${at} ${client}`)
  }

  const load = (timeoutMs?: number): Promise<Load> => {
    const at = (port: number) => families.map((family) => ({ host: addresses[family].pod, port }))
    return startLoad({
      targets: { http: at(PORTS.http), tcp: at(PORTS.tcp) },
      lanes: LANES,
      wrap: network.words('outside'),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    })
  }

  for (const family of families) {
    it(`brings the answers back to the proxy, and the client's address to the app: ${family}`, async () => {
      await toggle(true)
      expect(await asked(family)).to.deep.equal(seen(family))
      expect(await stopRelay(), 'passed on').to.equal(2)
      // The kernel drops what it cannot give to a listener.
      const silence = ['timeout', 'timeout']
      expect(await asked(family), 'nobody goes by a proxy that is gone').to.deep.equal(silence)
      await toggle(false)
      expect(await asked(family)).to.deep.equal(seen(family))
    })

    it(`control: without the route of the marks the answers go to the client: ${family}`, async () => {
      await toggle(true)
      const flag = family === 'v4' ? '-4' : '-6'
      await network.run('pod')('ip', [flag, 'rule', 'del', 'fwmark', TRANSPARENT_MARK])
      const { pod } = addresses[family]
      const [answer] = await network.connect('outside', [{ host: pod, port: NAMING_PORT }])
      expect(answer).to.match(/^(timeout|closed|reset)/)
    })
  }

  it('goes on and off under load without a loss, IPv4 and IPv6', async () => {
    const running = await load()
    try {
      await sentAtLeast(running, 100)
      for (let count = 1; count <= TOGGLES; count += 1) {
        await toggle(count % 2 === 1)
        await sentAtLeast(running, 60)
      }
      const { total, losses, kinds } = await running.stop()
      expect(losses).to.deep.equal([])
      expect(total).to.include({ lost: 0, skipped: 0 })
      for (const kind of ['short', 'keepalive', 'keepalive-idle', 'tcp'] as const) {
        expect(kinds[kind]?.ok, kind).to.be.greaterThan(10)
      }
      expect(await stopRelay(), 'connections that the proxy had').to.be.greaterThan(20)
    } finally {
      running.abort()
    }
  })

  it('control: loses what exists when not only opening packets are given to the proxy', async () => {
    const running = await load(1500)
    try {
      await sentAtLeast(running, 100)
      for (const family of families) {
        const set = rules(terms(true), family)
        const text = restoreText(set, []).replaceAll(`${OPENING} -j TPROXY`, '-p tcp -j TPROXY')
        const words = [applet(family, 'restore'), '--noflush']
        const { code, stderr } = await network.run('pod')(programOf('nft'), words, text)
        expect(code, stderr).to.equal(0)
      }
      await sentAtLeast(running, 100)
      const { total } = await running.stop()
      expect(total.lost).to.be.greaterThan(0)
    } finally {
      running.abort()
    }
  })
})
