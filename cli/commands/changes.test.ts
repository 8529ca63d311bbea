import { expect } from 'chai'
import { SIDECAR_SETS } from '../../api/v1beta1/kinds.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import { aRevision, hotProxy } from '../../operator/testing/build.ts'
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
import { commands } from './index.ts'

describe('commands that change a set', () => {
  let cluster: CliCluster
  const first = aRevision([hotProxy('proxy:1')], 1)
  const second = aRevision([hotProxy('proxy:2')], 2)
  const stored = (): StoredSidecarSet | undefined =>
    cluster.server.get(SIDECAR_SETS, { name: 'mesh' })
  const image = (): string | undefined => stored()?.spec.containers?.[0]?.image

  beforeEach(async () => {
    cluster = await startCluster()
    putRevision(cluster.server, first)
    putRevision(cluster.server, second)
    const set = completeSet('proxy:2')
    put(cluster.server, { ...set, status: { ...set.status, currentRevision: second.hash } }, [
      webPod('web-a', 'proxy:2'),
      webPod('web-b', 'proxy:2'),
    ])
  })
  afterEach(() => cluster.server.stop())

  it('upgrade changes the image, says what it concerns, and is idempotent', async () => {
    const { stdout, code } = await cluster.run('upgrade mesh proxy=proxy:3')
    expect([code, stdout]).to.deep.equal([
      0,
      'mesh: upgrade of 2 pods in 1 namespace to proxy=proxy:3\n',
    ])
    expect(image()).to.equal('proxy:3')
    const again = await cluster.run('upgrade mesh proxy=proxy:3 -o json')
    expect(again.json()).to.include({ outcome: 'Unchanged' })
    const patches = cluster.server.requests.filter(({ method }) => method === 'PATCH')
    expect(patches).to.have.length(1)
    expect(patches[0]?.query).to.include({ fieldManager: 'kubectl-baton' })
  })

  it('upgrade waits for the revision that it has made', async () => {
    let looks = 0
    const sleep = (): Promise<void> => {
      if (++looks === 2) {
        const set = stored()
        if (set !== undefined)
          cluster.server.put(SIDECAR_SETS, withReason(set, 'RolloutCompleted', 'done'))
      }
      return Promise.resolve()
    }
    const going = stored()
    if (going !== undefined)
      cluster.server.put(SIDECAR_SETS, withReason(going, 'RolloutInProgress', 'going'))
    const ran = await cluster.run('upgrade mesh proxy=proxy:3 --wait -o json', { sleep })
    expect(ran.code).to.equal(0)
    expect(ran.json()).to.have.nested.property('ended.reason', 'Complete')
    expect(looks).to.equal(2)
  })

  it('upgrade ends with superseded when somebody else changes the image meanwhile', async () => {
    const going = stored()
    if (going !== undefined)
      cluster.server.put(SIDECAR_SETS, withReason(going, 'RolloutInProgress', 'going'))
    const sleep = (): Promise<void> => {
      cluster.server.put(SIDECAR_SETS, completeSet('proxy:4'))
      return Promise.resolve()
    }
    const ran = await cluster.run('upgrade mesh proxy=proxy:3 --wait', { sleep })
    expect(ran.code).to.equal(5)
    expect(ran.stdout).to.match(/superseded: revision \w+ has taken the place/)
  })

  it('upgrade names the container that was meant, and what is no image', async () => {
    const wrong = await cluster.run('upgrade mesh proxi=proxy:3')
    expect([wrong.code, wrong.stderr]).to.deep.equal([
      2,
      'kubectl baton: SidecarSet mesh has no container "proxi"; did you mean "proxy"?\n',
    ])
    expect((await cluster.run('upgrade mesh proxy')).code).to.equal(2)
    expect((await cluster.run('upgrade mesh')).stderr).to.match(/upgrade needs CONTAINER=IMAGE/)
  })

  it('change nothing in a dry run, which the server checks', async () => {
    for (const line of ['upgrade mesh proxy=proxy:3', 'pause mesh', 'rollback mesh']) {
      const ran = await cluster.run(`${line} --dry-run=server`)
      expect(ran.code, line).to.equal(0)
      expect(ran.stdout).to.match(/dry run on the server/)
    }
    expect(image()).to.equal('proxy:2')
    expect(stored()?.spec.updateStrategy).to.equal(undefined)
    const patches = cluster.server.requests.filter(({ method }) => method === 'PATCH')
    expect(patches.map(({ query }) => query['dryRun'])).to.deep.equal(['All', 'All', 'All'])
  })

  it('pause and resume, each as often as wanted', async () => {
    for (const [line, paused, outcome] of [
      ['resume mesh', undefined, 'Unchanged'],
      ['pause mesh', true, 'Changed'],
      ['pause mesh', true, 'Unchanged'],
      ['resume mesh', false, 'Changed'],
    ] as const) {
      const ran = await cluster.run(`${line} -o json`)
      expect(ran.json(), line).to.include({ outcome })
      expect(stored()?.spec.updateStrategy?.paused).to.equal(paused)
    }
  })

  it('roll back to the revision before, to a hash, to a number', async () => {
    await cluster.run('rollback mesh --yes')
    expect(image()).to.equal('proxy:1')
    await cluster.run(`rollback mesh ${second.hash.slice(0, 5)} --yes`)
    expect(image()).to.equal('proxy:2')
    await cluster.run('rollback mesh 1 --yes')
    expect(image()).to.equal('proxy:1')
    const again = await cluster.run('rollback mesh 1 -o json')
    expect(again.json()).to.include({ outcome: 'Unchanged' })
    expect((await cluster.run('rollback mesh 9')).stderr).to.match(/has no revision "9"/)
  })

  it('ask before a rollback, with its scope, and do nothing without a yes', async () => {
    const silent = await cluster.run('rollback mesh')
    expect(silent.code).to.equal(2)
    expect(silent.stderr).to.match(
      /bring 2 pods in 1 namespace .* back, and there is no terminal.*--yes/,
    )
    const no = await cluster.run('rollback mesh', { answer: '' })
    expect(no.stderr).to.match(
      /This will bring 2 pods in 1 namespace.*Go on\? \[y\/N\] .*nothing was changed/,
    )
    expect(image()).to.equal('proxy:2')
    await cluster.run('rollback mesh', { answer: 'y' })
    expect(image()).to.equal('proxy:1')
  })

  it('take away what the earlier revision did not have', async () => {
    const set = completeSet('proxy:2', { spec: { volumes: [{ name: 'new', emptyDir: {} }] } })
    cluster.server.put(SIDECAR_SETS, set)
    await cluster.run(`rollback mesh ${first.hash} --yes`)
    expect(stored()?.spec).not.to.have.property('volumes')
    expect(stored()?.spec.selector).to.deep.equal(set.spec.selector)
  })

  it('do not write over a change that was made in between', async () => {
    const answer = (): string => {
      cluster.server.put(SIDECAR_SETS, completeSet('proxy:7', { generation: 2 }))
      return 'y'
    }
    const ran = await cluster.run('rollback mesh', { answer })
    expect(ran.code).to.equal(8)
    expect(ran.stderr).to.match(
      /somebody has changed SidecarSet mesh in between.*generation 2, not 1/,
    )
    expect(image()).to.equal('proxy:7')
  })

  it('are told by a note that Git will take the change back', async () => {
    const set = stored()
    if (set === undefined) throw new Error('no set')
    const managedFields = [{ manager: 'argocd-controller' }, { manager: 'baton-operator' }]
    const labels = { team: 'web' }
    cluster.server.put(SIDECAR_SETS, {
      ...set,
      metadata: { ...set.metadata, labels, managedFields },
    })
    const { stdout } = await cluster.run('pause mesh')
    expect(stdout).to.match(
      /note: argocd-controller applies this SidecarSet and may take the change back/,
    )
    expect(stdout).not.to.match(/baton-operator/)
  })

  it('are forbidden with 6, and nothing is changed', async () => {
    cluster.server.fail({ status: 403, method: 'PATCH', times: 9 })
    for (const line of ['upgrade mesh proxy=proxy:3', 'pause mesh', 'rollback mesh --yes']) {
      expect((await cluster.run(line)).code, line).to.equal(6)
    }
    expect(image()).to.equal('proxy:2')
  })

  it('print documents of their schema', async () => {
    for (const line of [
      'upgrade mesh proxy=proxy:3',
      'pause mesh',
      'rollback mesh --yes',
      'history mesh',
      'diff mesh 1 2',
    ]) {
      const ran = await cluster.run(`${line} -o json`)
      const command = commands.find(({ name }) => line.startsWith(name))
      expect(schemaFaults(command?.document.schema ?? {}, ran.json()), line).to.deep.equal([])
    }
  })
})

describe('history and diff', () => {
  let cluster: CliCluster
  const first = aRevision([hotProxy('proxy:1')], 1)
  const second = aRevision([hotProxy('proxy:2')], 2)
  beforeEach(async () => {
    cluster = await startCluster()
    putRevision(cluster.server, first)
    putRevision(cluster.server, second)
    const set = completeSet('proxy:2')
    put(cluster.server, { ...set, status: { ...set.status, currentRevision: first.hash } }, [
      webPod('web-a', 'proxy:1'),
    ])
  })
  afterEach(() => cluster.server.stop())

  it('lists revisions, newest first, with who has them', async () => {
    const { stdout } = await cluster.run('history mesh')
    expect(stdout).to.equal(
      `NUMBER  REVISION    ROLE     PODS  VERSION  CREATED               IMAGES\n` +
        `     2  ${second.hash}  latest      0           2025-01-02T00:00:00Z  proxy=proxy:2\n` +
        `     1  ${first.hash}  current     1           2025-01-01T00:00:00Z  proxy=proxy:1\n`,
    )
  })

  it('shows the field that differs and what it means for pods, and ends with 1', async () => {
    const { stdout, code } = await cluster.run('diff mesh')
    expect(code).to.equal(1)
    expect(stdout).to.equal(
      `mesh: revision ${first.hash} → ${second.hash}: pods are upgraded in place\n` +
        '  ~ containers[proxy].image: "proxy:1" → "proxy:2"\n',
    )
    expect((await cluster.run('diff mesh 2 2')).code).to.equal(0)
    expect((await cluster.run('diff mesh 1 9')).code).to.equal(2)
  })

  it('says what a file would do', async () => {
    const set = completeSet('proxy:2', {
      containers: [{ ...hotProxy('proxy:2'), command: ['/x'] }],
    })
    const { metadata, ...rest } = set
    const file = JSON.stringify({ ...rest, metadata: { name: metadata.name } })
    const { stdout, code } = await cluster.run('diff -f -', { files: { '-': file } })
    expect(code).to.equal(1)
    expect(stdout).to.match(
      /only new ones get it\n {2}~ spec.containers\[proxy\].command\[0\]: "\/proxy" → "\/x"\n$/,
    )
  })
})
