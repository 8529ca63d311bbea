import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { controlStatus, untilStatus, watchSlot } from './testing/control.ts'
import type { SlotExit, SlotStatus } from './testing/control.ts'
import { echoClients } from './testing/echoClients.ts'
import type { EchoClients } from './testing/echoClients.ts'
import { createPod } from './testing/pod.ts'
import type { TestPod } from './testing/pod.ts'
import { freePort } from './testing/ports.ts'
import { echoServer, forkingServer } from './testing/programs.ts'
import type { EchoEnd } from './testing/programs.ts'
import type { StartedSlot } from './testing/slot.ts'
import { until } from './testing/until.ts'

const count = 60

describe('connections that were open when a child ended', () => {
  let pod: TestPod
  let port = 0
  let clients: EchoClients

  beforeEach(async () => {
    pod = await createPod()
    port = await freePort()
    await pod.keeper()
  })
  afterEach(async () => {
    clients.end()
    await pod.end()
  })

  async function started(command: readonly string[]): Promise<StartedSlot> {
    const slot = await pod.slot('proxy-1', command)
    await controlStatus(slot.socketPath, 'start')
    await untilStatus(slot.socketPath, 'it listens', (now) => now.listening.length === 1)
    clients = await echoClients(port, count)
    return slot
  }

  const echo = (end: EchoEnd): Promise<StartedSlot> =>
    started(echoServer(end, [`127.0.0.1:${port}`]))

  async function endOf(slot: StartedSlot): Promise<SlotStatus['lastExit']> {
    return (await untilStatus(slot.socketPath, 'it ended', (now) => now.lastExit !== null)).lastExit
  }

  /** With what is lost when a stop is meant as an end: some close all they have before they exit. */
  async function ended(slot: StartedSlot): Promise<Omit<SlotExit, 'atStop'> | null> {
    return lossOf(await endOf(slot))
  }

  /** What is told is what the clients saw, and none is cut later. */
  async function expectCut(cut: number): Promise<void> {
    await until(`${cut} are cut, not ${clients.cut()}`, () => clients.cut() >= cut)
    await clients.settled()
    expect(clients.cut()).to.equal(cut)
  }

  const atOnce: Record<
    string,
    { readonly end: EchoEnd; readonly line: string; readonly code: number; readonly signal: number }
  > = {
    'a server that exits when told to stop': { end: 'exit', line: 'stop', code: 0, signal: 0 },
    'a server that closes all and exits when told to stop': {
      end: 'close',
      line: 'stop',
      code: 0,
      signal: 0,
    },
    'a server that is killed by the signal to stop': {
      end: 'default',
      line: 'stop',
      code: 0,
      signal: 15,
    },
    'a server that is killed after the grace': {
      end: 'ignore',
      line: 'stop 50',
      code: 0,
      signal: 9,
    },
    'a server that a signal makes exit': { end: 'exit', line: 'signal TERM', code: 0, signal: 0 },
    'a server that a signal kills': { end: 'default', line: 'signal HUP', code: 0, signal: 1 },
    'a server that is sent KILL': { end: 'drain', line: 'signal KILL', code: 0, signal: 9 },
  }
  for (const [what, { end, line, code, signal }] of Object.entries(atOnce)) {
    it(`are told of ${what}, as many as its clients lost`, async () => {
      const slot = await echo(end)
      await clients.close(7)
      await controlStatus(slot.socketPath, line)
      expect(await ended(slot)).to.deep.equal({ code, signal, connections: count - 7 })
      await expectCut(count - 7)
    })
  }

  it('are not known of a server that sends itself the signal that kills it', async () => {
    const slot = await echo('default') // Node has a handler, which resets the terminal first
    await controlStatus(slot.socketPath, 'signal TERM')
    expect(await ended(slot)).to.deep.equal({ code: 0, signal: 15, connections: null })
  })

  it('are none of a server that drains', async () => {
    const slot = await echo('drain')
    await controlStatus(slot.socketPath, 'signal TERM')
    await clients.close(count)
    expect(await ended(slot)).to.deep.equal({ code: 0, signal: 0, connections: 0 })
    await expectCut(0)
  })

  it('are told apart of a server that drains when it is told to stop', async () => {
    const slot = await echo('drain')
    await controlStatus(slot.socketPath, 'stop 60000')
    await clients.close(count)
    expect(await endOf(slot)).to.deep.equal({ code: 0, signal: 0, connections: 0, atStop: count })
    await expectCut(0)
  })

  it('are counted again when it is told once more', async () => {
    const slot = await echo('drain')
    await controlStatus(slot.socketPath, 'stop 60000')
    await clients.close(count - 3)
    await controlStatus(slot.socketPath, 'stop 60000')
    await clients.close(3)
    expect(await endOf(slot)).to.deep.equal({ code: 0, signal: 0, connections: 0, atStop: 3 })
  })

  it('are what was left at the kill of one that drained too slowly', async () => {
    const slot = await echo('drain')
    await controlStatus(slot.socketPath, 'stop 4000')
    await clients.close(count - 3)
    expect(await ended(slot)).to.deep.equal({ code: 0, signal: 9, connections: 3 })
    await expectCut(3)
  })

  it('are those of all workers of a master that is told to stop', async () => {
    const slot = await started(forkingServer(3, '127.0.0.1', port))
    await controlStatus(slot.socketPath, 'stop')
    expect(await ended(slot)).to.deep.equal({ code: 0, signal: 0, connections: count })
    await expectCut(count)
  })

  it('are those with which its workers exited one by one', async () => {
    const slot = await started(forkingServer(3, '127.0.0.1', port))
    await clients.close(11)
    await controlStatus(slot.socketPath, 'signal TERM')
    expect(await ended(slot)).to.deep.equal({ code: 0, signal: 0, connections: count - 11 })
    await expectCut(count - 11)
  })

  it('are not known when nobody told it to end', async () => {
    const slot = await echo('exit')
    const { pid } = await controlStatus(slot.socketPath)
    const watch = watchSlot(slot.socketPath)
    await until('watched', () => watch.lines.length === 1)
    process.kill(pid, 'SIGKILL')
    expect(await ended(slot)).to.deep.equal({ code: 0, signal: 9, connections: null })
    await until('it is told', () => watch.lines.some((line) => line['event'] === 'exited'))
    const told = watch.lines.find((line) => line['event'] === 'exited')
    expect(told).to.include({ connections: null, aside: false })
    watch.close()
  })

  it('are told of the one that was set aside, apart from those of the child', async () => {
    const slot = await echo('exit')
    await controlStatus(slot.socketPath, 'replace')
    await untilStatus(slot.socketPath, 'the other listens', (now) => now.listening.length === 1)
    await controlStatus(slot.socketPath, 'stop-aside')
    const { lastAside, lastExit } = await untilStatus(
      slot.socketPath,
      'it ended',
      (now) => now.lastAside !== null,
    )
    expect(lossOf(lastAside)).to.deep.equal({ code: 0, signal: 0, connections: count })
    expect(lastExit).to.equal(null)
    await expectCut(count)
  })
})

function lossOf(end: SlotStatus['lastExit']): Omit<SlotExit, 'atStop'> | null {
  if (end === null) return null
  const { atStop, connections, ...how } = end
  const none = atStop === null && connections === null
  return { ...how, connections: none ? null : Math.max(atStop ?? 0, connections ?? 0) }
}
