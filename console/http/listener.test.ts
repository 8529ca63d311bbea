import { expect } from 'chai'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { Agent, request } from 'undici'
import { createCa, createLeaf } from '../../runtime/certificates/x509.ts'
import type { KeyPair } from '../../runtime/certificates/x509.ts'
import { silentLogger } from '../../runtime/logging/logger.ts'
import { closeGracefully, listen } from '../../runtime/metrics/httpServer.ts'
import { until } from '../../runtime/testing/until.ts'
import { createListener } from './listener.ts'
import { startConsole } from '../server.ts'
import { kubeConfigOf } from '../testing/consoleWorld.ts'
import { testPage } from '../testing/page.ts'

const HOUR_MS = 3_600_000
const NAMES = ['127.0.0.1', 'console.example.com', 'other.example.com']

describe('the console with a certificate', () => {
  let directory = ''
  const files = () => ({ cert: join(directory, 'tls.crt'), key: join(directory, 'tls.key') })
  const write = ({ certificate, key }: KeyPair): void => {
    writeFileSync(files().cert, certificate)
    writeFileSync(files().key, key)
  }
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'baton-console-tls-'))
  })
  afterEach(() => {
    rmSync(directory, { recursive: true })
  })
  const start = async () =>
    startConsole({
      kubeConfig: kubeConfigOf([{ name: 'east', url: 'http://127.0.0.1:9' }]),
      assets: await testPage(),
      port: 0,
      tls: files(),
      signIn: 'token',
      allowedHosts: ['console.example.com'],
    })

  it('serves TLS to who trusts its CA, under its names, and nothing in the clear', async () => {
    const ca = await createCa('a CA', Date.now(), HOUR_MS)
    write(await createLeaf(ca, NAMES, Date.now(), HOUR_MS))
    const running = await start()
    const dispatcher = new Agent({ connect: { ca: ca.certificate } })
    try {
      expect(running.url).to.match(/^https:\/\/127\.0\.0\.1:\d+$/)
      const page = await request(running.url, { dispatcher })
      expect(page.statusCode).to.equal(200)
      expect(page.headers['strict-transport-security']).to.match(/max-age=/)
      await page.body.dump()
      const asked = async (host: string, origin: string): Promise<number> => {
        const headers = { host, origin, 'content-type': 'application/json' }
        const body = JSON.stringify({ token: ' ' })
        const url = `${running.url}/api/session`
        const answer = await request(url, { method: 'POST', headers, body, dispatcher })
        await answer.body.dump()
        return answer.statusCode
      }
      expect(await asked('console.example.com', 'https://console.example.com')).to.equal(401)
      expect(await asked('console.example.com', 'http://console.example.com')).to.equal(403)
      expect(await asked('other.example.com', 'https://other.example.com')).to.equal(403)
      const inTheClear = request(running.url.replace('https', 'http')).catch(() => 'refused')
      expect(await inTheClear).to.equal('refused')
    } finally {
      await dispatcher.close()
      await running.close()
    }
  })

  it('serves a renewed one once both files are there, and keeps the old one until then', async () => {
    const ca = await createCa('a CA', Date.now(), HOUR_MS)
    const [one, two] = [
      await createLeaf(ca, NAMES, Date.now(), HOUR_MS),
      await createLeaf(ca, NAMES, Date.now(), HOUR_MS),
    ]
    write(one)
    const faults: string[] = []
    const logger = { ...silentLogger, warn: (message: string) => void faults.push(message) }
    const { server, stop } = await createListener(() => undefined, {
      ...{ tls: files(), logger, lookMs: 20 },
    })
    const port = await listen(server, 0, '127.0.0.1')
    const served = (): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = connect({ port, host: '127.0.0.1', ca: ca.certificate }, () => {
          resolve(socket.getPeerX509Certificate()?.toString() ?? '')
          socket.destroy()
        })
        socket.once('error', reject)
      })
    const isServed = async ({ certificate }: KeyPair): Promise<boolean> =>
      (await served()).trim() === certificate.trim()
    try {
      expect(await isServed(one)).to.equal(true)
      writeFileSync(files().cert, two.certificate)
      await until(() => faults.length > 0)
      expect(await isServed(one)).to.equal(true)
      writeFileSync(files().key, two.key)
      await until(() => isServed(two))
    } finally {
      stop()
      await closeGracefully(server, 100)
    }
  })

  it('is not started with a key of another certificate, and says which files', async () => {
    const ca = await createCa('a CA', Date.now(), HOUR_MS)
    const one = await createLeaf(ca, ['a'], Date.now(), HOUR_MS)
    write({ ...one, key: ca.key })
    const error = await start().catch((reason: unknown) => reason)
    expect(String(error)).to.match(/the certificate .*tls\.crt with the key .*tls\.key cannot/)
  })
})
