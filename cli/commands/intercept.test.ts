import { expect } from 'chai'
import { SIDECAR_SETS, TRAFFIC_INTERCEPTIONS } from '../../api/v1beta1/kinds.ts'
import type { StoredTrafficInterception } from '../../api/v1beta1/kinds.ts'
import { agentSays, aHandover } from '../../operator/testing/build.ts'
import { anInterception, switchablePod } from '../../operator/testing/buildInterception.ts'
import { PODS } from '../../runtime/client/kinds.ts'
import { startFakeApiServer } from '../../runtime/testing/apiserver.ts'
import { schemaFaults } from '../output/testing/schemaFaults.ts'
import { runCli } from '../testing/runCli.ts'
import type { Ran, RunOptions } from '../testing/runCli.ts'
import type { FakeApiServer } from '../../runtime/testing/apiserver.ts'
import { intercept } from './intercept.ts'

const on = {
  id: 'x',
  state: 'On',
  phase: 'Idle',
  rules: { v4: 'abc', v6: null },
  verified: true,
  probe: { at: '2025-01-01T00:00:00Z', outbound: 'Seen', inbound: 'Direct' },
  lastToggle: null,
  repairs: 0,
  bypasses: 0,
  message: '',
} as const

function withProgress(
  object: StoredTrafficInterception,
  reason: string,
  message = reason,
): StoredTrafficInterception {
  const condition = { type: 'Progressing', status: 'True', reason, message } as const
  const conditions = [{ ...condition, lastTransitionTime: '2025-01-01T00:00:00Z' }]
  const observedGeneration = object.metadata.generation ?? 0
  return { ...object, status: { observedGeneration, matchedPods: 1, conditions } }
}

describe('intercept', () => {
  let server: FakeApiServer
  const run = (line: string, options: RunOptions = {}): Promise<Ran> =>
    runCli(line.split(' '), { kubeconfig: server.kubeConfigYaml(), ...options })
  const stored = (name = 'web'): StoredTrafficInterception | undefined =>
    server.get(TRAFFIC_INTERCEPTIONS, { namespace: 'default', name })

  beforeEach(async () => {
    server = await startFakeApiServer({ kinds: [SIDECAR_SETS, TRAFFIC_INTERCEPTIONS] })
    const object = withProgress(anInterception(), 'RolloutCompleted', 'on in 1 of 1 pod')
    server.put(TRAFFIC_INTERCEPTIONS, object)
    server.put(PODS, switchablePod('web-a'))
    server.serve('/api/v1/namespaces/default/pods/web-a:15020/proxy/status', {
      ...agentSays(aHandover('r-1')),
      interception: on,
    })
  })
  afterEach(() => server.stop())

  it('shows what is wanted, the rules in the kernel and the probe of each pod', async () => {
    const { stdout, code } = await run('intercept status --app web')
    expect(code).to.equal(0)
    expect(stdout).to.equal(`web in default: wanted on: on in 1 of 1 pod
  pods 1 matched, 0 on, 0 off, 0 switching, 0 failed, 0 bypassed

POD    NODE    ORDERED  STATE  RULES  VERIFIED  OUTBOUND  INBOUND  MESSAGE
web-a  node-a  nothing  On     v4     yes       Seen      Direct
`)
    const ran = await run('intercept status --app web -o json')
    expect(schemaFaults(intercept.document.schema, ran.json())).to.deep.equal([])
  })

  it('switches off once, with its scope confirmed, and is idempotent', async () => {
    const silent = await run('intercept off --app web')
    expect(silent.code).to.equal(2)
    expect(silent.stderr).to.match(/switch the interception of 1 pod in 1 namespace off.*--yes/)
    expect(stored()?.spec.enabled).to.equal(true)
    const changed = await run('intercept off --app web --yes -o json')
    expect(changed.json()).to.include({ outcome: 'Changed' })
    expect(stored()?.spec.enabled).to.equal(false)
    const again = await run('intercept off --app web -o json')
    expect(again.json()).to.include({ outcome: 'Unchanged' })
    expect(server.requests.filter(({ method }) => method === 'PATCH')).to.have.length(1)
  })

  it('changes nothing in a dry run', async () => {
    expect((await run('intercept off --app web --dry-run=server')).code).to.equal(0)
    expect(stored()?.spec.enabled).to.equal(true)
  })

  /** Reason of Progressing -> the code of --wait */
  const ends = {
    RolloutCompleted: 0,
    ToggleFailed: 1,
    RolloutPaused: 4,
    PartitionReached: 4,
  } as const
  for (const [reason, code] of Object.entries(ends)) {
    it(`waits and ends with ${code} at ${reason}`, async () => {
      let looks = 0
      const sleep = (): Promise<void> => {
        const object = stored()
        if (++looks === 2 && object !== undefined) {
          server.put(TRAFFIC_INTERCEPTIONS, withProgress(object, reason))
        }
        return Promise.resolve()
      }
      const ran = await run('intercept off --app web --yes --wait -o json', { sleep })
      expect(ran.code, ran.stderr).to.equal(code)
      expect(looks).to.equal(2)
    })
  }

  it('creates the object when it is asked to, and else says what to do', async () => {
    const missing = await run('intercept on --app shop --yes')
    expect(missing.code).to.equal(8)
    expect(missing.stderr).to.match(/no TrafficInterception "shop" in namespace default.*--create/)
    const ran = await run('intercept on --app shop --create --selector app=web --yes -o json')
    expect(ran.json()).to.include({ outcome: 'Created' })
    expect(stored('shop')?.spec).to.deep.equal({
      selector: { matchLabels: { app: 'web' } },
      enabled: true,
    })
  })

  it('names what was meant', async () => {
    expect((await run('intercept offf --app web')).stderr).to.match(/did you mean "off"\?/)
    expect((await run('intercept status --app wbe')).stderr).to.match(/did you mean "web"\?/)
    expect((await run('intercept status')).stderr).to.match(/intercept needs --app/)
  })

  it('says that the kind is not served, with 7', async () => {
    const bare = await startFakeApiServer()
    const ran = await run('intercept status --app web', { kubeconfig: bare.kubeConfigYaml() })
    await bare.stop()
    expect(ran.code).to.equal(7)
  })
})
