import { createHash, randomBytes } from 'node:crypto'
import { requestHead } from './request.ts'

/** RFC 6455, 1.3. */
const acceptGuid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

export const websocketPath = '/websocket'

export function handshakeKey(): string {
  return randomBytes(16).toString('base64')
}

export function handshakeRequest(authority: string, key: string): string {
  return requestHead(
    'GET',
    websocketPath,
    authority,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${key}`,
  )
}

/** The value of Sec-WebSocket-Accept that proves that a server took this key. */
export function handshakeAccept(key: string): string {
  return createHash('sha1').update(`${key}${acceptGuid}`).digest('base64')
}

export function handshakeResponse(key: string): string {
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${handshakeAccept(key)}`,
  ]
  return [...lines, '', ''].join('\r\n')
}
