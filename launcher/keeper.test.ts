import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { readdir } from 'node:fs/promises'
import { control, controlStatus, listHeld, untilStatus } from './testing/control.ts'
import { createPod } from './testing/pod.ts'
import type { TestPod } from './testing/pod.ts'
import { freePort } from './testing/ports.ts'
import type { StartedProcess } from './testing/process.ts'
import { restricted, startProcess } from './testing/process.ts'
import { httpServer } from './testing/programs.ts'
import { until } from './testing/until.ts'

/** Node has no SOCK_SEQPACKET: Python speaks to the keeper. */
function speak(uid: number, keeper: string, script: string): StartedProcess {
  const connect = `
import array, os, socket, struct, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
s.connect(${JSON.stringify(keeper)})
s.settimeout(20)
def message(kind, port=80, version=1):
    return struct.pack('<BBxxiHHI4s12x', version, kind, 0, socket.AF_INET, port, 0, b'\\0\\0\\0\\0')
def send(data, *fds):
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', fds))] if fds else []
    s.sendmsg([data], rights)
def answer():
    data = s.recv(4096)
    print(struct.unpack('<i', data[4:8])[0] if data else 'closed', flush=True)
`
  return startProcess([...restricted(uid), '/usr/bin/python3', '-c', connect + script])
}

describe('keeper', () => {
  let pod: TestPod
  let keeper: StartedProcess

  beforeEach(async () => {
    pod = await createPod()
    keeper = await pod.keeper({ allowUids: [4242] })
    await until('it has started its program', () =>
      keeper.output.some((line) => line.includes('child started')),
    )
  })
  afterEach(() => pod.end())

  const rubbish: Record<string, { readonly script: string; readonly answers: readonly string[] }> =
    {
      'an empty packet': { script: "s.send(b'')\nanswer()", answers: ['closed'] },
      'a packet of another size': { script: "s.send(b'x' * 7)\nanswer()", answers: ['closed'] },
      'a huge packet': { script: "s.send(b'x' * 60000)\nanswer()", answers: ['closed'] },
      'an unknown kind': { script: 'send(message(99))\nanswer()', answers: ['closed'] },
      'another version': { script: 'send(message(3, version=9))\nanswer()', answers: ['closed'] },
      'a reply where a request belongs': {
        script: 'send(message(6))\nanswer()',
        answers: ['closed'],
      },
      'an offer without a descriptor': { script: 'send(message(1))\nanswer()', answers: ['-22'] },
      'a descriptor that is no socket': {
        script: "send(message(1), os.open('/dev/null', 0))\nanswer()",
        answers: ['-22'],
      },
      'a socket that is bound to another address': {
        script: 't = socket.socket()\nsend(message(2), t.fileno())\nanswer()',
        answers: ['-22'],
      },
      'more descriptors than one': {
        script: 'send(message(2), 0, 1, 2)\nanswer()',
        answers: ['closed'],
      },
      'more descriptors than fit': {
        script: 'send(message(2), *([0] * 200))\nanswer()',
        answers: ['closed'],
      },
      'a question for what it does not hold': {
        script: 'send(message(3))\nanswer()',
        answers: ['-2'],
      },
    }
  for (const [name, { script, answers }] of Object.entries(rubbish)) {
    it(`survives ${name}`, async () => {
      const open = await openDescriptors(keeper.pid)
      const peer = speak(1337, pod.keeperPath, script)
      expect((await peer.exited).code, peer.output.join('\n')).to.equal(0)
      expect(peer.output).to.deep.equal(answers)
      await until(
        'it has closed everything',
        async () => (await openDescriptors(keeper.pid)) === open,
      )
    })
  }

  it('speaks with allowed users only', async function () {
    if (process.getuid?.() !== 0) this.skip()
    const script = 'send(message(3))\nanswer()'
    const allowed = speak(4242, pod.keeperPath, script)
    await allowed.exited
    expect(allowed.output).to.deep.equal(['-2'])
    const foreign = speak(4243, pod.keeperPath, script)
    await foreign.exited
    expect(foreign.output.join('\n')).to.match(/closed|BrokenPipe|ConnectionReset/)
  })

  it('is not held up by a subscriber that never reads', async () => {
    const stuck = speak(
      1337,
      pod.keeperPath,
      "send(message(5))\nprint('on', flush=True)\nimport time\ntime.sleep(60)",
    )
    await until('it has subscribed', () => stuck.output.includes('on'))
    const addresses = Array.from({ length: 100 }, (_, index) => `127.0.9.${index + 1}:7777`)
    const v1 = await pod.slot('proxy-1', httpServer('v1', addresses))
    const v2 = await pod.slot('proxy-2', ['sleep', '1000'])
    await controlStatus(v1.socketPath, 'start')
    await untilStatus(v2.socketPath, 'it has all', (status) => status.held === 100)
    await stuck.end()
  })

  it('survives a thousand random packets, and leaks nothing', async () => {
    const open = await openDescriptors(keeper.pid)
    const script = `
import random
random.seed(1)
null = os.open('/dev/null', 0)
for i in range(1000):
    data = bytearray(message(random.randrange(12), random.randrange(65536), random.choice([1, 1, 1, 2])))
    for j in range(random.randrange(4)):
        data[random.randrange(len(data))] = random.randrange(256)
    try:
        send(bytes(data[:random.choice([36, 36, 36, 5])]), *([null] * random.randrange(3)))
        s.setblocking(False)
        s.recv(4096)
    except BlockingIOError:
        pass
    except OSError:
        s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        s.connect(${JSON.stringify(pod.keeperPath)})
`
    const peer = speak(1337, pod.keeperPath, script)
    expect((await peer.exited).code, peer.output.join('\n')).to.equal(0)
    await until('it has closed all', async () => (await openDescriptors(keeper.pid)) === open)
    const slot = await pod.slot('proxy-1', ['sleep', '1000'])
    const status = await untilStatus(slot.socketPath, 'it is served', (one) => one.keeper)
    expect(status.held).to.equal(0)
  })

  it('that hangs costs a launcher a second, then it goes on with its copies', async () => {
    const address = `127.0.0.1:${await freePort()}`
    const v1 = await pod.slot('proxy-1', httpServer('v1', [address]))
    const v2 = await pod.slot('proxy-2', httpServer('v2', [address]))
    await controlStatus(v1.socketPath, 'start')
    await untilStatus(v2.socketPath, 'it has a copy', (status) => status.held === 1)
    keeper.kill('SIGSTOP')
    const before = performance.now()
    const answer = await control(v2.socketPath, `drop ${address}`)
    const error = 'keeper not reachable, nothing dropped'
    expect(answer).to.deep.equal({ ok: false, error })
    expect(performance.now() - before).to.be.at.least(900)
    await controlStatus(v2.socketPath, 'start')
    await untilStatus(v2.socketPath, 'it serves', (status) => status.listening.length === 1)
  })

  it('tells a launcher that was away what was dropped meanwhile', async () => {
    const address = `127.0.0.1:${await freePort()}`
    const v1 = await pod.slot('proxy-1', httpServer('v1', [address]))
    const v2 = await pod.slot('proxy-2', ['sleep', '1000'])
    await controlStatus(v1.socketPath, 'start')
    await untilStatus(v2.socketPath, 'it has a copy', (status) => status.held === 1)
    v2.kill('SIGSTOP')
    await keeper.end()
    await pod.keeper()
    await untilStatus(v1.socketPath, 'it is back', (status) => status.keeper)
    await controlStatus(v1.socketPath, 'stop')
    await untilStatus(v1.socketPath, 'its child is gone', (status) => status.pid === 0)
    expect(await control(v1.socketPath, `drop ${address}`)).to.include({ ok: true })
    v2.kill('SIGCONT')
    await untilStatus(v2.socketPath, 'its copy is gone', (one) => one.held === 0 && one.keeper)
    expect(await listHeld(v1.socketPath)).to.be.empty
  })
})

async function openDescriptors(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/fd`)).length
}
