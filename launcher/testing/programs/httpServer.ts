// Stands for a proxy: serves its version on every address given, ends gracefully on SIGTERM.
//   node httpServer.ts VERSION HOST:PORT...
import { createServer } from 'node:http'
import { createSocket } from 'node:dgram'

const [version = '', ...addresses] = process.argv.slice(2)

for (const address of addresses) {
  const colon = address.lastIndexOf(':')
  const host = address.slice(0, colon)
  const port = Number(address.slice(colon + 1))
  if (host.startsWith('udp/')) {
    const udp = createSocket('udp4').bind(port, host.slice('udp/'.length))
    process.on('SIGTERM', () => udp.close())
    continue
  }
  const server = createServer((_request, response) => {
    response.setHeader('Connection', 'close')
    response.end(`${version}\n`)
  })
  server.listen({ host, port, ipv6Only: false })
  process.on('SIGTERM', () => server.close())
}
