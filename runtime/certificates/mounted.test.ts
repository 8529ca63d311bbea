import { expect } from 'chai'
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as tlsConnect } from 'node:tls'
import { createManualClock } from '../clock/manualClock.ts'
import type { ManualClock } from '../clock/manualClock.ts'
import { listen } from '../metrics/httpServer.ts'
import { until } from '../testing/until.ts'
import { createMountedCertificate } from './mountedCertificate.ts'
import { createMountedTrust } from './mountedTrust.ts'
import type { ServingCertificate } from './servingCertificate.ts'
import type { Trust } from './trust.ts'
import { createCa, createLeaf } from './x509.ts'
import type { KeyPair } from './x509.ts'

const name = 'webhook.system.svc'
const hourMs = 3_600_000
const overlapMs = 60_000

/** Fills a folder as the kubelet fills a volume of a Secret. */
function createVolume() {
  const directory = mkdtempSync(join(tmpdir(), 'baton-mounted-'))
  let version = 0
  return {
    directory,
    write: (files: Readonly<Record<string, string>>): void => {
      const folder = `..version-${++version}`
      mkdirSync(join(directory, folder))
      for (const [file, text] of Object.entries(files))
        writeFileSync(join(directory, folder, file), text)
      symlinkSync(folder, join(directory, '..data_tmp'))
      renameSync(join(directory, '..data_tmp'), join(directory, '..data'))
    },
    remove: () => {
      rmSync(directory, { recursive: true })
    },
  }
}

describe('a certificate that another one makes', () => {
  let volume: ReturnType<typeof createVolume>
  let clock: ManualClock
  let stop: AbortController
  let running: Promise<void>[]
  let certificate: ServingCertificate
  /** What the verifier has been told. */
  let told: string
  let trust: Trust

  beforeEach(() => {
    volume = createVolume()
    clock = createManualClock(Date.now())
    stop = new AbortController()
    told = ''
    const { directory } = volume
    certificate = createMountedCertificate({ directory, overlapMs, clock })
    trust = createMountedTrust({ directory, overlapMs, clock, published: () => told })
    running = []
  })
  afterEach(async () => {
    stop.abort()
    await Promise.all(running)
    volume.remove()
  })
  const run = async (...parts: readonly { run(signal: AbortSignal): Promise<void> }[]) => {
    for (const part of parts) running.push(part.run(stop.signal))
    await until(() => clock.sleepers() === running.length)
  }
  const look = async () => {
    await clock.advance(5_000)
    // Files are read between two sleeps.
    await until(() => clock.sleepers() === running.length)
  }
  const makeCa = () => createCa('a CA', clock.now(), 24 * hourMs)
  const leafOf = (ca: KeyPair, lifetimeMs = 6 * hourMs) =>
    createLeaf(ca, [name], clock.now(), lifetimeMs)
  const filesOf = (ca: KeyPair, leaf: KeyPair) => ({
    'tls.crt': leaf.certificate,
    'tls.key': leaf.key,
    'ca.crt': ca.certificate,
  })

  it('is served when it comes, and the next one by the same CA at once', async () => {
    const ca = await makeCa()
    await run(certificate)
    expect(certificate.check()).to.include('no certificate')
    for (const leaf of [await leafOf(ca), await leafOf(ca)]) {
      volume.write(filesOf(ca, leaf))
      await look()
      expect(certificate.current()?.cert).to.equal(leaf.certificate)
      expect(certificate.check()).to.equal(undefined)
    }
  })

  it('by another CA is served when that has been trusted for the overlap', async () => {
    const [a, b] = [await makeCa(), await makeCa()]
    const [before, after] = [await leafOf(a), await leafOf(b)]
    volume.write(filesOf(a, before))
    await run(certificate, trust)
    told = trust.bundle() ?? ''
    volume.write(filesOf(b, after))
    await look()
    expect(trust.bundle()).to.equal(b.certificate + a.certificate)
    expect(certificate.current()?.cert).to.equal(before.certificate)
    await clock.advance(overlapMs)
    await until(() => certificate.current()?.cert === after.certificate)
  })

  it('by another CA does not wait longer than the present one lives', async () => {
    const [a, b] = [await makeCa(), await makeCa()]
    const [before, after] = [await leafOf(a, 40_000), await leafOf(b)]
    volume.write(filesOf(a, before))
    await run(certificate)
    volume.write(filesOf(b, after))
    await look()
    expect(certificate.current()?.cert).to.equal(before.certificate)
    await clock.advance(30_000)
    await until(() => certificate.current()?.cert === after.certificate)
    expect(certificate.check()).to.equal(undefined)
  })

  it('keeps what was trusted before until it expires, and no more than fits', async () => {
    const old = await createCa('old', clock.now(), hourMs)
    const ca = await makeCa()
    told = old.certificate
    volume.write({ 'ca.crt': ca.certificate })
    await run(trust)
    expect(trust.bundle()).to.equal(ca.certificate + old.certificate)
    await clock.advance(hourMs)
    expect(trust.bundle()).to.equal(ca.certificate)
    const many = await Promise.all(Array.from({ length: 9 }, makeCa))
    told = many.map((one) => one.certificate).join('')
    expect(trust.bundle()?.match(/BEGIN/g)).to.have.lengthOf(5)
    expect(trust.bundle()).to.include(ca.certificate)
  })

  it('is not replaced by what cannot serve', async () => {
    const ca = await makeCa()
    const [leaf, other] = [await leafOf(ca), await leafOf(ca)]
    volume.write(filesOf(ca, leaf))
    await run(certificate)
    for (const files of [
      {},
      { ...filesOf(ca, other), 'tls.key': leaf.key },
      { ...filesOf(ca, other), 'tls.key': 'rubbish' },
      {
        ...filesOf(ca, other),
        'tls.crt': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      },
      { ...filesOf(ca, other), 'ca.crt': '' },
    ]) {
      volume.write(files)
      await look()
      expect(certificate.current()?.cert).to.equal(leaf.certificate)
    }
  })

  /** Handshakes that a verifier refuses, who hears of each new CA two looks after it came. */
  const refusalsOver = async (rotations: number, overlap: number): Promise<number> => {
    const { directory } = volume
    const served = createMountedCertificate({ directory, overlapMs: overlap, clock })
    const [ca] = [await makeCa()]
    volume.write(filesOf(ca, await leafOf(ca)))
    await run(served, trust)
    told = trust.bundle() ?? ''
    const material = () => ({
      cert: served.current()?.cert ?? '',
      key: served.current()?.key ?? '',
    })
    const server = createServer(material())
    served.onChange(() => {
      server.setSecureContext(material())
    })
    const port = await listen(server, 0, '127.0.0.1')
    let refused = 0
    try {
      for (let rotation = 0; rotation < rotations; rotation++) {
        const next = await makeCa()
        volume.write(filesOf(next, await leafOf(next)))
        for (let looks = 0; looks < 20; looks++) {
          await look()
          if (looks === 2) told = trust.bundle() ?? ''
          if (!(await isTrusted(port, told))) refused++
        }
      }
    } finally {
      server.close()
    }
    return refused
  }
  it('rotates CA after CA and no handshake is refused', async () => {
    expect(await refusalsOver(4, overlapMs)).to.equal(0)
  }).timeout(20_000)
  it('refuses handshakes when a rotation does not overlap', async () => {
    expect(await refusalsOver(4, 1)).to.be.above(0)
  }).timeout(20_000)
})

async function isTrusted(port: number, ca: string): Promise<boolean> {
  const socket = tlsConnect({
    port,
    host: '127.0.0.1',
    ca: ca.split(/(?<=END CERTIFICATE-----\n)/),
    servername: name,
  })
  return new Promise((resolve) => {
    socket.once('error', () => {
      resolve(false)
    })
    socket.once('secureConnect', () => {
      resolve(true)
      socket.destroy()
    })
  })
}
