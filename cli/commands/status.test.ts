import { expect } from 'chai'
import { SIDECAR_SETS } from '../../api/v1beta1/kinds.ts'
import { agentSays, aHandover, aRevision, hotProxy } from '../../operator/testing/build.ts'
import { NO_COST } from '../../operator/sidecarset/analysis/handoverLedger.ts'
import { schemaFaults } from '../output/testing/schemaFaults.ts'
import {
  completeSet,
  put,
  putRevision,
  startCluster,
  webPod,
  withReason,
} from '../testing/cluster.ts'
import type { CliCluster } from '../testing/cluster.ts'
import { status } from './status.ts'

describe('status', () => {
  let cluster: CliCluster
  beforeEach(async () => {
    cluster = await startCluster()
  })
  afterEach(() => cluster.server.stop())

  it('shows a row for each set', async () => {
    put(cluster.server, completeSet(), [])
    const { stdout, code } = await cluster.run('status')
    expect(code).to.equal(0)
    expect(stdout).to.equal(
      'SET   PHASE     REVISION    MATCHED  UPDATED  READY  UPGRADING  FAILED  CUT\n' +
        `mesh  Complete  ${aRevision([hotProxy('proxy:1')]).hash}        3        3      3          0       0    0\n`,
    )
  })

  it('says so when there is none', async () => {
    expect((await cluster.run('status')).stdout).to.equal('No SidecarSet exists.\n')
  })

  it('shows a set as a tree down to the slots, the same as text and as JSON', async () => {
    const [one, two] = [aRevision([hotProxy('proxy:1')], 1), aRevision([hotProxy('proxy:2')], 2)]
    putRevision(cluster.server, one)
    putRevision(cluster.server, two)
    const base = completeSet('proxy:2')
    const set = withReason(
      { ...base, status: { ...base.status, currentRevision: one.hash } },
      'RolloutInProgress',
      'revision on 1 of 2 pods',
    )
    put(cluster.server, set, [webPod('web-a', 'proxy:1'), webPod('web-b', 'proxy:2')])
    const draining = aHandover(`${two.hash}-1`, {
      phase: 'Draining',
      connectionsLeft: 3,
      connectionsDrained: 9,
      connectionsCut: 1,
      kernel: { ListenDrops: 2 },
    })
    const path = '/api/v1/namespaces/default/pods/web-b:15020/proxy/status'
    cluster.server.serve(path, agentSays(draining))
    const { stdout } = await cluster.run('status mesh --agents all')
    expect(stdout).to.equal(`mesh  Progressing: revision on 1 of 2 pods
  pods        3 matched, 3 updated, 3 ready, 0 in flight, 0 failed
  handovers   0 completed, 0 failed; connections: 0 drained, 0 cut
├─ revision ${two.hash} (latest)  1 pod  proxy=proxy:2
│  └─ deployment/web in default
│     └─ web-b  ready  UpToDate: the pod has revision ${two.hash}
│        └─ proxy  Draining  connections: 3 draining, 9 drained, 1 cut, ListenDrops +2
│           ├─ proxy-1  standby  proxy:2
│           └─ proxy-2  serving  proxy:2
└─ revision ${one.hash} (current)  1 pod  proxy=proxy:1
   └─ deployment/web in default
      └─ web-a  ready  startUpgrade: the operator acts on it now
         └─ proxy
            ├─ proxy-1  serving  proxy:1
            └─ proxy-2  standby  proxy:1
note: the agent of default/web-a did not answer: GET /api/v1/namespaces/default/pods/web-a:15020/proxy/status: pods "web-a:15020" not found (404)
`)
    const ran = await cluster.run('status mesh --agents all -o json')
    expect(schemaFaults(status.document.schema, ran.json())).to.deep.equal([])
    const cut = await cluster.run(
      'status mesh --agents all -o jsonpath={.revisions[0].workloads[0].pods[0].containers[0].handover.connectionsCut}',
    )
    expect(cut.stdout).to.equal('1')
  })

  it('shows what the rollout is judged by: each value against its threshold', async () => {
    const base = withReason(completeSet('proxy:2'), 'CanaryStepAnalysis', 'step 1 of 2')
    const counts = { inconclusive: 0, noData: 0, errors: 0, consecutiveErrors: 0 }
    const metric = {
      name: 'errors',
      verdict: 'Running' as const,
      message: 'errors: 1 of 5 good',
      query: 'rate(x[1m])',
      successful: 4,
      failed: 1,
      ...counts,
      measurements: [
        {
          at: '2025-01-01T00:08:00Z',
          outcome: 'Successful' as const,
          value: 0,
          threshold: '< 0.01',
        },
        {
          at: '2025-01-01T00:09:00Z',
          outcome: 'Failed' as const,
          value: 0.25,
          threshold: '< 0.01',
        },
      ],
    }
    const silent = {
      ...metric,
      name: 'latency',
      verdict: 'NoData' as const,
      dryRun: true,
      ...{ successful: 0, failed: 0, noData: 2 },
      measurements: [
        { at: '2025-01-01T00:09:00Z', outcome: 'NoData' as const, message: 'no series' },
      ],
    }
    const run = { startedAt: '2025-01-01T00:07:00Z', definition: 'd' }
    const spent = {
      ...NO_COST,
      verdict: 'Running' as const,
      message: '2 handovers, 1 connection cut',
      ...{ handovers: 2, connectionsAtDrain: 150, connectionsCut: 1, podsNotReady: 0, resets: 3 },
    }
    const analysis = {
      revision: 'r',
      number: 2,
      budget: spent,
      background: { ...run, metrics: [silent] },
      step: { ...run, step: 1, metrics: [metric] },
    }
    put(cluster.server, { ...base, status: { ...base.status, analysis } }, [])
    const { stdout } = await cluster.run('status mesh')
    expect(stdout.split('\n').slice(3, 6)).to.deep.equal([
      '  budget      Running after 2 handovers: connectionsCut 1, wanted <= 2 (1% of 150), listenDrops 0, wanted <= 20 (10 a handover), resets 3, podsNotReady 0, wanted <= 0',
      '  metric      latency (dry run)  NoData: no series; so far 2 no data',
      '  metric      errors of step 1  Running: 0.25, wanted < 0.01 (Failed at 2025-01-01T00:09:00Z); so far 4 good, 1 bad',
    ])
    const ran = await cluster.run('status -o json')
    expect(schemaFaults(status.document.schema, ran.json())).to.deep.equal([])
    const path =
      '{.sets[0].analysis.metrics[1].latest.value}{.sets[0].analysis.metrics[1].latest.threshold}'
    expect((await cluster.run(`status -o jsonpath=${path.replaceAll(' ', '')}`)).stdout).to.equal(
      '0.25< 0.01',
    )
  })

  it('has no effects: it only reads', async () => {
    put(cluster.server, completeSet(), [webPod('web-a', 'proxy:1')])
    await cluster.run('status mesh --agents all')
    await cluster.run('why mesh')
    const methods = new Set(cluster.server.requests.map(({ method }) => method))
    expect([...methods]).to.deep.equal(['GET'])
  })

  /** What becomes of the set after the first look -> the code, the reason. */
  const ends = {
    complete: [completeSet('proxy:2'), 0, 'Complete'],
    failed: [withReason(completeSet('proxy:2'), 'UpgradeFailed', 'bad'), 1, 'Failed'],
    paused: [
      withReason(completeSet('proxy:2'), 'RolloutPaused', '', { paused: true }),
      4,
      'Paused',
    ],
    superseded: [completeSet('proxy:3'), 5, 'Superseded'],
  } as const
  for (const [name, [later, code, reason]] of Object.entries(ends)) {
    for (const format of ['', ' -o json']) {
      it(`waits and ends with ${code} when it is ${name}${format}`, async () => {
        put(cluster.server, withReason(completeSet('proxy:2'), 'RolloutInProgress', 'going'), [])
        let looks = 0
        const sleep = (): Promise<void> => {
          if (++looks === 2) cluster.server.put(SIDECAR_SETS, later)
          return Promise.resolve()
        }
        const ran = await cluster.run(`status mesh --for=complete${format}`, { sleep })
        expect(ran.code, ran.stdout + ran.stderr).to.equal(code)
        if (format === '') expect(ran.stdout).to.contain(`mesh: ${name}`)
        else {
          expect(ran.json()).to.have.nested.property('ended.reason', reason)
          expect(schemaFaults(status.document.schema, ran.json())).to.deep.equal([])
        }
      })
    }
  }

  it('ends with 3 when the time is over, and says how it stands', async () => {
    put(cluster.server, withReason(completeSet(), 'RolloutInProgress', '1 of 3 pods'), [])
    const ran = await cluster.run('status mesh --for=complete --timeout 0s')
    expect(ran.code).to.equal(3)
    expect(ran.stdout).to.contain(
      'mesh: timeout: not complete within 0 s: mesh Progressing: 1 of 3',
    )
  })

  it('waits out a restart of the API server', async () => {
    put(cluster.server, withReason(completeSet(), 'RolloutInProgress', 'going'), [])
    let looks = 0
    const sleep = (): Promise<void> => {
      if (++looks === 1) {
        cluster.server.fail({ status: 503, times: 4 })
        cluster.server.put(SIDECAR_SETS, completeSet())
      }
      return Promise.resolve()
    }
    expect((await cluster.run('status mesh --for=complete', { sleep })).code).to.equal(0)
  })

  it('writes plain lines into a pipe, one for each change', async () => {
    put(cluster.server, withReason(completeSet(), 'RolloutInProgress', '1 of 3'), [])
    const stop = new AbortController()
    let looks = 0
    const sleep = (): Promise<void> => {
      looks++
      if (looks === 3) cluster.server.put(SIDECAR_SETS, completeSet())
      if (looks < 5) return Promise.resolve()
      stop.abort()
      return Promise.reject(new Error('stopped'))
    }
    const ran = await cluster.run('status mesh --watch', { sleep, signal: stop.signal })
    expect(ran.stdout).to.equal('mesh Progressing: 1 of 3\nmesh Complete: all done\n')
    expect(ran.code).to.equal(0)
  })

  it('refuses to watch into a document', async () => {
    const ran = await cluster.run('status mesh --watch -o json')
    expect(ran.code).to.equal(2)
    expect(ran.stderr).to.match(/wait by --for/)
  })
})
