import { expect } from 'chai'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StartedProcess } from '../../../launcher/testing/process.ts'
import { until } from '../../../launcher/testing/until.ts'
import { LauncherClient } from '../../launcher/client.ts'
import { startKeeper, startSlot } from '../../testing/launchers.ts'
import { runHook } from './runHook.ts'

describe('a hook that is a program, run by a real launcher', function () {
  this.timeout(120_000)
  let directory: string
  let started: StartedProcess[]
  let launcher: LauncherClient

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'baton-hook-'))
    chmodSync(directory, 0o777)
    const keeper = join(directory, 'keep.sock')
    const slot = { slot: 'proxy-1', command: ['sleep', '600'], privatePorts: {}, graceSeconds: 5 }
    started = [await startKeeper(keeper, ['sleep', '600'])]
    started.push(await startSlot({ directory, keeper, ...slot }))
    launcher = new LauncherClient(join(directory, 'proxy-1.sock'))
  })
  afterEach(async () => {
    await Promise.all(started.map((one) => one.end()))
    rmSync(directory, { recursive: true, force: true })
  })

  const run = (command: readonly string[], timeoutSeconds = 60) => {
    const hook = { exec: { command }, timeoutSeconds, onError: 'Abort' } as const
    return runHook('offline', hook, () => launcher)
  }
  const shell = (script: string, timeoutSeconds?: number) =>
    run(['sh', '-c', script], timeoutSeconds)

  /** Pids that a script has written, one a line. */
  const written = (name: string): Promise<readonly number[]> =>
    until(`${name} is written`, () => {
      const file = join(directory, name)
      const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
      return lines.length === 2 && lines.map(Number)
    })

  const isGone = (pid: number): boolean => {
    try {
      return !process.kill(pid, 0)
    } catch {
      return true
    }
  }

  it('succeeds with exit code 0, and gets its words as they are', async () => {
    const file = join(directory, 'a file')
    const record = await run([
      'sh',
      '-c',
      'printf "%s|" "$@" > "$0"',
      file,
      'two words',
      '',
      '100%',
    ])
    expect(record).to.include({ name: 'offline', outcome: 'Succeeded', detail: '' })
    expect(readFileSync(file, 'utf8')).to.equal('two words||100%|')
  })

  const failures: Readonly<Record<string, readonly [readonly string[], string]>> = {
    'another exit code': [['sh', '-c', 'exit 3'], 'exit code 3'],
    'the signal that ended it': [['sh', '-c', 'kill -TERM $$'], 'ended by signal 15'],
    '127 when there is no such program': [['/no/such/program'], 'exit code 127'],
  }
  for (const [what, [command, detail]] of Object.entries(failures)) {
    it(`fails with ${what}`, async () => {
      expect(await run(command)).to.include({ outcome: 'Failed', detail })
    })
  }

  it('times out, and is killed with all that it has started', async () => {
    const pids = join(directory, 'pids')
    const record = await shell(
      `trap '' TERM; echo $$ > ${pids}; sleep 600 & echo $! >> ${pids}; wait`,
      2,
    )
    expect(record).to.include({ outcome: 'TimedOut', detail: 'not done within 2000 ms' })
    expect(record.durationSeconds).to.be.at.least(2)
    for (const pid of await written('pids')) await until(`${pid} is gone`, () => isGone(pid))
  })

  it('may print what it likes: that is the log of the container, and no part of the record', async () => {
    const record = await shell('yes baton | head -n 20000; echo over >&2; exit 1')
    expect(record).to.include({ outcome: 'Failed', detail: 'exit code 1' })
    const output = started[1]?.output ?? []
    await until('all of it is in the log', () => output.includes('over'))
    expect(output.filter((line) => line === 'baton')).to.have.length(20_000)
  })

  it('fails where as many run already as the launcher runs', async () => {
    const others = [1, 2, 3, 4].map(() => launcher.exec(60_000, ['sleep', '60']))
    await Promise.all(others)
    const { outcome, detail } = await run(['true'])
    expect(outcome).to.equal('Failed')
    expect(detail).to.contain('4 programs are running already')
  })

  it('fails when its launcher dies meanwhile, which takes it along', async () => {
    const pids = join(directory, 'pids')
    const hook = shell(`echo $$ > ${pids}; echo $$ >> ${pids}; exec sleep 600`)
    const [pid = 0] = await written('pids')
    started[1]?.kill('SIGKILL')
    const { outcome, detail } = await hook
    expect([outcome, detail]).to.deep.equal([
      'Failed',
      `no launcher answers at ${join(directory, 'proxy-1.sock')}`,
    ])
    await until('it is gone', () => isGone(pid))
  })
})
