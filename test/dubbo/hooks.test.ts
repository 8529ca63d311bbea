import { expect } from 'chai'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runHook } from '../../agent/interception/hooks/runHook.ts'
import type { HookName } from '../../api/interception/hook.ts'
import { dubboDirectory } from '../../build/setup/dubboPrograms.ts'
import { readConfig } from '../../build/setup/config.ts'
import { freePorts } from '../../launcher/testing/ports.ts'
import { until } from '../../runtime/testing/until.ts'
import { answeredBy, callsOf, isNeverSent } from './calls.ts'
import { startJava } from './javaProgram.ts'
import type { JavaProgram } from './javaProgram.ts'

const START_MS = 120_000

describe('the hooks of a toggle with a real Dubbo, and a real ZooKeeper between its apps', function () {
  this.timeout(300_000)
  const directory = dubboDirectory(readConfig(process.env).cacheDir)
  const programs: JavaProgram[] = []
  const qosPorts: number[] = []
  let data: string
  let consumer: JavaProgram

  const start = (main: string, ...args: readonly (string | number)[]): JavaProgram => {
    const program = startJava(directory, main, args)
    programs.push(program)
    return program
  }
  const said = (program: JavaProgram, what: RegExp, name: string): Promise<unknown> =>
    until(() => program.lines().some((line) => what.test(line)), {
      deadlineMs: START_MS,
      what: `${name}: ${program.lines().slice(-5).join(' | ')}`,
    })

  before('start registry, two providers and a consumer', async () => {
    data = mkdtempSync(join(tmpdir(), 'zookeeper-'))
    const [registryPort = 0, consumerQos = 0, ...rest] = await freePorts(6)
    start('Registry', registryPort, data)
    await until(() => isListening(registryPort), { deadlineMs: START_MS })
    const [portA = 0, portB = 0, qosA = 0, qosB = 0] = rest
    qosPorts.push(qosA, qosB)
    const providers = [
      start('Provider', 'a', portA, qosA, registryPort),
      start('Provider', 'b', portB, qosB, registryPort),
    ]
    for (const provider of providers) await said(provider, /^ready$/, 'a provider')
    consumer = start('Consumer', consumerQos, registryPort)
    await answered('a', 'b')
  })

  after(async () => {
    for (const program of programs) await program.stop()
    rmSync(data, { recursive: true, force: true })
  })

  const calls = () => callsOf(consumer)
  const answered = (...names: readonly string[]) => answeredBy(consumer, names, START_MS)

  /** Two of the times in which the consumer prints a line. */
  async function endOfLines(): Promise<void> {
    let count = -1
    let since = Date.now()
    await until(
      () => {
        const now = calls().length
        if (now !== count) since = Date.now()
        count = now
        return Date.now() - since > 600
      },
      { deadlineMs: START_MS, what: 'the consumer waits for an answer' },
    )
  }

  const call = (name: HookName, port: number) =>
    runHook(name, { dubboQos: { port }, timeoutSeconds: 10, onError: 'Abort' }, () => undefined)

  it('offline takes a provider out of its registry, online brings it back, and no call fails', async () => {
    const [port = 0] = qosPorts
    const from = consumer.lines().length
    expect(await call('offline', port)).to.include({ outcome: 'Succeeded' })
    await answered('b')
    expect(await call('online', port)).to.include({ outcome: 'Succeeded' })
    await answered('a', 'b')
    expect(await call('gracefulClose', port)).to.include({ outcome: 'Succeeded' })
    await answered('b')
    expect(await call('online', port)).to.include({ outcome: 'Succeeded' })
    await answered('a', 'b')
    const lines = consumer.lines().slice(from)
    const failed = lines.filter((line) => line.startsWith('failed ') && !isNeverSent(line))
    expect(failed).to.deep.equal([])
  })

  it('says what is wrong when no console listens, and when it knows no such service', async () => {
    const [free = 0] = await freePorts(1)
    expect(await call('offline', free)).to.include({ outcome: 'Failed' })
    const hook = { dubboQos: { port: qosPorts[0] ?? 0, service: 'no.such.Service' } }
    const wrong = await runHook(
      'offline',
      { ...hook, timeoutSeconds: 10, onError: 'Abort' },
      () => undefined,
    )
    expect(wrong.outcome).to.equal('Failed')
    expect(wrong.detail).to.match(/service not found/)
  })

  it('control: a provider that is killed without its hook loses the call that it has', async () => {
    const before = calls().at(-1)?.failed ?? 0
    const [, provider] = programs
    // The consumer calls one after the other: when its lines end, a call is with this provider.
    provider?.suspend()
    await endOfLines()
    await provider?.stop()
    await answered('b')
    expect(calls().at(-1)?.failed).to.be.above(before)
  })
})

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => {
      resolve(false)
    })
  })
}
