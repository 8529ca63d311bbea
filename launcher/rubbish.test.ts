import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { connect } from 'node:net'
import { controlStatus } from './testing/control.ts'
import { createPod } from './testing/pod.ts'
import type { TestPod } from './testing/pod.ts'
import { until } from './testing/until.ts'

const seeds = [1, 2, 3, 4]
const linesPerSeed = 400

/** xorshift32: the same numbers for the same seed. */
function randomOf(seed: number): (limit: number) => number {
  let state = seed * 2654435761
  return (limit) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % limit
  }
}

const corpus = [
  ...['status', 'watch', 'start', 'stop', 'stop 10 TERM', 'stop-aside 10 QUIT', 'replace'],
  ...['signal HUP', 'list', 'drop 127.0.0.1:80', 'drop [fe80::1%2]:80', 'connections'],
  ...['executed 1', 'pulse', ''],
]

/** A line of the corpus with a few bytes changed, added or taken away; never one that executes. */
function rubbishLine(random: (limit: number) => number): Buffer {
  const bytes = [...Buffer.from(corpus[random(corpus.length)] ?? '')]
  for (let times = random(4); times > 0; times--) {
    const at = random(bytes.length + 1)
    const added = Array.from({ length: 2 ** random(10) }, () => random(256))
    bytes.splice(at, random(3), ...(random(4) === 0 ? added : [random(256)]))
  }
  if (bytes[0] === 'e'.charCodeAt(0)) bytes[0] = 'E'.charCodeAt(0)
  return Buffer.from([...bytes.filter((byte) => byte !== 10), 10])
}

describe('rubbish on a control socket', () => {
  let pod: TestPod

  beforeEach(async () => {
    pod = await createPod()
    await pod.keeper()
  })
  afterEach(() => pod.end())

  for (const seed of seeds) {
    it(`of seed ${seed} is answered line by line, and does no harm`, async () => {
      const slot = await pod.slot('proxy-1', ['sleep', '1000'])
      const random = randomOf(seed)
      const socket = connect(slot.socketPath)
      let answers = ''
      socket.setEncoding('utf8')
      socket.on('data', (data: string) => (answers += data))
      for (let i = 0; i < linesPerSeed; i++) socket.write(rubbishLine(random))
      const answered = (): number => answers.split('\n').filter((one) => /^\{"ok"/.test(one)).length
      await until(`all are answered`, () => answered() === linesPerSeed, 30_000)
      for (const line of answers.trim().split('\n')) JSON.parse(line)
      socket.destroy()
      expect(await controlStatus(slot.socketPath)).to.include({ ok: true, boot: 1 })
      expect(slot.output.filter((line) => line.includes('"level":"error"'))).to.deep.equal([])
    })
  }
})
