import type { Socket } from 'node:net'
import { DubboReader, echoResponse, heartbeatAnswer, requestText } from './dubboFrames.ts'

/** Answers every Dubbo call by its own text, and heartbeats. */
export function echoDubbo(socket: Socket): void {
  const reader = new DubboReader()
  socket.on('data', (bytes) => {
    for (const frame of reader.push(bytes)) {
      if (!frame.request || !frame.twoWay) continue
      if (frame.event) socket.write(heartbeatAnswer(frame.id))
      else socket.write(echoResponse(frame.id, requestText(frame.body) ?? ''))
    }
    if (reader.broken) socket.destroy()
  })
}
