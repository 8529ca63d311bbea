import { expect } from 'chai'
import type { HandoverStatus } from '../../../api/agentStatus.ts'
import { aHandover, aRevision, agentSays, hotProxy, injectedPod } from '../../testing/build.ts'
import { formatUpgradeStates } from '../rollout/upgradeState.ts'
import { operatorAnnotations } from '../annotationKeys.ts'
import { viewPod } from '../rollout/podView.ts'
import type { PodView } from '../rollout/podView.ts'
import { createHandoverLedger } from './handoverLedger.ts'
import type { HandoverLedger } from './handoverLedger.ts'

const v2 = [hotProxy('proxy:2')]
const revision = aRevision(v2, 2)
const ID = `${revision.hash}-1`

function upgraded(name: string, number = 2): PodView {
  const state = formatUpgradeStates({
    mesh: {
      revision: revision.hash,
      number,
      updateTimestamp: '2025-01-01T00:01:00Z',
      id: ID,
      step: 'hot',
      hot: ['proxy'],
      lastContainerStatuses: {},
      from: { revision: 'old', slots: { proxy: 'proxy-1' }, images: {} },
    },
  })
  const result = `handover ${ID}: settled. all is well`
  const annotations = { [operatorAnnotations.upgradeState]: state }
  const view = viewPod(injectedPod(name, v2, { annotations, result }), 'mesh')
  if (view === undefined) throw new Error('no view')
  return view
}

function observe(
  ledger: HandoverLedger,
  pod: PodView,
  over: Partial<HandoverStatus>,
  of = revision,
): void {
  ledger.observe('mesh', of, [pod], new Map([[pod.key, agentSays(aHandover(ID, over))]]))
}

const draining: Partial<HandoverStatus> = {
  phase: 'Draining',
  reportedAt: '2025-01-01T00:01:16.000Z',
  connectionsLeft: 3,
}

describe('the ledger of handovers', () => {
  it('sums up what agents say, by what it means', () => {
    const ledger = createHandoverLedger()
    observe(ledger, upgraded('a'), {
      connectionsAtDrain: 10,
      connectionsCut: 2,
      cutReason: 'ProxyExited',
      kernel: { ListenDrops: 3, ListenOverflows: 2, EstabResets: 1, TCPAbortOnData: 4 },
    })
    observe(ledger, upgraded('b'), { connectionsCut: 5, cutReason: 'MaxSeconds' })
    expect(ledger.numbers('mesh')).to.deep.equal({
      handovers: 2,
      connectionsAtDrain: 22,
      connectionsCut: 2,
      connectionsCutAtMaxSeconds: 5,
      listenDrops: 3,
      resets: 5,
      longestHandoverSeconds: 0.62,
    })
  })

  it('counts a handover once, however often it is told of', () => {
    const ledger = createHandoverLedger()
    for (let times = 0; times < 3; times += 1) {
      observe(ledger, upgraded('a'), { connectionsCut: times, cutReason: 'ProxyExited' })
    }
    expect(ledger.numbers('mesh')).to.include({ handovers: 1, connectionsCut: 2 })
  })

  it('asks pods again that drain on after they count as upgraded', () => {
    const ledger = createHandoverLedger()
    const [a, b, c] = ['a', 'b', 'c'].map((name) => upgraded(name))
    if (a === undefined || b === undefined || c === undefined) throw new Error('no pods')
    const open = (): readonly string[] =>
      ledger.open('mesh', revision, [a, b, c]).map(({ pod }) => pod.metadata.name)
    expect(open()).to.deep.equal(['a', 'b', 'c'])
    const unsettled = aHandover(ID, draining)
    Reflect.deleteProperty(unsettled, 'settledAt')
    ledger.observe('mesh', revision, [a], new Map([[a.key, agentSays(unsettled)]]))
    observe(ledger, b, {})
    expect(open()).to.deep.equal(['c', 'a'])
    observe(ledger, a, { connectionsCut: 3, cutReason: 'ProxyKilled' })
    expect(open()).to.deep.equal(['c'])
    expect(ledger.numbers('mesh')).to.include({ connectionsCut: 3 })
  })

  it('counts a failover after the upgrade', () => {
    const ledger = createHandoverLedger()
    observe(ledger, upgraded('a'), {})
    observe(ledger, upgraded('a'), {
      id: 'failover-1',
      phase: 'FailedOver',
      startedAt: '2025-01-01T00:02:00.000Z',
      connectionsCut: 7,
      cutReason: 'SlotGone',
    })
    expect(ledger.numbers('mesh')).to.include({ handovers: 2, connectionsCut: 7 })
  })

  it('does not count what was before the upgrade', () => {
    const ledger = createHandoverLedger()
    const startedAt = '2025-01-01T00:00:10.000Z'
    observe(ledger, upgraded('a'), { id: 'failover-0', startedAt, connectionsCut: 7 })
    expect(ledger.numbers('mesh')).to.include({ handovers: 0, connectionsCut: 0 })
  })

  it('begins a new page for another rollout of the same revision', () => {
    const ledger = createHandoverLedger()
    observe(ledger, upgraded('a'), { connectionsCut: 2 })
    observe(ledger, upgraded('a', 3), {}, { ...revision, number: 3 })
    expect(ledger.numbers('mesh')).to.include({ handovers: 1, connectionsCut: 0 })
  })
})
