import { expect } from 'chai'
import type { Socket } from 'node:net'
import { afterRead, closedTarget, listenTcp } from './faultyServer.ts'
import type { Lane } from './lane.ts'
import type { LossCause } from './outcome.ts'
import { startOrigin } from './origin.ts'
import { limitFor, runLoad } from './runLoad.ts'
import { closePayload, encodeFrame, FrameReader, opcodes, type Frame } from './websocketFrames.ts'
import { handshakeResponse } from './websocketHandshake.ts'

interface Case {
  /** Answers message n (from 1) of a connection; true: it is not echoed. */
  readonly message?: (socket: Socket, number: number, frame: Frame) => boolean
  readonly upgrade?: string
  readonly outcome: 'ok' | LossCause
  readonly closed?: true
  /** No request can be good. */
  readonly always?: true
}

/** Leaves room for a stall of a busy machine between two messages of a client. */
const calm = { kind: 'websocket', connections: 8, gapMs: 800 } as const satisfies Lane

const frame = (opcode: number, payload: Uint8Array) => encodeFrame(opcode, payload)

/** Does it to the second message of each connection. */
function second(does: (socket: Socket, frame: Frame) => void): NonNullable<Case['message']> {
  return (socket, number, received) => {
    if (number === 2) does(socket, received)
    return number === 2
  }
}

const cases: Record<string, Case> = {
  'a good echo': { outcome: 'ok' },
  'a ping before the echo': {
    message: (socket, number) => {
      socket.write(frame(opcodes.ping, Buffer.from('p')))
      return number < 0
    },
    outcome: 'ok',
  },
  'a close frame 1001 while idle': {
    message: second((socket, { payload }) => {
      socket.write(frame(opcodes.binary, payload))
      socket.write(frame(opcodes.close, closePayload(1001)))
    }),
    outcome: 'ok',
    closed: true,
  },
  'a close frame 1012 while idle, and an EOF': {
    message: second((socket, { payload }) => {
      socket.write(frame(opcodes.binary, payload))
      socket.end(frame(opcodes.close, closePayload(1012)))
    }),
    outcome: 'ok',
    closed: true,
  },
  'a close frame 1011 while idle': {
    message: second((socket, { payload }) => {
      socket.write(frame(opcodes.binary, payload))
      socket.write(frame(opcodes.close, closePayload(1011)))
    }),
    outcome: 'connectionCut',
  },
  'a close frame instead of an echo': {
    message: second((socket) => socket.write(frame(opcodes.close, closePayload(1001)))),
    outcome: 'eofBeforeResponse',
  },
  'an EOF between two messages': {
    message: second((socket, { payload }) => socket.end(frame(opcodes.binary, payload))),
    outcome: 'connectionCut',
  },
  'a reset between two messages': {
    message: second((socket, { payload }) => {
      socket.write(frame(opcodes.binary, payload))
      afterRead(() => socket.resetAndDestroy())
    }),
    outcome: 'connectionCut',
  },
  'an EOF instead of an echo': {
    message: second((socket) => socket.end()),
    outcome: 'eofBeforeResponse',
  },
  'a reset instead of an echo': {
    message: second((socket) => socket.resetAndDestroy()),
    outcome: 'resetBeforeResponse',
  },
  'half an echo and an EOF': {
    message: second((socket, { payload }) =>
      socket.end(frame(opcodes.binary, payload).subarray(0, 20)),
    ),
    outcome: 'cutInResponse',
  },
  'another echo': {
    message: second((socket) => socket.write(frame(opcodes.binary, Buffer.alloc(64)))),
    outcome: 'hashMismatch',
  },
  'an echo twice': {
    message: second((socket, { payload }) => {
      const echo = frame(opcodes.binary, payload)
      socket.write(Buffer.concat([echo, echo]))
    }),
    outcome: 'hashMismatch',
  },
  'a refused upgrade': {
    upgrade: 'HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n',
    outcome: 'proxyError',
    always: true,
  },
  'an upgrade that proves nothing': {
    upgrade: 'HTTP/1.1 101 Yes\r\nSec-WebSocket-Accept: x\r\n\r\n',
    outcome: 'badStatus',
    always: true,
  },
  silence: { message: () => true, outcome: 'timeout', always: true },
}

function listen({ message, upgrade }: Case) {
  return listenTcp((socket) => {
    const frames = new FrameReader()
    let head = ''
    let upgraded = false
    let messages = 0
    socket.on('data', (bytes) => {
      if (!upgraded) {
        head += bytes.toString('latin1')
        const key = /Sec-WebSocket-Key: (.*)\r\n/.exec(head)?.[1]
        upgraded = head.endsWith('\r\n\r\n')
        if (upgraded) socket.write(upgrade ?? handshakeResponse(key ?? ''))
        return
      }
      for (const received of frames.push(bytes)) {
        if (received.opcode === opcodes.close) socket.end()
        if (received.opcode !== opcodes.binary) continue
        messages += 1
        if (message?.(socket, messages, received) === true) continue
        socket.write(encodeFrame(opcodes.binary, received.payload))
      }
    })
  })
}

describe('the WebSocket client', () => {
  for (const [name, test] of Object.entries(cases)) {
    const { outcome, closed = false, always = false } = test
    it(`books ${name} as ${outcome}`, async () => {
      const server = await listen(test)
      const { total, losses } = await runLoad(
        {
          targets: { http: [server.target] },
          lanes: [calm],
          timeoutMs: limitFor(outcome),
        },
        (summary) =>
          outcome === 'ok'
            ? summary.total.ok >= 12 && summary.total.closed >= (closed ? 2 : 0)
            : (summary.total.lostByCause[outcome] ?? 0) >= 2,
      )
      await server.close()
      const seen = JSON.stringify(losses)
      if (outcome === 'ok') expect(total, seen).to.include({ lost: 0 })
      else expect(total.lostByCause, seen).to.deep.equal({ [outcome]: total.lost })
      if (outcome === 'ok' && !closed)
        expect(total).to.include({ connections: calm.connections, closed: 0 })
      if (always) expect(total.ok).to.equal(0)
      else expect(total.ok).to.be.at.least(2)
    })
  }

  it('books a closed port as refused', async () => {
    const { total } = await runLoad(
      {
        targets: { http: [closedTarget] },
        lanes: [{ kind: 'websocket', connections: 1, gapMs: 40 }],
      },
      (summary) => summary.total.lost >= 3,
    )
    expect(total.lostByCause).to.deep.equal({ refused: total.sent })
  })

  it('ends its connections at the end of their life, without a loss', async () => {
    const origin = await startOrigin()
    const { total, losses } = await runLoad(
      {
        targets: { http: [origin.http], tcp: [origin.tcp] },
        lanes: [
          { kind: 'websocket', connections: 2, gapMs: 30, lifeMs: 200 },
          { kind: 'tcp', connections: 2, gapMs: 30, lifeMs: 200 },
        ],
      },
      ({ kinds }) => [kinds.websocket, kinds.tcp].every((row) => (row?.connections ?? 0) >= 6),
    )
    await origin.close()
    expect(total, JSON.stringify(losses)).to.include({ lost: 0, closed: 0 })
  })

  it('keeps its connections, and leaves the origin in order', async () => {
    const origin = await startOrigin()
    const { total } = await runLoad(
      {
        targets: { http: [origin.http] },
        lanes: [{ kind: 'websocket', connections: 3, gapMs: 30 }],
      },
      (summary) => summary.total.ok >= 30,
    )
    await origin.close()
    expect(total).to.include({ lost: 0, connections: 3, closed: 0, idleCloses: 0 })
  })
})
