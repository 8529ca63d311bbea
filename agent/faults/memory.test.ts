import { expect } from 'chai'
import { until } from '../../launcher/testing/until.ts'
import { startClients } from '../testing/clients.ts'
import type { MemoryLimit } from '../testing/memoryLimit.ts'
import { memoryLimit } from '../testing/memoryLimit.ts'
import type { ProgramPod } from '../testing/programPod.ts'
import { programPod } from '../testing/programPod.ts'
import { rests } from '../testing/rest.ts'

const LIMIT_BYTES = 160 << 20

describe("a container's memory limit", function () {
  this.timeout(120_000)
  let limit: MemoryLimit | null = null
  let started: ProgramPod | undefined
  before(function () {
    limit = memoryLimit(`baton-faults-${process.pid}`, LIMIT_BYTES)
    // Whoever may make no control group has no limit to meet.
    if (limit === null) this.skip()
  })
  afterEach(() => started?.end())
  after(() => limit?.end())

  it('that kills the active process costs the connections it had, and refuses nobody', async () => {
    started = await programPod()
    const { pod, command, ask, ports } = started
    limit?.add(pod.slot('proxy-1').pid)
    // It is in the group only if it starts there.
    process.kill(pod.childPid('proxy-1'), 'SIGKILL')
    await until('it runs in the group', async () => (await ask()) === 'v1')
    const clients = startClients(ports[0] ?? 0)
    await until('some are served', () => clients.answers > 50)
    const before = limit?.kills ?? 0
    ask('/eat').catch(() => undefined)
    await until('it is killed', () => (limit?.kills ?? 0) > before, 60_000)
    const answers = clients.answers
    await until('clients are served again', () => clients.answers > answers + 50, 60_000)
    await rests(pod, 'proxy-1')
    const { served, refused, late } = await clients.stop()
    expect({ refused, late }, pod.output).to.deep.equal({ refused: 0, late: 0 })
    expect(served).to.have.all.keys('v1')
    // The pod goes on as before: the next upgrade is like any other.
    await pod.restartSlot('proxy-2', command('v2'))
    await pod.order('up', 'proxy-2', { minBoot: { 'proxy-2': 2 } })
    await rests(pod, 'proxy-2')
    expect(await ask()).to.equal('v2')
  })
})
