import { expect } from 'chai'
import { completeSet, put, startCluster } from '../testing/cluster.ts'
import { runCli } from '../testing/runCli.ts'

async function complete(...args: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await runCli(['__complete', ...args])
  return stdout.trimEnd().split('\n')
}

describe('completion', () => {
  it('offers commands with their summary, and no files', async () => {
    const lines = await complete('why')
    expect(lines.map((line) => line.split('\t')[0])).to.deep.equal(['why', 'why-injected', ':4'])
    expect(lines[0]).to.match(/^why\tSay which rule/)
  })

  it('offers the options of the command and of all', async () => {
    const lines = (await complete('upgrade', 'mesh', 'a=b', '--')).map(
      (line) => line.split('\t')[0],
    )
    expect(lines).to.include.members(['--wait', '--dry-run', '--context'])
    expect(lines).not.to.include('--suppress')
  })

  it('offers the values of an option, in both ways of writing it', async () => {
    expect(await complete('upgrade', 'mesh', '--dry-run', '')).to.deep.equal([
      'none',
      'server',
      ':4',
    ])
    expect(await complete('upgrade', '--dry-run=s')).to.deep.equal(['--dry-run=server', ':4'])
    expect(await complete('status', '-o', 'j')).to.deep.equal(['json', 'jsonpath=', ':4'])
  })

  it('leaves files to the shell', async () => {
    expect(await complete('lint', '-f', '')).to.deep.equal([':0'])
  })

  it('offers names from the cluster, in the place of the set alone', async () => {
    const cluster = await startCluster()
    put(cluster.server, completeSet(), [])
    expect((await cluster.run('__complete rollback m')).stdout).to.equal('mesh\n:4\n')
    expect((await cluster.run('__complete rollback -y m')).stdout).to.equal('mesh\n:4\n')
    expect((await cluster.run('__complete rollback mesh m')).stdout).to.equal(':4\n')
    cluster.server.fail({ status: 403, times: 9 })
    const forbidden = await cluster.run('__complete status m')
    await cluster.server.stop()
    expect(forbidden).to.include({ code: 0, stdout: ':4\n', stderr: '' })
  })
})
