import { expect } from 'chai'
import type { Socket } from 'node:net'
import { closedTarget, listenTcp } from './faultyServer.ts'
import type { Lane } from './lane.ts'
import type { LossCause } from './outcome.ts'
import { limitFor, runLoad } from './runLoad.ts'

/** Leaves room for a stall of a busy machine between two requests of a client. */
const calm = { kind: 'tcp', connections: 8, gapMs: 800 } as const satisfies Lane

interface Case {
  readonly serves: (socket: Socket) => void
  readonly outcome: 'ok' | LossCause
  /** Lost requests without a good one between them. */
  readonly always?: boolean
}

/** Echoes blocks of 256 bytes; `change` may do something else instead with block n (from 1). */
function echo(change: (socket: Socket, block: number, bytes: Buffer) => boolean) {
  return (socket: Socket) => {
    let received = Buffer.alloc(0)
    let blocks = 0
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes])
      while (received.length >= 256) {
        blocks += 1
        const block = received.subarray(0, 256)
        received = received.subarray(256)
        if (!change(socket, blocks, block)) socket.write(block)
      }
    })
  }
}

const cases: Record<string, Case> = {
  'a good echo': { serves: (socket) => socket.pipe(socket), outcome: 'ok' },
  'one wrong byte': {
    serves: echo((socket, block, bytes) => {
      if (block !== 2) return false
      bytes[100] = 0
      socket.write(bytes)
      return true
    }),
    outcome: 'hashMismatch',
  },
  'a block twice': {
    serves: echo((socket, block, bytes) => {
      if (block !== 2) return false
      socket.write(Buffer.concat([bytes, bytes]))
      return true
    }),
    outcome: 'hashMismatch',
  },
  'an EOF after the send': {
    serves: echo((socket, block) => {
      if (block === 2) socket.end()
      return block === 2
    }),
    outcome: 'eofBeforeResponse',
  },
  'an EOF between two requests': {
    serves: echo((socket, block, bytes) => {
      if (block === 2) socket.end(bytes)
      return block === 2
    }),
    outcome: 'connectionCut',
  },
  'a reset': {
    serves: echo((socket, block) => {
      if (block === 2) socket.resetAndDestroy()
      return block === 2
    }),
    outcome: 'resetBeforeResponse',
  },
  'half an echo and EOF': {
    serves: echo((socket, block, bytes) => {
      if (block === 2) socket.end(bytes.subarray(0, 128))
      return block === 2
    }),
    outcome: 'cutInResponse',
  },
  silence: { serves: (socket) => socket.resume(), outcome: 'timeout', always: true },
}

describe('the TCP client', () => {
  for (const [name, { serves, outcome, always }] of Object.entries(cases)) {
    it(`books ${name} as ${outcome}`, async () => {
      const server = await listenTcp(serves)
      const { total, losses } = await runLoad(
        {
          targets: { http: [server.target], tcp: [server.target] },
          lanes: [calm],
          timeoutMs: limitFor(outcome),
        },
        (summary) =>
          outcome === 'ok'
            ? summary.total.ok >= 12
            : (summary.total.lostByCause[outcome] ?? 0) >= 2,
      )
      await server.close()
      if (outcome === 'ok') {
        expect(total, JSON.stringify(losses)).to.include({ lost: 0, connections: calm.connections })
        return
      }
      expect(total.lostByCause, JSON.stringify(losses)).to.deep.equal({ [outcome]: total.lost })
      if (always === true) expect(total.ok).to.equal(0)
      else expect(total.ok).to.be.at.least(2)
    })
  }

  it('books a closed port as refused', async () => {
    const { total } = await runLoad(
      {
        targets: { http: [closedTarget], tcp: [closedTarget] },
        lanes: [{ kind: 'tcp', connections: 1, gapMs: 40 }],
      },
      (summary) => summary.total.lost >= 3,
    )
    expect(total.lostByCause).to.deep.equal({ refused: total.sent })
  })
})
