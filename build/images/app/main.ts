import type { Server } from 'node:net'
import { createActivity } from './activity.ts'
import { readConfig } from './config.ts'
import { createEchoServer } from './echo.ts'
import { createHttpServer } from './http.ts'

const backlog = 4096

/**
 * The demo's application. SIGTERM does not stop it from serving: the pod's endpoint is still in
 * use then. It ends when nothing has come in for a while, at the latest before the pod's grace
 * period is over.
 */
const config = readConfig(process.env)
const activity = createActivity(() => performance.now())

for (const host of config.hosts) {
  listen(createHttpServer(activity, config.upstream), host, config.port)
  listen(createEchoServer(activity), host, config.echoPort)
}
process.once('SIGTERM', () => {
  console.log('SIGTERM: serving until it is quiet')
  const deadline = performance.now() + config.graceMs
  const timer = setInterval(() => {
    const quiet = activity.idleMs() >= config.quietMs
    if (!quiet && performance.now() < deadline) return
    clearInterval(timer)
    console.log(quiet ? 'quiet: ending' : 'ending with work in hand')
    process.exit(0)
  }, 50)
})

function listen(server: Server, host: string, port: number): void {
  server.on('error', (error: NodeJS.ErrnoException) => {
    // A pod without IPv6 has no ::1 either.
    if (error.code === 'EADDRNOTAVAIL' && host.includes(':')) return
    console.error(`cannot listen on ${host} port ${port}: ${error.message}`)
    process.exit(1)
  })
  server.listen({ host, port, backlog }, () => {
    console.log(`listening on ${host} port ${port}`)
  })
}
