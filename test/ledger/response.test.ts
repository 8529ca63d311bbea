import { expect } from 'chai'
import { ResponseReader, type Progress } from './response.ts'

interface Case {
  readonly text: string
  readonly status: number
  readonly bytes: number
  readonly keepAlive: boolean
}

const good: Record<string, Case> = {
  'Content-Length': {
    text: 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello',
    status: 200,
    bytes: 5,
    keepAlive: true,
  },
  'no body': {
    text: 'HTTP/1.1 204 No Content\r\nserver: x\r\n\r\n',
    status: 204,
    bytes: 0,
    keepAlive: true,
  },
  'Connection: close': {
    text: 'HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n',
    status: 200,
    bytes: 0,
    keepAlive: false,
  },
  'HTTP/1.0': {
    text: 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok',
    status: 200,
    bytes: 2,
    keepAlive: false,
  },
  'chunks, extensions and trailers': {
    text:
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n' +
      '5\r\nhello\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n',
    status: 200,
    bytes: 15,
    keepAlive: true,
  },
  '100 Continue first': {
    text: 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 500 No\r\nContent-Length: 1\r\n\r\nx',
    status: 500,
    bytes: 1,
    keepAlive: true,
  },
}

const invalid: Record<string, string> = {
  'another protocol': 'SSH-2.0-OpenSSH\r\n\r\n',
  'a bad length': 'HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\n',
  'a bad chunk size': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n',
  'a chunk longer than its size':
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n',
}

function read(parts: readonly string[]): { reader: ResponseReader; progress: readonly Progress[] } {
  const reader = new ResponseReader()
  return { reader, progress: parts.map((part) => reader.push(Buffer.from(part, 'latin1'))) }
}

describe('the response reader', () => {
  for (const [name, { text, status, bytes, keepAlive }] of Object.entries(good)) {
    it(`reads a response with ${name}, however it is split`, () => {
      for (let at = 1; at < text.length; at += 1) {
        const { reader, progress } = read([text.slice(0, at), text.slice(at)])
        expect(progress, `split at ${at}`).to.deep.equal(['more', 'done'])
        expect(reader, `split at ${at}`).to.include({ status, keepAlive, bodyBytes: bytes })
      }
      expect(read(Array.from(text)).progress.lastIndexOf('more')).to.equal(text.length - 2)
      expect(read([text]).progress).to.deep.equal(['done'])
    })
  }

  for (const [name, text] of Object.entries(invalid)) {
    it(`refuses ${name}`, () => {
      expect(read([text]).progress).to.deep.equal(['invalid'])
      expect(read(Array.from(text)).progress).to.include('invalid')
    })
  }

  it('lets a body without a length end with the connection', () => {
    const { reader, progress } = read(['HTTP/1.1 200 OK\r\n\r\n', 'as long', ' as it takes'])
    expect(progress).to.deep.equal(['more', 'more', 'more'])
    expect(reader.completeAtEof()).to.equal(true)
    expect(reader).to.include({ bodyBytes: 19, keepAlive: false })
  })

  for (const text of [
    '',
    'HTTP/1.1 200 OK\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel',
  ]) {
    it(`does not take EOF after ${JSON.stringify(text)} for the end`, () => {
      expect(read([text]).reader.completeAtEof()).to.equal(false)
    })
  }

  it('does not use a connection again on which more came than was asked for', () => {
    const { reader, progress } = read([
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 408',
    ])
    expect(progress).to.deep.equal(['done'])
    expect(reader).to.include({ keepAlive: false, bodyBytes: 2 })
  })

  it('finds headers by their whole name', () => {
    const { reader } = read(['HTTP/1.1 200 OK\r\nX-Body-Bytes: 7\r\nContent-Length: 0\r\n\r\n'])
    expect(reader.header('x-body-bytes')).to.equal('7')
    expect(reader.header('body-bytes')).to.equal(undefined)
  })
})
