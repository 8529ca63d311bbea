import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'

const grpcPath = '/baton.Echo/'

/** Answers an HTTP/2 stream: gRPC by an echo with grpc-status 0, everything else at once. */
export function answerStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  // A client that has gone.
  stream.on('error', () => undefined)
  if (headers[':path']?.startsWith(grpcPath) !== true) {
    stream.resume()
    stream.respond({ ':status': 200 })
    stream.end('ok\n')
    return
  }
  // One message may come in several pieces, and both kinds of calls want back what they sent.
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
  stream.once('wantTrailers', () => {
    stream.sendTrailers({ 'grpc-status': '0' })
  })
  stream.on('data', (bytes: Buffer) => stream.write(bytes))
  stream.once('end', () => stream.end())
}
