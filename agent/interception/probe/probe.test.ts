import { expect } from 'chai'
import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Interception } from '../../../api/interception/desired.ts'
import { control, controlStatus, untilStatus } from '../../../launcher/testing/control.ts'
import { createPod } from '../../../launcher/testing/pod.ts'
import type { TestPod } from '../../../launcher/testing/pod.ts'
import { until } from '../../../runtime/testing/until.ts'
import { LauncherClient } from '../../launcher/client.ts'
import { PROBE_PORTS } from '../rules/constants.ts'
import { allOf, wanted } from '../testing/wanted.ts'
import type { ProbeResult } from './probe.ts'
import { probeAll } from './probe.ts'
import { sumOfPulses } from './standstill.ts'

const execute = promisify(execFile)
const program = join(import.meta.dirname, 'testing', 'programs', 'failingProxy.ts')
/** No rule is needed where the probe goes to the proxy by itself. */
const port = PROBE_PORTS.inbound
const terms: Interception = wanted({ inbound: allOf(port), outbound: undefined })

describe('a probe of a real proxy', function () {
  this.timeout(120_000)
  let pod: TestPod
  let launcher: LauncherClient
  let pid = 0
  const others: ChildProcess[] = []

  beforeEach(async () => {
    pod = await createPod()
    await pod.keeper()
    const slot = await pod.slot('proxy-1', [process.execPath, program, String(port)])
    await controlStatus(slot.socketPath, 'start')
    await untilStatus(slot.socketPath, 'it listens', ({ listening }) => listening.length === 1)
    ;({ pid } = await controlStatus(slot.socketPath, 'status'))
    launcher = new LauncherClient(slot.socketPath)
    expect(await control(slot.socketPath, 'pulse')).to.include({ ok: true })
    await until(async () => (await probe()).inbound === 'Seen', { deadlineMs: 20_000 })
  })
  afterEach(async () => {
    for (const one of others.splice(0)) one.kill('SIGKILL')
    await pod.end()
  })

  const probe = (): Promise<ProbeResult> =>
    probeAll(terms, {
      families: ['v4'],
      pulse: async () => sumOfPulses([await launcher.pulse()]),
      now: () => performance.now(),
    })

  const untilHung = () =>
    until(async () => (await probe()).hungMs !== null, {
      deadlineMs: 20_000,
      what: 'it is seen to stand still',
    })

  it('sees one that was stopped stand still, and serve when it goes on', async () => {
    process.kill(pid, 'SIGSTOP')
    await untilHung()
    process.kill(pid, 'SIGCONT')
    await until(async () => (await probe()).inbound === 'Seen', { deadlineMs: 20_000 })
  })

  it('sees one whose event loop waits for what never comes stand still', async () => {
    process.kill(pid, 'SIGUSR2')
    await untilHung()
  })

  it('control: does not take one that is at work for one that stands still', async () => {
    process.kill(pid, 'SIGHUP')
    // It takes what comes until the signal has reached its loop.
    await until(async () => (await probe()).inbound === 'NotAccepted', { deadlineMs: 20_000 })
    for (let count = 0; count < 3; count += 1) {
      expect(await probe()).to.include({ inbound: 'NotAccepted', hungMs: null })
    }
  })

  it('control: does not take one that gets no processor for one that stands still', async () => {
    // The least that the scheduler gives, on one processor that two others want all of.
    const processor = await firstProcessor()
    await execute('taskset', ['-acp', processor, String(pid)])
    await execute('chrt', ['-a', '-i', '-p', '0', String(pid)])
    for (let count = 0; count < 2; count += 1) {
      others.push(spawn('taskset', ['-c', processor, 'sh', '-c', 'while :; do :; done']))
    }
    for (let count = 0; count < 4; count += 1) {
      expect((await probe()).hungMs).to.equal(null)
    }
  })
})

/** Of those that this process may use. */
async function firstProcessor(): Promise<string> {
  const status = await readFile('/proc/self/status', 'utf8')
  return /^Cpus_allowed_list:\s*(\d+)/m.exec(status)?.[1] ?? '0'
}
