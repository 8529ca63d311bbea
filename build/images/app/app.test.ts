import { expect } from 'chai'
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../../launcher/testing/ports.ts'

const program = fileURLToPath(new URL('main.ts', import.meta.url))

describe('the demo application', () => {
  let application: ChildProcess
  let output = ''
  let port = 0
  let echoPort = 0

  const get = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(20_000), ...init })
  const start = async (env: Record<string, string> = {}): Promise<void> => {
    output = ''
    port = await freePort()
    echoPort = await freePort()
    application = spawn(process.execPath, [program], {
      env: { APP_HOSTS: '127.0.0.1', APP_PORT: `${port}`, APP_ECHO_PORT: `${echoPort}`, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    application.stdout?.on('data', (bytes: Buffer) => {
      output += bytes.toString()
    })
    await until(() => output.split('listening').length === 3)
  }
  afterEach(async () => {
    if (application.exitCode !== null || application.signalCode !== null) return
    application.kill('SIGKILL')
    await once(application, 'exit')
  })

  it('greets', async () => {
    await start()
    expect(await (await get('/')).text()).to.equal('hello from the application\n')
  })

  it('answers slowly when asked to', async () => {
    await start()
    const begin = performance.now()
    expect((await get('/slow?ms=300')).status).to.equal(200)
    expect(performance.now() - begin).to.be.at.least(295)
  })

  it('streams for as long as asked, with its length said before', async () => {
    await start()
    const begin = performance.now()
    const response = await get('/stream?ms=2000')
    expect(response.headers.get('content-length')).to.equal('320')
    expect(performance.now() - begin).to.be.below(1900)
    expect(await response.text()).to.equal('a chunk a tenth\n'.repeat(20))
    expect(performance.now() - begin).to.be.above(1950)
  })

  it('counts the bytes of an upload', async () => {
    await start()
    const response = await get('/upload', { method: 'POST', body: Buffer.alloc(300_000) })
    expect(await response.text()).to.equal('300000\n')
  })

  it('shows the headers it was sent', async () => {
    await start()
    const headers = await (await get('/echo-headers', { headers: { 'x-test': 'yes' } })).json()
    expect(headers).to.include({ 'x-test': 'yes' })
  })

  it('writes down which hooks were called, in order', async () => {
    await start()
    for (const name of ['offline', 'online']) {
      expect((await get(`/hooks/${name}`, { method: 'POST' })).status).to.equal(200)
    }
    await until(() => output.includes('hook offline\nhook online\n'))
  })

  it('asks its upstream first, and fails when that fails', async () => {
    const upstream = createHttpServer((_request, response) => response.end('yes'))
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
    const { port: upstreamPort } = upstream.address() as AddressInfo
    await start({ APP_UPSTREAM: `http://127.0.0.1:${upstreamPort}/` })
    expect((await get('/')).status).to.equal(200)
    upstream.closeAllConnections()
    await new Promise((resolve) => upstream.close(resolve))
    expect((await get('/')).status).to.equal(502)
  })

  it('echoes TCP', async () => {
    await start()
    const socket = await echo(echoPort)
    socket.end('ping')
    const echoed: Buffer[] = []
    for await (const bytes of socket as AsyncIterable<Buffer>) echoed.push(bytes)
    expect(Buffer.concat(echoed).toString()).to.equal('ping')
  })

  it('goes on serving after SIGTERM and ends when it is quiet', async () => {
    await start({ APP_QUIET_MS: '400' })
    const slow = get('/slow?ms=3000')
    await get('/')
    application.kill('SIGTERM')
    await until(() => output.includes('SIGTERM'))
    expect((await get('/')).status).to.equal(200)
    expect((await slow).status).to.equal(200)
    const [code] = (await once(application, 'close')) as [number]
    expect(code).to.equal(0)
    expect(output).to.contain('quiet: ending')
  })

  it('ends before the pod is killed, whatever it has in hand', async () => {
    await start({ APP_QUIET_MS: '100', APP_GRACE_MS: '300' })
    const socket = await echo(echoPort)
    socket.on('error', () => undefined)
    socket.write('still here')
    await once(socket, 'data')
    application.kill('SIGTERM')
    await once(application, 'close')
    expect(output).to.contain('ending with work in hand')
    socket.destroy()
  })

  it('says why it cannot start', async () => {
    application = spawn(process.execPath, [program], {
      env: { APP_PORT: 'eighty' },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let errors = ''
    application.stderr?.on('data', (bytes: Buffer) => {
      errors += bytes.toString()
    })
    await once(application, 'close')
    expect(errors).to.contain("APP_PORT is 'eighty'; write a number of 0 or more")
  })
})

async function echo(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('the condition did not come true within 20 s')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
