import { expect } from 'chai'
import { SIDECAR_SETS } from '../../api/v1beta1/kinds.ts'
import { PODS } from '../../runtime/client/kinds.ts'
import { schemaFaults } from '../output/testing/schemaFaults.ts'
import { completeSet, put, startCluster, webPod } from '../testing/cluster.ts'
import type { CliCluster } from '../testing/cluster.ts'
import { why } from './why.ts'

describe('why', () => {
  let cluster: CliCluster
  beforeEach(async () => {
    cluster = await startCluster()
    const set = completeSet('proxy:2', { updateStrategy: { partition: 1, prefetchImages: false } })
    put(cluster.server, set, [webPod('web-a', 'proxy:1'), webPod('web-b', 'proxy:2')])
  })
  afterEach(() => cluster.server.stop())

  it('names the rule for a set, the same as text and as JSON', async () => {
    const { stdout, code } = await cluster.run('why mesh')
    expect(code).to.equal(0)
    expect(stdout).to.equal(
      'mesh: blocked by KeptByPartition: updateStrategy.partition keeps 1 pod (1 of 2 pods)\n' +
        '  change: spec.updateStrategy.partition: write "partition: 0"\n' +
        '\npods\n' +
        '  default/web-a  KeptByPartition: updateStrategy.partition keeps 1 pod\n',
    )
    const ran = await cluster.run('why mesh -o json')
    expect(schemaFaults(why.document.schema, ran.json())).to.deep.equal([])
    const line = await cluster.run('why mesh -o jsonpath={.sets[0].change.line}')
    expect(line.stdout).to.equal('partition: 0')
  })

  it('names the rule for a pod, with its own reason', async () => {
    const kept = await cluster.run('why pod/web-a')
    expect(kept.stdout).to.match(
      /^mesh: blocked by KeptByPartition: default\/web-a: updateStrategy/,
    )
    const done = await cluster.run('why pod/web-b')
    expect(done.stdout).to.match(/^mesh: UpToDate: default\/web-b: the pod has revision \w+\n$/)
  })

  it('says which command helps with a pod without sidecars, or with those of a set that is gone', async () => {
    cluster.server.put(PODS, { metadata: { name: 'bare', namespace: 'default' } })
    const bare = await cluster.run('why pod/bare')
    expect([bare.code, bare.stderr]).to.deep.equal([
      8,
      'kubectl baton: default/bare has no sidecars of Baton; kubectl baton why-injected default/bare says why\n',
    ])
    cluster.server.remove(SIDECAR_SETS, { name: 'mesh' })
    expect((await cluster.run('why pod/web-a')).stderr).to.match(
      /no such SidecarSet selects it any more/,
    )
    expect((await cluster.run('why pod/web-c')).stderr).to.match(/did you mean "web-a"\?/)
  })
})
