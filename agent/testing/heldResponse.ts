import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'

/** A response in flight: begun, and ended when the test says so, however slow the machine is. */
export interface HeldResponse {
  /** Lets the server end it. Version that answered, or `cut` when the end never came. */
  finish(): Promise<string>
}

/** Asks for a response that ends with the request's body. Fulfilled when it has begun. */
export async function holdResponse(port: number): Promise<HeldResponse> {
  const upload = request({
    host: '127.0.0.1',
    port,
    path: '/held',
    method: 'POST',
    // A connection of its own, so that nothing is open when it has ended.
    headers: { connection: 'close' },
    agent: false,
  })
  upload.flushHeaders()
  const [response] = (await once(upload, 'response')) as [IncomingMessage]
  const version = String(response.headers['x-version'])
  // Read from now on: a cut is an error of the stream, whenever it comes.
  const whole = text(response).then(
    (body) => (body.endsWith('ok\n') ? version : 'cut'),
    () => 'cut',
  )
  upload.on('error', () => undefined)
  return {
    finish: () => {
      upload.end()
      return whole
    },
  }
}
