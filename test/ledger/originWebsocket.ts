import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { encodeFrame, FrameReader, opcodes } from './websocketFrames.ts'
import { handshakeResponse } from './websocketHandshake.ts'

/** Takes the upgrade and echoes every message; answers a close frame by one and then closes. */
export function echoWebsocket(request: IncomingMessage, socket: Duplex, first: Buffer): void {
  const key = request.headers['sec-websocket-key']
  if (key === undefined || request.headers.upgrade?.toLowerCase() !== 'websocket') {
    socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
    return
  }
  const frames = new FrameReader()
  const receive = (bytes: Buffer) => {
    for (const { opcode, payload } of frames.push(bytes)) {
      if (opcode === opcodes.pong) continue
      const answer = encodeFrame(opcode === opcodes.ping ? opcodes.pong : opcode, payload)
      if (opcode === opcodes.close) socket.end(answer)
      else socket.write(answer)
    }
    if (frames.broken) socket.destroy()
  }
  socket.on('error', () => undefined)
  socket.on('data', receive)
  socket.once('end', () => socket.end())
  socket.write(handshakeResponse(key), 'latin1')
  if (first.length > 0) receive(first)
}
