import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

export interface LoadResult {
  readonly sent: number
  /** Answers by what the server says its version is. */
  readonly served: ReadonlyMap<string, number>
  /** Error code of each connection that got no whole answer. */
  readonly lost: readonly string[]
}

export interface Load {
  /** Answers so far by version. */
  count(version: string): number
  stop(): Promise<LoadResult>
}

const connections = 4
const pauseMs = 2
const requestTimeoutMs = 15_000

/** One request on a new connection: the body of the answer. Nothing is tried a second time. */
export function request(port: number, host = '127.0.0.1'): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host })
    let answer = ''
    socket.setTimeout(requestTimeoutMs, () => {
      socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }))
    })
    socket.setEncoding('utf8')
    socket.on('error', reject)
    socket.on('data', (data: string) => {
      answer += data
      if (isWhole(answer)) socket.end() // Envoy waits a second for our end of the connection
    })
    socket.on('close', () => {
      const [head = '', body = ''] = answer.split('\r\n\r\n')
      if (head.startsWith('HTTP/1.1 200') && body !== '') resolve(body.trim())
      else reject(Object.assign(new Error(`bad answer '${answer}'`), { code: 'EBADANSWER' }))
    })
    socket.write('GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n')
  })
}

function isWhole(answer: string): boolean {
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  const length = /^content-length: (\d+)/im.exec(head)?.[1]
  return length !== undefined && body.length >= Number(length)
}

/** Short connections, four at a time, until stopped. */
export function startLoad(port: number, host = '127.0.0.1'): Load {
  const served = new Map<string, number>()
  const lost: string[] = []
  let sent = 0
  let stopped = false
  const work = async (): Promise<void> => {
    while (!stopped) {
      sent++
      try {
        const version = await request(port, host)
        served.set(version, (served.get(version) ?? 0) + 1)
      } catch (error) {
        lost.push((error as NodeJS.ErrnoException).code ?? String(error))
      }
      await delay(pauseMs)
    }
  }
  const workers = Array.from({ length: connections }, work)
  return {
    count: (version) => served.get(version) ?? 0,
    stop: async () => {
      stopped = true
      await Promise.all(workers)
      return { sent, served, lost }
    },
  }
}
