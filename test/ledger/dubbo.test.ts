import { expect } from 'chai'
import type { Socket } from 'node:net'
import {
  DubboReader,
  echoResponse,
  heartbeat,
  readOnly,
  requestText,
  type DubboFrame,
} from './dubboFrames.ts'
import { closedTarget, listenTcp } from './faultyServer.ts'
import type { KeptLane } from './lane.ts'
import { startOrigin } from './origin.ts'
import type { Outcome } from './outcome.ts'
import { limitFor, runLoad } from './runLoad.ts'
import type { Summary } from './summary.ts'

interface Case {
  /** Answers call n (from 1) of a connection; true: it is not echoed. */
  readonly call: (socket: Socket, number: number, frame: DubboFrame) => boolean
  readonly outcome: Outcome
}

const echo = (frame: DubboFrame) => echoResponse(frame.id, requestText(frame.body) ?? '')

/** Does it to every second call of a connection. */
function second(does: (socket: Socket, frame: DubboFrame) => void): Case['call'] {
  return (socket, number, frame) => {
    if (number % 2 === 0) does(socket, frame)
    return number % 2 === 0
  }
}

const cases: Record<string, Case> = {
  'an EOF instead of an answer': {
    call: second((socket) => socket.end()),
    outcome: 'eofBeforeResponse',
  },
  'a reset instead of an answer': {
    call: second((socket) => socket.resetAndDestroy()),
    outcome: 'resetBeforeResponse',
  },
  'half an answer and an EOF': {
    call: second((socket, frame) => socket.end(echo(frame).subarray(0, 10))),
    outcome: 'cutInResponse',
  },
  'READONLY and then an EOF instead of an answer': {
    call: second((socket, frame) => socket.end(readOnly(frame.id))),
    outcome: 'eofBeforeResponse',
  },
  'a status that is not 20': {
    call: second((socket, frame) => socket.write(echoResponse(frame.id, '', 70))),
    outcome: 'proxyError',
  },
  'the text of another call': {
    call: second((socket, frame) => socket.write(echoResponse(frame.id, 'call 9999'))),
    outcome: 'hashMismatch',
  },
  'an answer that is not Dubbo': {
    call: second((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')),
    outcome: 'badStatus',
  },
  'the answer to a call that nobody made': {
    call: second((socket) => socket.write(echoResponse(123_456, 'call 1'))),
    outcome: 'timeout',
  },
}

/** Leaves room for a stall of a busy machine between two calls of a client. */
const calm: KeptLane = { kind: 'dubbo', connections: 8, gapMs: 800 }

async function against(
  call: Case['call'],
  done: (summary: Summary, answers: number) => boolean,
  lane: KeptLane = { kind: 'dubbo', connections: 1, gapMs: 60 },
  timeoutMs = limitFor('ok'),
) {
  let answers = 0
  const server = await listenTcp((socket) => {
    const reader = new DubboReader()
    let calls = 0
    socket.on('data', (bytes) => {
      for (const frame of reader.push(bytes)) {
        if (frame.event && !frame.request) answers += 1
        if (frame.event) continue
        calls += 1
        if (!call(socket, calls, frame)) socket.write(echo(frame))
      }
    })
  })
  const { total, losses } = await runLoad(
    {
      targets: { http: [server.target], dubbo: [server.target] },
      lanes: [lane],
      timeoutMs,
    },
    (summary) => done(summary, answers),
  )
  await server.close()
  return { total, seen: JSON.stringify(losses), accepted: server.accepted }
}

describe('the Dubbo client', () => {
  for (const [name, { call, outcome }] of Object.entries(cases)) {
    it(`books ${name} as ${outcome}`, async () => {
      const { total, seen } = await against(
        call,
        (summary) => summary.total.lost >= 2 && summary.total.ok >= 2,
        undefined,
        limitFor(outcome),
      )
      expect(total.lostByCause, seen).to.deep.equal({ [outcome]: total.lost })
    })
  }

  it('runs calls side by side on one connection, whatever the order of the answers', async () => {
    const held: DubboFrame[] = []
    const { total, accepted } = await against(
      (socket, _number, frame) => {
        held.push({ ...frame, body: Buffer.from(frame.body) })
        if (held.length < 3) return true
        for (const one of held.splice(0).reverse()) socket.write(echo(one))
        return true
      },
      (summary) => summary.total.ok >= 9,
      { kind: 'dubbo', connections: 1, gapMs: 20 },
      limitFor('timeout'),
    )
    // The last one or two find no third.
    expect(total.lost).to.be.at.most(2)
    expect(accepted).to.equal(1)
  })

  it('sends nothing new after READONLY, and lets what is in flight finish', async () => {
    const late: string[] = []
    const { total, seen, accepted } = await against(
      (socket, number, frame) => {
        if (number < 3) return false
        if (number > 3) {
          late.push(requestText(frame.body) ?? '')
          return false
        }
        const answer = echo(frame)
        socket.write(readOnly(1))
        setTimeout(() => socket.write(answer), 600)
        return true
      },
      (summary) => summary.total.closed >= 2,
      // The next call is due while this one is in flight, and long after READONLY has come.
      { kind: 'dubbo', connections: 4, gapMs: 400 },
    )
    expect(total, seen).to.include({ lost: 0, idleCloses: 0 })
    expect(late).to.deep.equal([])
    expect(accepted).to.be.at.least(2)
  })

  it('books an EOF while idle as no loss and dials anew', async () => {
    const { total, seen } = await against(
      second((socket, frame) => socket.end(echo(frame))),
      (summary) => summary.total.idleCloses >= 2 && summary.total.ok >= 12,
      calm,
    )
    expect(total, seen).to.include({ lost: 0, closed: 0 })
  })

  it('answers heartbeats', async () => {
    const { total } = await against(
      (socket, number) => {
        socket.write(heartbeat(number))
        return false
      },
      (summary, answers) => summary.total.ok >= 4 && answers >= 3,
    )
    expect(total.lost).to.equal(0)
  })

  it('books a closed port as refused', async () => {
    const { total } = await runLoad(
      {
        targets: { http: [closedTarget], dubbo: [closedTarget] },
        lanes: [{ kind: 'dubbo', connections: 1, gapMs: 40 }],
      },
      (summary) => summary.total.lost >= 3,
    )
    expect(total.lostByCause).to.deep.equal({ refused: total.sent })
  })

  it('is answered by the origin', async () => {
    const origin = await startOrigin()
    const { total } = await runLoad(
      {
        targets: { http: [origin.http], dubbo: [origin.dubbo] },
        lanes: [{ kind: 'dubbo', connections: 2, gapMs: 20 }],
      },
      (summary) => summary.total.ok >= 20,
    )
    await origin.close()
    expect(total).to.include({ lost: 0, connections: 2 })
  })
})
