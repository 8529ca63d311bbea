import { expect } from 'chai'
import { revisionHash, revisionTemplate } from '../../api/revision.ts'
import { parseRolloutCommand, rolloutCommandId } from '../../api/rolloutCommand.ts'
import { SIDECAR_SETS } from '../../api/v1beta1/kinds.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import { omit } from '../../webhook/inject/omit.ts'
import { completeSet, put, startCluster, webPod, withReason } from '../testing/cluster.ts'
import type { CliCluster } from '../testing/cluster.ts'

const KEY = 'baton.dev/rollout-command'

describe('commands to a rollout', () => {
  let cluster: CliCluster
  const base = completeSet('proxy:2')
  const hash = revisionHash(revisionTemplate(base.spec))
  const stored = (): StoredSidecarSet => {
    const set = cluster.server.get(SIDECAR_SETS, { name: 'mesh' })
    if (set === undefined) throw new Error('the set is gone')
    return set
  }
  const asked = () => {
    const text = stored().metadata.annotations?.[KEY]
    return text === undefined ? undefined : parseRolloutCommand(text)
  }

  /** Step 2 of the canary waits for people. */
  const inStep = (): StoredSidecarSet => {
    const going = withReason(base, 'CanaryStepPaused', 'step 2 of 3 waits')
    const rollout = {
      revision: hash,
      number: 2,
      startedAt: '2025-01-01T00:00:00Z',
      step: 2,
      reachedAt: '2025-01-01T00:01:00Z',
    }
    return { ...going, status: { ...going.status, currentStep: 2, rollout } }
  }
  const failed = (): StoredSidecarSet => {
    const back = withReason(base, 'UpgradeFailed', 'bad', { degraded: 'RolledBack' })
    return { ...back, status: { ...back.status, failedRevision: hash } }
  }

  beforeEach(async () => {
    cluster = await startCluster()
    put(cluster.server, inStep(), [webPod('web-a', 'proxy:1')])
  })
  afterEach(() => cluster.server.stop())

  it('name the revision and the step that the user has seen', async () => {
    await cluster.run('promote mesh --yes --reason good')
    const { reason, ...command } = asked() ?? { verb: 'retry', revision: '' }
    expect(command).to.deep.equal({ verb: 'promote', revision: hash, step: 2 })
    expect(reason).to.match(/^good \(2025-/)
  })

  it('end the pause of a step by resume, without a question', async () => {
    const { stdout } = await cluster.run('resume mesh')
    expect(stdout).to.match(/asked to go on after step 2: 1 pod in 1 namespace/)
    expect(asked()).to.include({ verb: 'resume', revision: hash, step: 2 })
  })

  it('ask with their scope before they concern every pod', async () => {
    for (const [verb, what] of [
      ['promote', /bring revision \w+ to all of 1 pod in 1 namespace/],
      ['abort', /give revision \w+ up and bring 1 pod in 1 namespace back/],
    ] as const) {
      const ran = await cluster.run(`${verb} mesh`)
      expect(ran.code).to.equal(2)
      expect(ran.stderr).to.match(what)
    }
    expect(asked()).to.equal(undefined)
  })

  it('are idempotent: what is so already is not asked for again', async () => {
    cluster.server.put(SIDECAR_SETS, failed())
    const again = await cluster.run('abort mesh -o json')
    expect(again.json()).to.include({ outcome: 'Unchanged' })
    expect(asked()).to.equal(undefined)
  })

  it('say what is in the way of what cannot be', async () => {
    cluster.server.put(SIDECAR_SETS, completeSet('proxy:2'))
    const ran = await cluster.run('abort mesh --yes')
    expect(ran.code).to.equal(8)
    expect(ran.stderr).to.match(/abort of SidecarSet mesh is not possible: no rollout of revision/)
    cluster.server.put(SIDECAR_SETS, failed())
    expect((await cluster.run('promote mesh --yes')).stderr).to.match(/only retry can be asked for/)
  })

  it('wait for what comes of a retry, not for the failure that was there before', async () => {
    cluster.server.put(SIDECAR_SETS, failed())
    let looks = 0
    const sleep = (): Promise<void> => {
      looks++
      const set = stored()
      const text = set.metadata.annotations?.[KEY] ?? ''
      const lastCommand = {
        id: rolloutCommandId(text),
        at: '2025-01-01T00:10:01Z',
        outcome: 'Accepted',
        message: '',
      } as const
      if (looks === 2) {
        const going = withReason(set, 'RolloutInProgress', 'going')
        const status = { ...omit(going.status ?? {}, 'failedRevision'), lastCommand }
        cluster.server.put(SIDECAR_SETS, { ...going, status })
      }
      if (looks === 3)
        cluster.server.put(SIDECAR_SETS, withReason(stored(), 'RolloutCompleted', 'ok'))
      return Promise.resolve()
    }
    const ran = await cluster.run('retry mesh --yes --wait', { sleep })
    expect(ran.code, ran.stdout + ran.stderr).to.equal(0)
    expect(looks).to.equal(3)
  })

  it('change nothing in a dry run', async () => {
    expect((await cluster.run('promote mesh --dry-run=server')).code).to.equal(0)
    expect(asked()).to.equal(undefined)
  })
})
