import { createSocket } from 'node:dgram'
import { createServer } from 'node:http'

/**
 * A stand-in for a proxy in tests, small and quick to start: listens on the ports of its arguments,
 * answers every request with its version, and on SIGTERM, SIGQUIT or POST /drain stops listening and
 * ends with its last connection. `node proxy.ts VERSION DELAY_MS PORT...` listens after a delay; the
 * path /held answers when the request has ended, and /quit makes it exit with code 9. After /stubborn it ignores both signals,
 * after /mute it accepts and answers nobody, after /eat it takes all memory it can get. A port `udp:53` is one of UDP.
 */
const [version = '', delayMs = '0', ...words] = process.argv.slice(2)

const datagrams = words.filter((word) => word.startsWith('udp:'))
for (const word of datagrams) {
  createSocket({ type: 'udp4', reusePort: true })
    .bind(Number(word.slice('udp:'.length)))
    .unref()
}

const eaten: Buffer[] = []
let stubborn = false
let mute = false
const servers = words
  .filter((word) => !datagrams.includes(word))
  .map((port) => {
    const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      if (request.url === '/quit') process.exit(9)
      if (request.url === '/stubborn') stubborn = true
      if (request.url === '/mute') mute = true
      if (mute) return
      if (request.url === '/eat') setInterval(() => eaten.push(Buffer.alloc(8 << 20, 1)), 10)
      if (request.url === '/drain' && request.method === 'POST') leave()
      if (leaving) response.setHeader('connection', 'close')
      response.setHeader('x-version', version)
      const answer = (): void => {
        response.end('ok\n')
      }
      if (request.url !== '/hang' && request.url !== '/held') {
        answer()
        return
      }
      response.write('begun\n')
      if (request.url === '/held') request.on('end', answer).resume()
    })
    setTimeout(() => {
      server.listen(Number(port), '0.0.0.0')
    }, Number(delayMs))
    return server
  })

let leaving = false
// One without ports stays, as a proxy does that never comes to listen.
const stay = setInterval(() => undefined, 1000)
for (const name of ['SIGTERM', 'SIGQUIT'] as const) {
  process.on(name, () => {
    if (!stubborn) leave()
  })
}

function leave(): void {
  leaving = true
  clearInterval(stay)
  for (const server of servers) server.close()
}
