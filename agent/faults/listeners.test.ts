import { expect } from 'chai'
import { until } from '../../launcher/testing/until.ts'
import { askOnce, startClients } from '../testing/clients.ts'
import { freePort, freePorts } from '../../launcher/testing/ports.ts'
import type { ProgramPod } from '../testing/programPod.ts'
import { programPod } from '../testing/programPod.ts'
import { rests } from '../testing/rest.ts'

const upgrade = { minBoot: { 'proxy-2': 2 } }
/** Of a version that lacks a listener: long enough for a slow machine to start the rest. */
const givenUp = { ...upgrade, startDeadlineSeconds: 5 }

describe('a new version with other listeners', function () {
  this.timeout(120_000)
  let started: ProgramPod
  afterEach(() => started.end())

  it('that listens on one more address serves there too, and the rest is handed over', async () => {
    started = await programPod()
    const { pod, command, ports } = started
    const more = await freePort()
    const clients = startClients(ports[0] ?? 0)
    await pod.restartSlot('proxy-2', command('v2', [...ports, more]))
    await pod.order('up', 'proxy-2', upgrade)
    const { handover } = await rests(pod, 'proxy-2')
    expect(handover).to.include({ id: 'up', phase: 'Settled' })
    // Nobody waits for the one more: it may come a moment after the handover.
    await until('it listens on all three', async () => {
      const { slots } = await pod.container()
      return slots['proxy-2']?.listening.length === 3
    })
    expect(await askOnce(more)).to.deep.equal({ version: 'v2' })
    expect(await clients.stop()).to.include({ refused: 0, cut: 0, late: 0 })
  })

  it('that listens elsewhere is given up, and where only it listened clients are refused', async () => {
    started = await programPod()
    const { pod, command, ports } = started
    const elsewhere = await freePort()
    const clients = startClients(ports[0] ?? 0)
    await pod.restartSlot('proxy-2', command('v2', [ports[0] ?? 0, elsewhere]))
    await pod.order('up', 'proxy-2', givenUp)
    await pod.reaches('up', 'Aborted')
    const { handover } = await rests(pod, 'proxy-1')
    expect(handover).to.include({ phase: 'Aborted', reason: 'ListenersMissing' })
    expect(handover?.message).to.contain(`0.0.0.0:${ports[1] ?? 0}`)
    // A queue that nobody reads any more is better closed: clients would wait in it for ever.
    const refused = async () => (await askOnce(elsewhere)) === 'refused'
    await until('nobody is left waiting', refused, 60_000)
    expect(await clients.stop()).to.include({ refused: 0, cut: 0, late: 0 })
  })

  it('that lacks one from the beginning, and is rolled back, costs nobody an answer', async () => {
    started = await programPod()
    const { pod, command, ports } = started
    const clients = startClients(ports[1] ?? 0)
    await pod.restartSlot('proxy-2', command('v2', ports.slice(0, 1)))
    await pod.order('up', 'proxy-2', givenUp)
    await pod.reaches('up', 'Aborted')
    await pod.order('back', 'proxy-1')
    await pod.reaches('back', 'Settled')
    await rests(pod, 'proxy-1')
    const outcomes = await clients.stop()
    expect(outcomes).to.include({ refused: 0, cut: 0, late: 0 })
    expect(outcomes.served).to.have.all.keys('v1')
  })

  it('of 300 hands over each of them', async () => {
    started = await programPod()
    const { pod, command, ports } = started
    const many = [...ports, ...(await freePorts(298))]
    await pod.restartSlot('proxy-2', command('v2', many))
    await pod.order('many', 'proxy-2', { minBoot: { 'proxy-2': 2 } })
    await pod.reaches('many', 'Settled')
    await until('it listens on all', async () => {
      const { slots } = await pod.container()
      return slots['proxy-2']?.listening.length === many.length
    })
    await pod.restartSlot('proxy-1', command('v3', many))
    const clients = startClients(many.at(-1) ?? 0)
    await pod.order('again', 'proxy-1', { minBoot: { 'proxy-1': 2 } })
    const { handover } = await pod.reaches('again', 'Settled')
    expect(handover?.listeners).to.equal(300)
    const versions = await Promise.all(many.map((port) => askOnce(port)))
    expect(versions.filter((one) => typeof one === 'string' || one.version !== 'v3')).to.be.empty
    expect(await clients.stop()).to.include({ refused: 0, cut: 0, late: 0 })
  })

  it('of UDP says that those are not handed over, and loses nothing of TCP', async () => {
    started = await programPod()
    const { pod, command, ports } = started
    const udp = await freePort()
    const clients = startClients(ports[0] ?? 0)
    await pod.restartSlot('proxy-2', command('v2', [...ports, `udp:${udp}`]))
    await pod.order('up', 'proxy-2', upgrade)
    const { handover } = await rests(pod, 'proxy-2')
    expect(handover).to.include({ phase: 'Settled', listeners: 2 })
    expect(handover?.unheld).to.deep.equal([`udp 0.0.0.0:${udp}`])
    expect(await clients.stop()).to.include({ refused: 0, cut: 0, late: 0 })
  })
})
