// Stands for a proxy: serves its version on every address given, ends gracefully on SIGTERM and
// SIGQUIT. "/slow?ms=500" is answered after that time, its head at once.
//   node httpServer.ts VERSION HOST:PORT...
import { createServer } from 'node:http'
import { createSocket } from 'node:dgram'

const [version = '', ...addresses] = process.argv.slice(2)

function onStop(stop: () => void): void {
  for (const signal of ['SIGTERM', 'SIGQUIT']) process.once(signal, stop)
}

for (const address of addresses) {
  const colon = address.lastIndexOf(':')
  const host = address.slice(0, colon)
  const port = Number(address.slice(colon + 1))
  const [protocol = '', udpHost] = host.split('/')
  if (udpHost !== undefined) {
    const udp = createSocket({ type: 'udp4', reusePort: protocol === 'udp+reuseport' })
    udp.on('error', (error: NodeJS.ErrnoException) => {
      console.log(`${version} ${address} ${error.code ?? ''}`)
    })
    udp.bind(port, udpHost)
    udp.on('message', (_message, from) => {
      udp.send(version, from.port, from.address)
    })
    onStop(() => udp.close())
    continue
  }
  const server = createServer((request, response) => {
    response.setHeader('Connection', 'close')
    const { searchParams } = new URL(request.url ?? '/', 'http://proxy')
    const delayMs = Number(searchParams.get('ms') ?? 0)
    if (delayMs === 0) {
      response.end(`${version}\n`)
      return
    }
    response.flushHeaders()
    setTimeout(() => response.end(`${version}\n`), delayMs)
  })
  server.listen({ host, port, ipv6Only: false })
  onStop(() => server.close())
}
