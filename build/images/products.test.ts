import { expect } from 'chai'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildProductImages, projectVersion } from './products.ts'
import { runInImage } from './testing/runInImage.ts'

describe('the product images', () => {
  let directory = ''
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'baton-products-'))
    for (const name of ['operator.js', 'webhook.js', 'agent.js', 'cli.js'])
      writeFileSync(join(directory, name), `console.log('${name} on ' + process.version)`)
    writeFileSync(join(directory, 'launcher'), '', { mode: 0o755 })
  })
  afterEach(() => {
    rmSync(directory, { recursive: true })
  })
  const build = (version?: string): ReturnType<typeof buildProductImages> =>
    buildProductImages({
      distDir: directory,
      launcher: join(directory, 'launcher'),
      ...(version === undefined ? {} : { version }),
    })

  it('are tagged by their content', () => {
    const before = build()
    expect(before.agent.name).to.match(/^baton\.dev\/agent:dev-[0-9a-f]{12}$/)
    expect(build()).to.deep.equal(before)
    writeFileSync(join(directory, 'agent.js'), 'changed')
    const after = build()
    expect(after.agent.name).not.to.equal(before.agent.name)
    expect(after.operator.name).to.equal(before.operator.name)
  })

  it('are tagged by the version for a release', () => {
    const { operator, agent } = build(projectVersion())
    expect([operator.name, agent.name]).to.deep.equal([
      `baton.dev/operator:${projectVersion()}`,
      `baton.dev/agent:${projectVersion()}`,
    ])
  })

  it('share the layer of the runtime', () => {
    const { operator, agent } = build()
    const digests = new Set([...operator.blobs, ...agent.blobs].map((blob) => blob.digest))
    expect(digests.size).to.equal(operator.blobs.length + agent.blobs.length - 1)
  })

  it('run node 24 as the user baton with nothing else in them', function () {
    const { operator } = build()
    const script = `
      const { readdirSync } = require('node:fs')
      console.log(process.version.split('.')[0], process.getuid(), require('node:os').userInfo().username)
      console.log(readdirSync('/', { recursive: true }).filter((name) => /(^|\\/)(bash|sh|env|npm|apt)$/.test(name)))
      require('node:dns').lookup('localhost', (error, address) => console.log(error ?? address))`
    const output = runInImage(this, operator, ['/usr/local/bin/node', '-e', script])
    expect(output).to.match(/^v24 1337 baton\n\[\]\n(127\.0\.0\.1|::1)\n$/)
  })

  it('hold iptables of both kinds for agents that intercept', function () {
    const { agent } = build()
    // Extensions are found when a rule names them; the program asks for no privilege to tell them.
    const help = (kind: string, name: string): string =>
      runInImage(this, agent, [`/usr/sbin/xtables-${kind}-multi`, 'iptables', '-m', name, '--help'])
    for (const kind of ['nft', 'legacy'])
      for (const [name, option] of [
        ['owner', '--uid-owner'],
        ['multiport', '--destination-ports'],
        ['conntrack', '--ctstate'],
      ] as const)
        expect(help(kind, name)).to.contain(option)
    expect(runInImage(this, agent, ['/usr/sbin/ip', '-V'])).to.contain('iproute2')
  })

  it('hold both programs of the operator', function () {
    const { operator } = build()
    for (const name of ['operator.js', 'webhook.js'])
      expect(runInImage(this, operator, ['/usr/local/bin/node', `/baton/${name}`])).to.contain(name)
  })
})
