import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { execFile } from 'node:child_process'
import { chmod, copyFile, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { launcherBinary } from './testing/binary.ts'
import { control, controlStatus, countConnections, untilStatus } from './testing/control.ts'
import { echoClients } from './testing/echoClients.ts'
import type { EchoClients } from './testing/echoClients.ts'
import { freePort } from './testing/ports.ts'
import { podUid, startProcess } from './testing/process.ts'
import type { StartedProcess } from './testing/process.ts'
import { staticEcho } from './testing/programs.ts'
import { containerdSpec } from './testing/runtimeSpec.ts'
import { until } from './testing/until.ts'

const execute = promisify(execFile)
const mountPoints = ['proc', 'dev', 'sys', 'run']

/**
 * runc with containerd's default seccomp profile; a root that is read-only and holds nothing but the
 * launcher, a program and mount points; a user that is not root; no capabilities; no new privileges.
 */
describe('launcher in an empty image under the default seccomp profile', function () {
  this.timeout(120_000)
  let directory: string
  let socketPath: string
  let container: StartedProcess | undefined
  let clients: EchoClients | undefined
  let port: number

  before('start the container', async function () {
    if (process.getuid?.() !== 0) this.skip()
    directory = await mkdtemp(join(tmpdir(), 'baton-container-'))
    const root = join(directory, 'rootfs')
    const run = join(directory, 'run')
    for (const one of mountPoints) await mkdir(join(root, one), { recursive: true })
    await mkdir(run)
    await chmod(run, 0o777)
    await copyFile(await launcherBinary(), join(root, 'launcher'))
    await staticEcho(join(root, 'echo'))
    port = await freePort()
    const spec = await containerdSpec(directory)
    await writeFile(join(directory, 'config.json'), JSON.stringify(restricted(spec, run)))
    const words = ['--root', join(directory, 'runc'), 'run', '--bundle', directory, containerId()]
    container = startProcess(['runc', ...words])
    socketPath = join(run, 'proxy-1.sock')
    await until('the launcher answers', () => controlStatus(socketPath), 15_000)
  })
  after('remove it', async function () {
    clients?.end()
    if (container === undefined) return
    await execute('runc', ['--root', join(directory, 'runc'), 'delete', '--force', containerId()])
    await container.exited
    await rm(directory, { recursive: true })
  })

  const containerId = (): string => `baton-test-${process.pid}`

  function restricted(spec: Awaited<ReturnType<typeof containerdSpec>>, run: string): unknown {
    const command = ['--', '/echo', String(port)]
    const none = { bounding: [], effective: [], inheritable: [], permitted: [], ambient: [] }
    return {
      ...spec,
      root: { path: 'rootfs', readonly: true },
      process: {
        user: { uid: podUid, gid: podUid },
        cwd: '/',
        env: [],
        args: ['/launcher', 'run', '--slot', 'proxy-1', '--dir', '/run', ...command],
        capabilities: none,
        noNewPrivileges: true,
      },
      mounts: [
        { destination: '/proc', type: 'proc', source: 'proc' },
        { destination: '/run', type: 'bind', source: run, options: ['rbind', 'rw'] },
      ],
      linux: { ...spec.linux, cgroupsPath: `/${containerId()}` },
    }
  }

  /** A file of /proc of the launcher, as the machine sees it. */
  async function status(): Promise<string> {
    const { stdout } = await execute('runc', [
      ...['--root', join(directory, 'runc'), 'state', containerId()],
    ])
    const { pid } = JSON.parse(stdout) as { pid: number }
    return readFile(`/proc/${pid}/status`, 'utf8')
  }

  const field = (text: string, name: string): string =>
    new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(text)?.[1] ?? 'absent'

  it('has no privilege, and takes less than 300 KB of memory of its own', async () => {
    const text = await status()
    expect(field(text, 'Uid').split(/\s+/)).to.deep.equal(Array(4).fill(String(podUid)))
    expect(field(text, 'CapEff')).to.equal('0000000000000000')
    expect(field(text, 'CapBnd')).to.equal('0000000000000000')
    expect(field(text, 'NoNewPrivs')).to.equal('1')
    expect(field(text, 'Seccomp')).to.equal('2')
    expect(parseInt(field(text, 'RssAnon'))).to.be.lessThan(300)
    const files = await readdir(join(directory, 'rootfs'))
    expect(files.sort()).to.deep.equal(['echo', 'launcher', ...mountPoints].sort())
  })

  it('is one static program of less than 100,000 bytes, without an interpreter', async () => {
    const program = await readFile(join(directory, 'rootfs/launcher'))
    expect(program.length).to.be.lessThan(100_000)
    const headers = program.readBigUInt64LE(32)
    const types = Array.from({ length: program.readUInt16LE(56) }, (_, i) =>
      program.readUInt32LE(Number(headers) + i * program.readUInt16LE(54)),
    )
    expect(types, 'PT_INTERP is 3').to.not.include(3)
    expect(types, 'PT_LOAD is 1').to.include(1)
  })

  it('hands over, counts, executes and ends there as elsewhere', async () => {
    await controlStatus(socketPath, 'start')
    await untilStatus(socketPath, 'it listens', (now) => now.listening.length === 1)
    clients = await echoClients(port, 25)
    const address = `127.0.0.1:${port}`
    expect(await countConnections(socketPath)).to.deep.equal({
      ...{ connections: { [address]: 25 }, aside: null, complete: true },
    })
    expect(await control(socketPath, 'exec 20000 /launcher version')).to.include({ ok: true })
    await until('the program has ended', async () => {
      const answer = (await control(socketPath, 'executed 1')) as Record<string, unknown>
      return answer['running'] === false && answer['code'] === 0
    })
    await controlStatus(socketPath, 'stop')
    const { lastExit, seccomp } = await untilStatus(
      socketPath,
      'it ended',
      (now) => now.lastExit !== null,
    )
    expect(lastExit).to.deep.equal({ code: 0, signal: 15, connections: 25, atStop: 25 })
    expect(seccomp).to.equal(true)
    expect(parseInt(field(await status(), 'RssAnon')), 'the tables are given back').to.be.lessThan(
      300,
    )
  })
})
