import type { Client, ClientOptions } from './client.ts'
import type { Dialer } from './dialer.ts'
import { dubboClient } from './dubbo.ts'
import { grpcClient } from './grpc.ts'
import { grpcStreamClient } from './grpcStream.ts'
import { http2Client } from './http2.ts'
import { keepaliveClient } from './keepalive.ts'
import type { Lane } from './lane.ts'
import type { Targets } from './options.ts'
import { shortClient } from './short.ts'
import { slowClient } from './slow.ts'
import { streamClient } from './stream.ts'
import type { Target } from './target.ts'
import { tcpClient } from './tcp.ts'
import { uploadClient } from './upload.ts'
import { websocketClient } from './websocket.ts'

/** One dialer for every protocol that may have targets of its own. */
export type Dialers = Readonly<Record<keyof Targets, Dialer>>

export function makeDialers(targets: Targets, dialer: (to: readonly Target[]) => Dialer): Dialers {
  const http2 = targets.http2 ?? targets.http
  return {
    http: dialer(targets.http),
    http2: dialer(http2),
    tcp: dialer(targets.tcp ?? []),
    grpc: dialer(targets.grpc ?? http2),
    websocket: dialer(targets.websocket ?? targets.http),
    dubbo: dialer(targets.dubbo ?? []),
  }
}

/** The client of a lane, with the dialer that its kind needs. */
export function makeClient(
  lane: Lane,
  dialers: Dialers,
  options: Omit<ClientOptions, 'dialer'>,
): Client {
  const by = (name: keyof Targets): ClientOptions => ({ ...options, dialer: dialers[name] })
  switch (lane.kind) {
    case 'short':
      return shortClient(by('http'))
    case 'keepalive':
    case 'keepalive-idle':
      return keepaliveClient(by('http'), lane)
    case 'http2':
    case 'http2-idle':
      return http2Client(by('http2'), lane)
    case 'slow':
      return slowClient(by('http'), lane)
    case 'upload':
      return uploadClient(by('http'), lane)
    case 'stream':
      return streamClient(by('http'), lane)
    case 'tcp':
      return tcpClient(by('tcp'), lane)
    case 'grpc':
      return grpcClient(by('grpc'), lane)
    case 'grpc-stream':
      return grpcStreamClient(by('grpc'), lane)
    case 'websocket':
      return websocketClient(by('websocket'), lane)
    case 'dubbo':
      return dubboClient(by('dubbo'), lane)
  }
}
