import { expect } from 'chai'
import type { HandoverStatus } from '../../api/agentStatus.ts'
import type { Drain } from '../../api/v1beta1/sidecarset.ts'
import type { Summary } from '../../test/ledger/index.ts'
import { waitFor } from '../environment/wait.ts'
import { agentStatus } from '../observe/agents.ts'
import type { MeshApp } from '../workload/deploy.ts'
import { deployMesh } from '../workload/deploy.ts'
import { useEnvironment } from './sharedEnvironment.ts'
import { expectLossless, report } from './verdict.ts'

/** Responses that take 30 s, several of them in flight at every moment. */
const LONG_RESPONSES = [{ kind: 'stream', perSecond: 0.5, durationMs: 30_000 }] as const

interface Outcome {
  readonly summary: Summary
  readonly handover: HandoverStatus
}

describe('a response of 30 s that is in flight at the timer', () => {
  const environment = useEnvironment()
  const apps: MeshApp[] = []
  let byDefault: Outcome
  let cut: Outcome

  // Both wait most of the time, so they wait together.
  before('upgrade an app by default, and one with maxSeconds: 15', async function () {
    this.timeout(240_000)
    ;[byDefault, cut] = await Promise.all([
      upgradeWithLongResponses('long-response', {}),
      upgradeWithLongResponses('cut-response', { maxSeconds: 15 }),
    ])
  })

  after(async function () {
    this.timeout(120_000)
    await Promise.all(apps.map((app) => app.remove()))
  })

  it('completes by default, and the pod counts as upgraded at the timer', () => {
    const { summary, handover } = byDefault
    report('default drain', summary)
    expectLossless(summary)
    expect(handover.phase).to.equal('Settled')
    expect(handover.connectionsCut).to.equal(0)
    expect(handover.reportedAt, 'the timer reported what was left').to.be.a('string')
    expect(seconds(handover.drainStartedAt, handover.reportedAt)).to.be.within(14.5, 22)
    expect(seconds(handover.drainStartedAt, handover.settledAt)).to.be.above(18)
  })

  it('is cut and counted with maxSeconds: 15', () => {
    const { summary, handover } = cut
    report('maxSeconds: 15', summary)
    expect(handover.connectionsCut, 'cut by the agent’s count').to.be.above(0)
    expect(summary.total.lostByCause.cutInResponse, 'cut by the client’s count').to.equal(
      handover.connectionsCut,
    )
    expect(seconds(handover.drainStartedAt, handover.settledAt)).to.be.within(14.5, 26)
  })

  async function upgradeWithLongResponses(name: string, drain: Drain): Promise<Outcome> {
    const { workloads } = environment()
    const app = await deployMesh(environment(), {
      name,
      image: workloads.envoy('1.38.3'),
      replicas: 1,
      drain,
    })
    apps.push(app)
    const load = await app.loadPods(LONG_RESPONSES)
    await waitFor('long responses in flight', 20_000, async () =>
      (await load.snapshot()).total.pending >= 3 ? true : undefined,
    )
    const generation = await app.rollout.setImage(workloads.envoy('1.40.0'))
    await app.rollout.completed(generation)
    const [pod] = await app.pods()
    const handover = await waitFor('the old proxy gone', 60_000, async () => {
      const status = pod === undefined ? undefined : await agentStatus(pod)
      const last = status?.containers['proxy']?.handover
      return last?.settledAt === undefined ? undefined : last
    })
    return { summary: await load.stop(), handover }
  }
})

function seconds(from: string | undefined, to: string | undefined): number {
  return (Date.parse(to ?? '') - Date.parse(from ?? '')) / 1000
}
