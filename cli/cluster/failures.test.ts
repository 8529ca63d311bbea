import { expect } from 'chai'
import { failureDocument } from '../output/failure.ts'
import { schemaFaults } from '../output/testing/schemaFaults.ts'
import { completeSet, put, startCluster } from '../testing/cluster.ts'
import type { CliCluster } from '../testing/cluster.ts'
import { runCli } from '../testing/runCli.ts'
import { startFakeApiServer } from '../../runtime/testing/apiserver.ts'

/** Commands that read the cluster, each with all it needs. */
const reading = ['status', 'status mesh', 'status mesh --for=complete', 'why mesh']

describe('a command that cannot reach what it needs', () => {
  let cluster: CliCluster
  beforeEach(async () => {
    cluster = await startCluster()
    put(cluster.server, completeSet(), [])
  })
  afterEach(() => cluster.server.stop())

  for (const line of reading) {
    it(`is forbidden with 6 and says what was refused: ${line}`, async () => {
      cluster.server.fail({ status: 403, path: /sidecarsets/, times: 9 })
      const { code, stdout, stderr } = await cluster.run(line)
      expect({ code, stdout }).to.deep.equal({ code: 6, stdout: '' })
      expect(stderr).to.match(/GET \/apis\/baton\.dev\/v1beta1\/sidecarsets.*ask for that right/)
    })

    it(`knows that nothing is installed, with 7: ${line}`, async () => {
      const bare = await startFakeApiServer()
      const ran = await cluster.run(line, { kubeconfig: bare.kubeConfigYaml() })
      await bare.stop()
      expect(ran.code).to.equal(7)
      expect(ran.stderr).to.match(/does not serve the kinds of baton\.dev.*install it by its chart/)
    })

    it(`says which server is dead, with 7: ${line}`, async () => {
      const dead = await startFakeApiServer()
      const kubeconfig = dead.kubeConfigYaml()
      await dead.stop()
      const ran = await cluster.run(line, { kubeconfig })
      expect(ran.code).to.equal(7)
      expect(ran.stderr).to.contain(`${dead.url} (context fake) gave no answer`)
    })

    it(`ends with the same code and one document under -o json: ${line}`, async () => {
      cluster.server.fail({ status: 403, path: /sidecarsets/, times: 9 })
      const ran = await cluster.run(`${line} -o json`)
      expect(ran.code).to.equal(6)
      expect(schemaFaults(failureDocument.schema, ran.json())).to.deep.equal([])
      expect(ran.json()).to.include({ reason: 'Forbidden', exitCode: 6 })
    })
  }

  it('is told that credentials are not known, with 6', async () => {
    cluster.server.fail({ status: 401, times: 9 })
    const ran = await cluster.run('status')
    expect(ran.code).to.equal(6)
    expect(ran.stderr).to.match(/does not know the user of context fake.*renew the credentials/)
  })

  it('gives up on a server that does not answer after the time of --request-timeout', async () => {
    cluster.server.fail({ status: -1, times: 9 })
    const ran = await cluster.run('status --request-timeout 200ms')
    expect(ran.code).to.equal(7)
    expect(ran.stderr).to.match(/no answer in time/)
  })

  it('is told the name that was meant', async () => {
    const ran = await cluster.run('why mehs')
    expect(ran.code).to.equal(8)
    expect(ran.stderr).to.equal(
      'kubectl baton: there is no SidecarSet "mehs"; did you mean "mesh"?\n',
    )
  })

  it('names the file of a kubeconfig that is not there, and the contexts that are', async () => {
    const none = await runCli(['status'])
    expect([none.code, none.stderr]).to.deep.equal([
      7,
      'kubectl baton: there is no kubeconfig at /nonexistent/.kube/config; name a kubeconfig by --kubeconfig or KUBECONFIG\n',
    ])
    const other = await cluster.run('status --context fak')
    expect(other.code).to.equal(2)
    expect(other.stderr).to.match(/no context "fak"; did you mean "fake"\?/)
  })
})

describe('a command that may read pods only', () => {
  it('tells what it can, and what it could not read', async () => {
    const cluster = await startCluster()
    put(cluster.server, completeSet(), [])
    cluster.server.fail({ status: 403, path: /controllerrevisions/, times: 9 })
    cluster.server.fail({ status: 403, path: /namespaces\/baton-system\/pods/, times: 9 })
    const ran = await cluster.run('status mesh -o json')
    await cluster.server.stop()
    expect(ran.code).to.equal(0)
    const { notes } = ran.json() as { notes: readonly string[] }
    expect(notes.join('\n'))
      .to.match(/revisions may not be read/)
      .and.match(/prefetch pods may not/)
  })
})
