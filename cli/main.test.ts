import { expect } from 'chai'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { completeSet, put, startCluster } from './testing/cluster.ts'
import { MESH, WEB } from './testing/manifests.ts'

const MAIN = new URL('main.ts', import.meta.url).pathname

describe('the program', function () {
  // Starting node takes its time on a busy machine.
  this.timeout(120_000)
  let directory = ''
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'baton-main-'))
  })
  after(() => {
    rmSync(directory, { recursive: true })
  })

  const start = (args: readonly string[], kubeconfig = '/nonexistent') =>
    spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, KUBECONFIG: kubeconfig } })

  it('is a filter: from standard input to standard output, the report beside it', async () => {
    const child = start(['inject', '-f', '-'])
    child.stdin.end(`${WEB}---\n${MESH}`)
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit') as Promise<[number]>,
    ])
    expect(code).to.equal(0)
    expect(stdout).to.contain('name: proxy-2')
    expect(stderr).to.match(/^deployment\/web in shop: injected mesh/)
  })

  it('ends at once, and well, when its reader leaves', async () => {
    const child = start(['--help'])
    child.stdout.destroy()
    const [code] = (await once(child, 'exit')) as [number]
    expect(code).to.equal(0)
  })

  it('stops watching at Ctrl-C, with the code of success', async () => {
    const { server } = await startCluster()
    put(server, completeSet(), [])
    const kubeconfig = join(directory, 'config')
    writeFileSync(kubeconfig, server.kubeConfigYaml())
    const child = start(['status', 'mesh', '--watch'], kubeconfig)
    const [first] = (await once(child.stdout, 'data')) as [Buffer]
    expect(first.toString()).to.contain('mesh Complete')
    child.kill('SIGINT')
    const [code] = (await once(child, 'exit')) as [number]
    await server.stop()
    expect(code).to.equal(0)
  })
})
