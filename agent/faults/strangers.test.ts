import { expect } from 'chai'
import { join } from 'node:path'
import type { StartedProcess } from '../../launcher/testing/process.ts'
import { podUid, restricted, startProcess } from '../../launcher/testing/process.ts'
import { startClients } from '../testing/clients.ts'
import type { HotPod } from '../testing/hotPod.ts'
import type { ProgramPod } from '../testing/programPod.ts'
import { programPod } from '../testing/programPod.ts'
import { rests } from '../testing/rest.ts'

const program = join(import.meta.dirname, '..', 'testing', 'programs', 'rubbish.py')
const STRANGER_UID = 4242

const sockets: Readonly<Record<string, readonly [kind: string, ...names: string[]]>> = {
  'the control sockets': ['stream', 'proxy/proxy-1.sock', 'proxy/proxy-2.sock'],
  "the keeper's socket": ['seqpacket', 'keep.sock'],
  "the agent's hook": ['stream', 'agent.sock'],
}

describe('a process of the pod that speaks rubbish', function () {
  this.timeout(120_000)
  let started: ProgramPod
  let stranger: StartedProcess | undefined
  afterEach(async () => {
    await stranger?.end()
    await started.end()
  })

  async function upgradeBeside(uid: number, kind: string, names: readonly string[]): Promise<void> {
    started = await programPod()
    const { pod, command, ports } = started
    const clients = startClients(ports[0] ?? 0)
    stranger = speakRubbish(pod, uid, kind, names)
    await pod.restartSlot('proxy-2', command('v2'))
    await pod.order('up', 'proxy-2', { minBoot: { 'proxy-2': 2 } })
    await rests(pod, 'proxy-2')
    await pod.order('back', 'proxy-1')
    await pod.reaches('back', 'Settled')
    await rests(pod, 'proxy-1')
    const { served, ...lost } = await clients.stop()
    expect(lost).to.deep.equal({ refused: 0, cut: 0, late: 0 })
    expect(served).to.have.all.keys('v1', 'v2')
    const ended = pod.log('handover has ended').map(({ result }) => result)
    expect(ended, pod.output).to.deep.equal(['Settled', 'Settled', 'Settled'])
  }

  for (const [name, [kind, ...names]] of Object.entries(sockets)) {
    it(`to ${name} hinders no handover`, () => upgradeBeside(podUid, kind, names))

    it(`to ${name} as another user hinders none either`, () =>
      upgradeBeside(STRANGER_UID, kind, names))
  }
})

function speakRubbish(
  { runDir }: HotPod,
  uid: number,
  kind: string,
  names: readonly string[],
): StartedProcess {
  const paths = names.map((name) => join(runDir, name))
  return startProcess([...restricted(uid), '/usr/bin/python3', program, kind, ...paths])
}
