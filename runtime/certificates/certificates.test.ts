import { expect } from 'chai'
import { createServer, get as httpsGet } from 'node:https'
import type { Server } from 'node:https'
import { connect as tlsConnect } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import type { Client } from '../client/client.ts'
import { SECRETS } from '../client/kinds.ts'
import { createManualClock } from '../clock/manualClock.ts'
import type { ManualClock } from '../clock/manualClock.ts'
import { listen } from '../metrics/httpServer.ts'
import { createMetrics } from '../metrics/metrics.ts'
import { startFakeApiServer } from '../testing/apiserver.ts'
import type { FakeApiServer } from '../testing/apiserver.ts'
import { connect } from '../testing/connect.ts'
import { until } from '../testing/until.ts'
import { createAuthority } from './authority.ts'
import type { Authority, AuthorityKeeper, AuthorityOptions } from './authority.ts'
import { createServingCertificate } from './servingCertificate.ts'
import { createCa, createLeaf } from './x509.ts'
import type { KeyPair } from './x509.ts'

const name = 'webhook.system.svc'

/** Does a client that trusts only `ca` accept the server? Gives the server certificate's serial. */
async function handshake(port: number, ca: string, servername = name): Promise<string> {
  const socket = tlsConnect({ port, host: '127.0.0.1', ca, servername })
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('secureConnect', () => {
      resolve(socket.getPeerCertificate().serialNumber)
      socket.destroy()
    })
  })
}

describe('x509', () => {
  let server: Server | undefined
  afterEach(() => {
    server?.close()
    server?.closeAllConnections()
  })
  const serve = async ({ certificate, key }: KeyPair): Promise<number> => {
    server = createServer({ cert: certificate, key })
    return listen(server, 0, '127.0.0.1')
  }

  it('makes leaves that a client who trusts the CA accepts, for their names only', async () => {
    const ca = await createCa('a CA', Date.now(), 3_600_000)
    const port = await serve(await createLeaf(ca, [name, 'webhook'], Date.now(), 3_600_000))
    expect(await handshake(port, ca.certificate)).to.match(/^[0-9A-F]+$/)
    expect(await handshake(port, ca.certificate, 'webhook')).to.match(/^[0-9A-F]+$/)
    const failure = await handshake(port, ca.certificate, 'other.svc').catch((e: unknown) => e)
    expect(failure).to.include({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
  })

  it('makes leaves that nobody else accepts', async () => {
    const ca = await createCa('a CA', Date.now(), 3_600_000)
    const other = await createCa('a CA', Date.now(), 3_600_000)
    const port = await serve(await createLeaf(ca, [name], Date.now(), 60_000))
    expect(await handshake(port, other.certificate).catch((e: unknown) => e)).to.be.instanceOf(
      Error,
    )
  })

  it('makes no leaf that outlives its CA', async () => {
    const ca = await createCa('a CA', Date.now(), 60_000)
    const leaf = await createLeaf(ca, [name], Date.now(), 3_600_000)
    expect(leaf.notAfterMs).to.equal(ca.notAfterMs)
  })
})

describe('authority and serving certificate', () => {
  let server: FakeApiServer
  let client: Client
  let clock: ManualClock
  let stop: AbortController
  let running: Promise<void>[]
  const ref = { namespace: 'system', name: 'webhook-ca' }
  const hourMs = 3_600_000

  beforeEach(async () => {
    server = await startFakeApiServer()
    client = connect(server)
    clock = createManualClock(Date.now())
    stop = new AbortController()
    running = []
  })
  afterEach(async () => {
    stop.abort()
    await Promise.all(running)
    await client.transport.close()
    await server.stop()
  })
  const owner = { apiVersion: 'v1', kind: 'Installation', name: 'all', uid: 'u' }
  const keeper: AuthorityKeeper = {
    caLifetimeMs: 30 * hourMs,
    isTrusted: () => true,
    owner: () => owner,
  }
  const authority = (change: Partial<AuthorityKeeper> = {}): Authority =>
    started({ keeper: { ...keeper, ...change } })
  const reader = (): Authority => started({})
  const started = (options: Pick<AuthorityOptions, 'keeper'>): Authority => {
    const created = createAuthority({
      ...options,
      client,
      namespace: ref.namespace,
      secretName: ref.name,
      propagationMs: hourMs,
      clock,
    })
    running.push(created.run(stop.signal))
    return created
  }
  const certificatesIn = (bundle: string | undefined): number =>
    bundle?.split('BEGIN CERTIFICATE').slice(1).length ?? 0

  it('is created once, however many replicas start together', async () => {
    const all = [authority(), authority(), authority()]
    await Promise.all(all.map((a) => a.ready(stop.signal)))
    const bundles = new Set(all.map((a) => a.bundle()))
    expect(bundles.size).to.equal(1)
    expect(server.list(SECRETS)).to.have.length(1)
    expect(server.requests.some((r) => r.method === 'PATCH')).to.equal(false)
  })

  it('belongs to the installation, and is not made while that is gone', async () => {
    let installed = false
    const one = authority({ owner: () => (installed ? owner : undefined) })
    await until(() => clock.sleepers() === 1)
    expect(server.list(SECRETS)).to.have.length(0)
    installed = true
    await clock.advance(1_000)
    await one.ready(stop.signal)
    expect(server.get(SECRETS, ref)?.metadata.ownerReferences).to.deep.equal([owner])
  })

  const losses: Readonly<Record<string, () => void>> = {
    deletes: () => {
      server.remove(SECRETS, ref)
    },
    breaks: () => {
      server.put(SECRETS, { metadata: ref, data: { 'tls.crt': 'AAAA', 'tls.key': 'AAAA' } })
    },
  }
  for (const [what, lose] of Object.entries(losses))
    it(`is rotated, with overlap, when somebody ${what} the Secret`, async () => {
      const one = authority()
      await one.ready(stop.signal)
      const [signer, bundle = ''] = [one.signer()?.certificate, one.bundle()]
      lose()
      await clock.advance(30_000)
      await until(() => one.bundle() !== bundle)
      expect(certificatesIn(one.bundle())).to.equal(2)
      expect(one.bundle()).to.include(bundle)
      expect(one.signer()?.certificate).to.equal(signer)
      await clock.advance(hourMs)
      await until(() => one.signer()?.certificate !== signer)
      expect(one.bundle()).to.include(bundle)
    })

  it('is never written by one that only reads it', async () => {
    const one = reader()
    await until(() => server.requests.length > 0)
    await clock.advance(60_000)
    expect(server.list(SECRETS)).to.have.length(0)
    const other = authority()
    await other.ready(stop.signal)
    await clock.advance(1_000)
    await one.ready(stop.signal)
    expect(one.signer()).to.deep.equal(other.signer())
    const bundle = one.bundle()
    server.put(SECRETS, { metadata: ref, data: {} })
    const seen = server.requests.length
    await clock.advance(30_000)
    await until(() => server.requests.length > seen)
    expect(one.bundle()).to.equal(bundle)
    expect(server.requests.filter(({ method }) => method === 'POST')).to.have.length(1)
  })

  it('does not sign with a CA that nobody was told of, however long that takes', async () => {
    let told = false
    const one = authority({ isTrusted: () => told })
    await one.ready(stop.signal)
    const first = one.signer()?.certificate
    await clock.advance(21 * hourMs)
    await until(() => certificatesIn(one.bundle()) === 2)
    for (let hours = 0; hours < 5; hours++) await clock.advance(hourMs)
    expect(one.signer()?.certificate).to.equal(first)
    told = true
    await until(async () => {
      await clock.advance(1_000)
      return one.signer()?.certificate !== first
    })
    expect(certificatesIn(one.bundle())).to.equal(2)
  })

  it('rotates: trusts the new CA first, signs with it later, forgets the old one last', async () => {
    const one = authority()
    await one.ready(stop.signal)
    const first = one.signer()?.certificate
    const steps = (): readonly [number, boolean] => [
      certificatesIn(one.bundle()),
      one.signer()?.certificate === first,
    ]
    const reach = async (count: number, old: boolean, mostMs: number): Promise<void> => {
      const endMs = clock.now() + mostMs
      await until(
        async () => {
          const [seen, same] = steps()
          if (seen === count && same === old) return true
          if (clock.now() < endMs) await clock.advance(10_000)
          return false
        },
        { what: `${count} certificates, the old one ${old ? 'signs' : 'does not sign'}` },
      )
    }
    expect(steps()).to.deep.equal([1, true])
    await clock.advance(20 * hourMs - 600_000)
    await reach(2, true, 2_000_000)
    await clock.advance(hourMs - 60_000)
    expect(steps()).to.deep.equal([2, true])
    await reach(2, false, 2_000_000)
    await clock.advance(8 * hourMs)
    await reach(1, false, 3 * hourMs)
  }).timeout(20_000)

  it('gives each replica a leaf of its own, and a new one after two thirds of its life', async () => {
    const metrics = createMetrics()
    const one = authority()
    const leaf = createServingCertificate({
      authority: one,
      dnsNames: [name],
      leafLifetimeMs: 6 * hourMs,
      clock,
      metrics,
    })
    expect(leaf.check()).to.equal('there is no certificate yet')
    running.push(leaf.run(stop.signal))
    await leaf.ready(stop.signal)
    expect(leaf.check()).to.equal(undefined)
    const before = leaf.current()?.cert
    await until(() => clock.sleepers() >= 2)
    await clock.advance(3.5 * hourMs)
    expect(leaf.current()?.cert).to.equal(before)
    await clock.advance(hourMs)
    await until(() => leaf.current()?.cert !== before)
    const text = await metrics.text()
    const seconds = (of: string): number =>
      Number(
        text
          .split(`certificate_${of}_timestamp_seconds{certificate="serving"} `)[1]
          ?.split('\n')[0],
      )
    expect(seconds('expiration')).to.equal((leaf.current()?.notAfterMs ?? 0) / 1000)
    // A third of its life before it ends, and a leaf is backdated a little.
    expect(seconds('expiration') - seconds('renewal')).to.be.closeTo(2 * 3600, 600)
  })
})

describe('hot swap', () => {
  it('gives new connections the new certificate and leaves old ones alone', async () => {
    const ca = await createCa('a CA', Date.now(), 3_600_000)
    const [a, b] = [
      await createLeaf(ca, [name], Date.now(), 60_000),
      await createLeaf(ca, [name], Date.now(), 60_000),
    ]
    const server = createServer({ cert: a.certificate, key: a.key }, (_request, response) => {
      response.end('answered')
    })
    const port = await listen(server, 0, '127.0.0.1')
    const old: TLSSocket = tlsConnect({
      port,
      host: '127.0.0.1',
      ca: ca.certificate,
      servername: name,
    })
    await new Promise((resolve) => old.once('secureConnect', resolve))
    const before = old.getPeerCertificate().serialNumber
    server.setSecureContext({ cert: b.certificate, key: b.key })
    expect(await handshake(port, ca.certificate)).not.to.equal(before)
    const answer = new Promise((resolve, reject) => {
      httpsGet({ createConnection: () => old, host: name }, resolve).on('error', reject)
    })
    expect(await answer).to.include({ statusCode: 200 })
    server.close()
    server.closeAllConnections()
  })
})
