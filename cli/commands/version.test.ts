import { expect } from 'chai'
import { RELEASE_VERSION } from '../../manifests/version.ts'
import { schemaFaults } from '../output/testing/schemaFaults.ts'
import { startCluster } from '../testing/cluster.ts'
import { runCli } from '../testing/runCli.ts'
import { version } from './version.ts'

describe('version', () => {
  it('asks no cluster when it is not to', async () => {
    const { stdout, code } = await runCli(['version', '--client', '-o', 'jsonpath={.client}'])
    expect([code, stdout]).to.deep.equal([0, RELEASE_VERSION])
  })

  it('says why the cluster tells nothing, and ends well: its own version is known', async () => {
    const { stdout, code } = await runCli(['version'])
    expect(code).to.equal(0)
    expect(stdout).to.match(
      /kubectl-baton +v.*\n\nThe cluster was not asked: there is no kubeconfig/,
    )
  })

  it('shows what runs in the cluster', async () => {
    const cluster = await startCluster()
    const ran = await cluster.run('version -o json')
    await cluster.server.stop()
    expect(ran.json()).to.include({ client: RELEASE_VERSION, kubernetes: 'v1.35.0' })
    expect(schemaFaults(version.document.schema, ran.json())).to.deep.equal([])
  })

  it('does not take a wrong context for a cluster that is away', async () => {
    const cluster = await startCluster()
    const ran = await cluster.run('version --context other')
    await cluster.server.stop()
    expect(ran.code).to.equal(2)
  })
})
