import { expect } from 'chai'
import type { ServerHttp2Stream } from 'node:http2'
import { listenHttp2 } from './faultyHttp2.ts'
import type { KeptLane } from './lane.ts'
import { startOrigin } from './origin.ts'
import type { Outcome } from './outcome.ts'
import { limitFor, runLoad } from './runLoad.ts'

/** Every call comes from another client, so that none shares a connection with the next. */
const strangers: KeptLane = { kind: 'grpc', connections: 100, gapMs: 3000 }

const grpc = { ':status': 200, 'content-type': 'application/grpc' }

/** Answers with `body` and the trailers, none if there is no status. */
function answer(stream: ServerHttp2Stream, body: Buffer, status?: string): void {
  stream.respond(grpc, { waitForTrailers: status !== undefined })
  stream.once('wantTrailers', () => {
    stream.sendTrailers({ 'grpc-status': status ?? '' })
  })
  stream.end(body)
}

type Does = (stream: ServerHttp2Stream, message: Buffer) => void

const cases: Record<string, { readonly does: Does; readonly outcome: Outcome }> = {
  'its own message and grpc-status 0': {
    does: (stream, message) => {
      answer(stream, message, '0')
    },
    outcome: 'ok',
  },
  'GOAWAY and then its own message and grpc-status 0': {
    does: (stream, message) => {
      stream.session?.goaway(0, stream.id ?? 0)
      answer(stream, message, '0')
    },
    outcome: 'ok',
  },
  'grpc-status 14 after a message': {
    does: (stream, message) => {
      answer(stream, message, '14')
    },
    outcome: 'proxyError',
  },
  'a 200 that is nothing but grpc-status 14': {
    does: (stream) => {
      stream.respond({ ...grpc, 'grpc-status': '14' }, { endStream: true })
    },
    outcome: 'proxyError',
  },
  'a message without a status': {
    does: (stream, message) => {
      answer(stream, message)
    },
    outcome: 'cutInResponse',
  },
  'RST_STREAM after a message': {
    does: (stream, message) => {
      stream.respond(grpc)
      stream.write(message, () => {
        stream.close(2)
      })
    },
    outcome: 'cutInResponse',
  },
  'RST_STREAM instead of an answer': {
    does: (stream) => {
      stream.close(2)
    },
    outcome: 'resetBeforeResponse',
  },
  'another message and grpc-status 0': {
    does: (stream, message) => {
      answer(stream, Buffer.alloc(message.length), '0')
    },
    outcome: 'hashMismatch',
  },
  'no message and grpc-status 0': {
    does: (stream) => {
      answer(stream, Buffer.alloc(0), '0')
    },
    outcome: 'hashMismatch',
  },
  'a 503': {
    does: (stream) => {
      stream.respond({ ':status': 503 }, { endStream: true })
    },
    outcome: 'proxyError',
  },
  silence: { does: () => undefined, outcome: 'timeout' },
}

describe('the gRPC client', () => {
  for (const [name, { does, outcome }] of Object.entries(cases)) {
    it(`books ${name} as ${outcome}`, async () => {
      const server = await listenHttp2((stream) => {
        const pieces: Buffer[] = []
        stream.on('data', (bytes: Buffer) => pieces.push(bytes))
        stream.once('end', () => {
          does(stream, Buffer.concat(pieces))
        })
      })
      const { total, losses } = await runLoad(
        { targets: { http: [server.target] }, lanes: [strangers], timeoutMs: limitFor(outcome) },
        (summary) => summary.total.sent - summary.total.pending >= 4,
      )
      await server.close()
      if (outcome === 'ok') expect(total, JSON.stringify(losses)).to.include({ lost: 0 })
      else
        expect(total.lostByCause, JSON.stringify(losses)).to.deep.equal({ [outcome]: total.sent })
    })
  }

  for (const port of ['http', 'grpc'] as const) {
    it(`is answered by the origin's port for ${port}, over connections that it keeps`, async () => {
      const origin = await startOrigin()
      const { total } = await runLoad(
        {
          targets: { http: [origin[port]] },
          lanes: [{ kind: 'grpc', connections: 2, gapMs: 20 }],
        },
        (summary) => summary.total.ok >= 20,
      )
      await origin.close()
      expect(total).to.include({ lost: 0, connections: 2 })
    })
  }
})
