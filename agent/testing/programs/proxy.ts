import { createServer } from 'node:http'

/**
 * A stand-in for a proxy in tests, small and quick to start: listens on the ports of its arguments,
 * answers every request with its version, and on SIGTERM or SIGQUIT stops listening and ends with its last
 * connection. `node proxy.ts VERSION DELAY_MS PORT...` listens after a delay; the path /slow
 * answers after 2 s, and /quit makes it exit with code 9.
 */
const [version = '', delayMs = '0', ...ports] = process.argv.slice(2)

const servers = ports.map((port) => {
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    if (request.url === '/quit') process.exit(9)
    if (leaving) response.setHeader('connection', 'close')
    response.setHeader('x-version', version)
    const answer = (): void => {
      response.end('ok\n')
    }
    if (request.url === '/hang') {
      response.write('begun\n')
      return
    }
    if (request.url === '/slow') setTimeout(answer, 2000)
    else answer()
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
    leaving = true
    clearInterval(stay)
    for (const server of servers) server.close()
  })
}
