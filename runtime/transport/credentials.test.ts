import { KubeConfig } from '@kubernetes/client-node'
import { expect } from 'chai'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { Server } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCa, createLeaf } from '../certificates/x509.ts'
import type { KeyPair } from '../certificates/x509.ts'
import { createManualClock } from '../clock/manualClock.ts'
import type { ManualClock } from '../clock/manualClock.ts'
import { listen } from '../metrics/httpServer.ts'
import { isApiError } from './apiError.ts'
import { createTransport } from './transport.ts'
import type { Transport } from './transport.ts'

/** A server over TLS that tells which token and which client certificate it was shown. */
describe('credentials', () => {
  let ca: KeyPair
  let server: Server
  let port: number
  let folder: string
  let clock: ManualClock
  let refuseOnce = false
  const transports: Transport[] = []

  before(async () => {
    ca = await createCa('a CA', Date.now(), 3_600_000)
    const leaf = await createLeaf(ca, ['127.0.0.1'], Date.now(), 3_600_000)
    const tls = { cert: leaf.certificate, key: leaf.key, ca: ca.certificate }
    // Client certificates of createLeaf are for servers; whether they are fit is not what is tested.
    const asked = { requestCert: true, rejectUnauthorized: false }
    server = createServer({ ...tls, ...asked }, (request, response) => {
      const { socket, headers } = request
      const shown =
        'getPeerCertificate' in socket ? (socket as PeerSocket).getPeerCertificate() : {}
      response.statusCode = refuseOnce ? 401 : 200
      refuseOnce = false
      response.setHeader('connection', 'close')
      response.end(JSON.stringify({ token: headers.authorization, name: shown.subject?.CN }))
    })
    port = await listen(server, 0, '127.0.0.1')
  })
  after(() => {
    server.close()
    server.closeAllConnections()
  })
  interface PeerSocket {
    getPeerCertificate(): { readonly subject?: { readonly CN?: string } }
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'credentials-'))
    clock = createManualClock(Date.now())
  })
  afterEach(async () => {
    for (const transport of transports.splice(0)) await transport.close()
    await rm(folder, { recursive: true })
  })

  const connect = (user: object, trusted = ca): ((path?: string) => Promise<unknown>) => {
    const kubeConfig = new KubeConfig()
    const caData = Buffer.from(trusted.certificate).toString('base64')
    kubeConfig.loadFromString(
      JSON.stringify({
        'current-context': 'c',
        clusters: [
          {
            name: 'c',
            cluster: {
              server: `https://127.0.0.1:${port}`,
              'certificate-authority-data': caData,
            },
          },
        ],
        users: [{ name: 'u', user }],
        contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      }),
    )
    const transport = createTransport({
      kubeConfig,
      userAgent: 't',
      fieldManager: 't',
      maxRetries: 0,
      clock,
    })
    transports.push(transport)
    return (path = '/') => transport.request({ method: 'GET', path })
  }

  it('trusts only the CA of the kubeconfig', async () => {
    expect(await connect({ token: 'a' })()).to.deep.equal({ token: 'Bearer a' })
    const other = await createCa('a CA', Date.now(), 3_600_000)
    const failure = await connect({ token: 'a' }, other)().catch((e: unknown) => e)
    expect(isApiError(failure, 'ConnectionFailed')).to.equal(true)
  })

  it('takes up a client certificate that was renewed on disk', async () => {
    const [cert, key] = [join(folder, 'tls.crt'), join(folder, 'tls.key')]
    const renew = async (name: string): Promise<void> => {
      const leaf = await createLeaf(ca, [name], Date.now(), 60_000)
      await writeFile(cert, leaf.certificate)
      await writeFile(key, leaf.key)
    }
    await renew('first')
    const request = connect({ 'client-certificate': cert, 'client-key': key })
    expect(await request()).to.include({ name: 'first' })
    await renew('second')
    expect(await request()).to.include({ name: 'first' })
    await clock.advance(10_000)
    expect(await request()).to.include({ name: 'second' })
  })

  it('reads the credentials anew at once when they were refused', async () => {
    const [cert, key] = [join(folder, 'tls.crt'), join(folder, 'tls.key')]
    const renew = async (name: string): Promise<void> => {
      const leaf = await createLeaf(ca, [name], Date.now(), 60_000)
      await writeFile(cert, leaf.certificate)
      await writeFile(key, leaf.key)
    }
    await renew('first')
    const request = connect({ 'client-certificate': cert, 'client-key': key })
    await request()
    await renew('second')
    refuseOnce = true
    expect(await request().catch((e: unknown) => e)).to.include({ code: 'Unauthorized' })
    expect(await request()).to.include({ name: 'second' })
  })
})
