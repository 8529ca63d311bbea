import { expect } from 'chai'
import { once } from 'node:events'
import type { Http2Server, ServerHttp2Stream } from 'node:http2'
import { createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { freePort } from '../../launcher/testing/ports.ts'
import type { Check } from './check.ts'
import { healthRequest, probeGrpc, servingStatus } from './grpcHealth.ts'

const head = { ':status': 200, 'content-type': 'application/grpc' }
const message = (...bytes: readonly number[]) => Buffer.of(0, 0, 0, 0, bytes.length, ...bytes)

/** Answers with a message and the status OK. */
function answering(...bytes: readonly number[]) {
  return (stream: ServerHttp2Stream): void => {
    stream.respond(head, { waitForTrailers: true })
    stream.on('wantTrailers', () => {
      stream.sendTrailers({ 'grpc-status': '0' })
    })
    stream.end(message(...bytes))
  }
}

const answers: Readonly<Record<string, readonly [(stream: ServerHttp2Stream) => void, string]>> = {
  'that serves passes': [answering(0x08, 1), 'SERVING'],
  'that does not serve fails': [answering(0x08, 2), 'NOT_SERVING'],
  'that does not know fails': [answering(), 'UNKNOWN'],
  'that does not know the service fails': [
    (stream) => {
      stream.respond({ ...head, 'grpc-status': '5', 'grpc-message': 'no such service' })
      stream.end()
    },
    'grpc-status 5 (no such service)',
  ],
  'without the health protocol fails': [
    (stream) => {
      stream.respond({ ...head, 'grpc-status': '12' })
      stream.end()
    },
    'grpc-status 12',
  ],
  'that is no gRPC server fails': [
    (stream) => {
      stream.respond({ ':status': 404 })
      stream.end('not found')
    },
    'status 404',
  ],
  'that answers something else fails': [
    (stream) => {
      stream.respond({ ':status': 200 })
      stream.end('hello')
    },
    'not a gRPC answer',
  ],
  'that is silent fails': [() => undefined, 'no answer within 200 ms'],
}

describe('a gRPC server', () => {
  let server: Http2Server
  let asked: { path: string; type: string; body: Buffer } | undefined
  let answer: (stream: ServerHttp2Stream) => void
  beforeEach(async () => {
    asked = undefined
    server = createServer()
    server.on('stream', (stream, headers) => {
      const chunks: Buffer[] = []
      stream.on('error', () => undefined)
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const type = String(headers['content-type'])
        asked = { path: String(headers[':path']), type, body: Buffer.concat(chunks) }
        answer(stream)
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterEach(() => server.close())

  const check = (service = ''): Extract<Check, { kind: 'grpc' }> => {
    const { port } = server.address() as AddressInfo
    return { kind: 'grpc', host: '127.0.0.1', port, service }
  }

  for (const [name, [given, detail]] of Object.entries(answers)) {
    it(name, async () => {
      answer = given
      const { port } = check()
      // Whoever answers is given time to.
      const limitMs = detail.includes('200 ms') ? 200 : 10_000
      expect(await probeGrpc(check(), limitMs)).to.deep.equal({
        ok: detail === 'SERVING',
        detail: `grpc.health.v1 127.0.0.1:${port}: ${detail}`,
      })
    })
  }

  it('is asked for a service by its name', async () => {
    answer = answering(0x08, 1)
    expect((await probeGrpc(check('shop'), 10_000)).detail).to.match(/ 'shop': SERVING$/)
    expect(asked).to.deep.equal({
      path: '/grpc.health.v1.Health/Check',
      type: 'application/grpc',
      body: message(0x0a, 4, ...Buffer.from('shop')),
    })
  })

  it('that is not there fails', async () => {
    const outcome = await probeGrpc({ ...check(), port: await freePort() }, 10_000)
    expect(outcome.ok).to.equal(false)
    expect(outcome.detail).to.contain('ECONNREFUSED')
  })
})

describe('a message of the gRPC health protocol', () => {
  it('has no field for the server as a whole', () => {
    expect(healthRequest('')).to.deep.equal(message())
  })

  it('has a length of two bytes for a long name', () => {
    const name = 's'.repeat(200)
    const request = healthRequest(name)
    expect(request.subarray(0, 8)).to.deep.equal(Buffer.of(0, 0, 0, 0, 203, 0x0a, 0xc8, 0x01))
    expect(request.subarray(8).toString()).to.equal(name)
  })

  const broken: Readonly<Record<string, Buffer>> = {
    'is cut short': Buffer.of(0, 0, 0),
    'tells another length': Buffer.of(0, 0, 0, 0, 9, 8, 1),
    'is compressed': Buffer.of(1, 0, 0, 0, 2, 8, 1),
    'has another field': message(0x10, 1),
  }
  for (const [name, body] of Object.entries(broken)) {
    it(`says nothing when it ${name}`, () => {
      expect(servingStatus(body)).to.equal('not a HealthCheckResponse')
    })
  }

  it('may tell a status of later times', () => {
    expect(servingStatus(message(0x08, 9))).to.equal('status 9')
  })
})
