import { expect } from 'chai'
import { execFile } from 'node:child_process'
import { closeSync, mkdtempSync, openSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { PodNetwork } from '../../agent/interception/testing/network.ts'
import { wanted } from '../../agent/interception/testing/wanted.ts'
import { formatInterception } from '../../api/interception/desired.ts'
import { bundle } from '../../build/bundle/bundle.ts'
import { writeChunks } from '../../build/images/content.ts'
import { buildProductImages } from '../../build/images/products.ts'
import { containerdSpec } from '../../launcher/testing/runtimeSpec.ts'
import { CHANGES_RULES } from '../../webhook/inject/securityContext.ts'

const execute = promisify(execFile)
const ROOT = resolve(import.meta.dirname, '../..')
const MOUNT_POINTS = ['proc', 'dev', 'sys', 'tmp']

/**
 * runc with containerd's default seccomp profile, the agent's own image with a read-only root, the
 * capabilities that injection asks for and no others, in the network of a pod.
 */
describe('baton-iptables in the image of the agent', function () {
  this.timeout(120_000)
  let directory: string
  let network: PodNetwork
  let spec: Awaited<ReturnType<typeof containerdSpec>>

  before(async function () {
    if (process.getuid?.() !== 0) this.skip()
    directory = mkdtempSync(join(tmpdir(), 'baton-iptables-'))
    await unpackAgent(directory)
    spec = await containerdSpec(directory)
  })
  after(async () => {
    await rm(directory, { recursive: true, force: true })
  })
  beforeEach(async () => {
    network = await PodNetwork.create(`baton-image-${process.pid}`)
  })
  afterEach(async () => {
    await network.remove()
  })

  async function run(added: readonly string[]): Promise<string> {
    const id = `baton-iptables-${process.pid}`
    const caps = added.map((one) => `CAP_${one}`)
    const namespace = network.words('pod').at(-1) ?? ''
    const config = {
      ...spec,
      root: { path: 'rootfs', readonly: true },
      process: {
        user: { uid: CHANGES_RULES.runAsUser, gid: CHANGES_RULES.runAsGroup },
        cwd: '/',
        env: [`BATON_INTERCEPTION=${formatInterception(wanted())}`],
        args: ['/usr/local/bin/node', '/baton/agent.js', 'iptables'],
        capabilities: { bounding: caps, effective: caps, permitted: caps },
        noNewPrivileges: CHANGES_RULES.allowPrivilegeEscalation === false,
      },
      mounts: [
        { destination: '/proc', type: 'proc', source: 'proc' },
        { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['mode=755'] },
        { destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: ['mode=1777'] },
      ],
      linux: {
        ...spec.linux,
        cgroupsPath: `/${id}`,
        namespaces: [
          ...['pid', 'ipc', 'uts', 'mount'].map((type) => ({ type })),
          { type: 'network', path: `/run/netns/${namespace}` },
        ],
      },
    }
    await writeFile(join(directory, 'config.json'), JSON.stringify(config))
    const words = ['--root', join(directory, 'runc'), 'run', '--bundle', directory, id]
    const { stdout } = await execute('runc', words, { timeout: 90_000 })
    return stdout
  }

  const capabilities = CHANGES_RULES.capabilities?.add ?? []

  it('writes the rules of both families with iptables of the new kind', async () => {
    const output = await run(capabilities)
    expect(output.match(/"rules prepared"/g), output).to.have.length(2)
    for (const program of ['iptables-save', 'ip6tables-save']) {
      const { stdout } = await network.run('pod')(program, ['-t', 'nat'])
      expect(stdout).to.contain('-A BATON_OUTPUT -p tcp -j BATON_TO_OUTBOUND')
    }
    const { stdout } = await network.run('pod')('ip', ['-6', 'addr', 'show', 'dev', 'lo'])
    expect(stdout).to.contain('::6/128')
  })

  it('writes them with iptables of the old kind where others use that', async () => {
    const rule = 'iptables -t nat -A OUTPUT -p udp --dport 9 -j ACCEPT'
    await network.run('pod')('xtables-legacy-multi', rule.split(' '))
    expect(await run(capabilities)).to.contain('"backend":"legacy"')
  })

  it('cannot do it without its capabilities', async () => {
    const error = await run([]).catch((one: unknown) => one)
    expect(error).to.have.property('code', 1)
  })
})

async function unpackAgent(directory: string): Promise<void> {
  const dist = join(directory, 'dist')
  const rootfs = join(directory, 'rootfs')
  await mkdir(dist)
  for (const one of MOUNT_POINTS) await mkdir(join(rootfs, one), { recursive: true })
  await bundle({ entry: join(ROOT, 'agent/main.ts'), outFile: join(dist, 'agent.js') })
  for (const name of ['operator.js', 'webhook.js', 'cli.js', 'launcher'])
    await writeFile(join(dist, name), '')
  const { agent } = buildProductImages({ distDir: dist, launcher: join(dist, 'launcher') })
  for (const layer of agent.blobs.slice(2)) {
    const file = join(directory, 'layer.tar')
    const fileDescriptor = openSync(file, 'w')
    writeChunks(fileDescriptor, layer.chunks)
    closeSync(fileDescriptor)
    await execute('tar', ['-xpf', file, '-C', rootfs])
    await rm(file)
  }
}
