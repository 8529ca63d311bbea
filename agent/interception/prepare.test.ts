import { expect } from 'chai'
import { formatInterception } from '../../api/interception/desired.ts'
import { jsonLogger } from '../log.ts'
import { preparedBackend } from './iptables/backend.ts'
import { prepareNetwork } from './prepare.ts'
import { addresses, PodNetwork } from './testing/network.ts'
import { PROXY, wanted } from './testing/wanted.ts'

const log = jsonLogger(() => undefined)

describe('baton-iptables', () => {
  let network: PodNetwork
  before(function () {
    if (process.getuid?.() !== 0) this.skip()
  })
  beforeEach(async () => {
    network = await PodNetwork.create(`baton-prepare-${process.pid}`)
  })
  afterEach(async () => {
    await network.remove()
  })

  const prepare = (annotation?: string): Promise<void> =>
    prepareNetwork({ annotation, families: ['v4', 'v6'], run: network.run('pod'), log })

  it('makes the chains once, and nothing goes another way', async () => {
    await prepare()
    await prepare()
    await network.listen('outside', [{ name: 'outside', uid: 0, port: 80 }])
    const to = (host: string) => ({ host, port: 80 })
    const answers = await network.connect('pod', [
      to(addresses.v4.outside),
      to(addresses.v6.outside),
    ])
    expect(answers.map((answer) => answer.split(' ')[0])).to.deep.equal(['outside', 'outside'])
    const { stdout } = await network.run('pod')('iptables-save', [])
    expect(stdout.match(/-j BATON_OUTPUT/g)).to.have.length(1)
  })

  it("intercepts the app's first packet when the annotation says so", async () => {
    await prepare(formatInterception(wanted()))
    await network.listen('pod', [{ name: 'proxy', uid: PROXY, port: 15_001 }])
    const [answer] = await network.connect('pod', [{ host: addresses.v6.far, port: 443 }])
    expect(answer).to.match(/^proxy \[2001:db8::7\]:443 /)
  })

  it('uses the iptables that others have used in this pod before', async () => {
    const rule = '-t nat -A OUTPUT -p udp --dport 9 -j ACCEPT'
    await network.run('pod')('xtables-legacy-multi', ['iptables', ...rule.split(' ')])
    await prepare()
    expect(await preparedBackend(network.run('pod'))).to.equal('legacy')
  })

  it('does not start a pod whose annotation it cannot read', async () => {
    const refusal = await prepare('{"v":1}').catch((error: unknown) => error)
    expect(refusal)
      .to.have.property('message')
      .that.matches(/interception\.id: expected a string/)
  })
})
