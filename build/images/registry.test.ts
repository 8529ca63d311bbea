import { expect } from 'chai'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildImage, manifestMediaType } from './oci.ts'
import { startRegistry } from './registry.ts'
import type { Registry } from './registry.ts'

const image = buildImage({ name: 'registry.test:5000/team/tool:1', files: { '/a': { text: 'a' } } })
const layerDigest = image.blobs.at(-1)?.digest ?? ''

describe('the registry', () => {
  let registry: Registry
  let directory = ''
  const get = (path: string, method = 'GET'): Promise<Response> =>
    fetch(`http://${registry.address}${path}`, { method, signal: AbortSignal.timeout(5000) })

  const untilOneHangs = async (): Promise<void> => {
    const deadline = Date.now() + 5000
    while (!registry.requests.some(({ status }) => status === 0)) {
      if (Date.now() > deadline) throw new Error('no request was left hanging within 5 s')
      await get('/v2/')
    }
  }

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'baton-registry-'))
    registry = await startRegistry({ host: '127.0.0.1', port: 0, images: [image] })
  })
  afterEach(async () => {
    await registry.close()
    rmSync(directory, { recursive: true })
  })

  it('says that it speaks version 2', async () => {
    expect((await get('/v2/')).status).to.equal(200)
  })

  for (const reference of ['1', image.digest])
    it(`serves the manifest by ${reference === '1' ? 'tag' : 'digest'}`, async () => {
      const response = await get(`/v2/team/tool/manifests/${reference}?ns=registry.test`)
      expect(response.status).to.equal(200)
      expect(response.headers.get('content-type')).to.equal(manifestMediaType)
      expect(response.headers.get('docker-content-digest')).to.equal(image.digest)
      expect(await digestOf(response)).to.equal(image.digest)
    })

  it('answers HEAD with the length and without the body', async () => {
    const response = await get(`/v2/team/tool/blobs/${layerDigest}`, 'HEAD')
    expect(response.headers.get('content-length')).to.equal(String(image.blobs.at(-1)?.size))
    expect(await response.text()).to.equal('')
  })

  it('serves every blob of an image', async () => {
    for (const { digest } of image.blobs)
      expect(await digestOf(await get(`/v2/team/tool/blobs/${digest}`))).to.equal(digest)
  })

  it('streams a layer with a big host file', async () => {
    const file = join(directory, 'big')
    writeFileSync(file, Buffer.alloc(20 * 1024 * 1024, 'big'))
    const big = buildImage({ name: 'registry.test/big:1', files: { '/big': { fromHost: file } } })
    registry.addImage(big)
    const digest = big.blobs.at(-1)?.digest ?? ''
    expect(await digestOf(await get(`/v2/big/blobs/${digest}`))).to.equal(digest)
  })

  it('breaks off when the host file is not what the image was made of', async () => {
    const file = join(directory, 'big')
    writeFileSync(file, Buffer.alloc(20 * 1024 * 1024, 'big'))
    const big = buildImage({ name: 'registry.test/big:1', files: { '/big': { fromHost: file } } })
    registry.addImage(big)
    truncateSync(file, 1024)
    const outcome = await get(`/v2/big/blobs/${big.blobs.at(-1)?.digest ?? ''}`)
      .then((response) => response.arrayBuffer())
      .then(
        () => 'whole',
        () => 'broken off',
      )
    expect(outcome).to.equal('broken off')
  })

  it('serves an image of the same name instead of the one before', async () => {
    const next = buildImage({ name: image.name, files: { '/a': { text: 'b' } } })
    registry.addImage(next)
    expect(await digestOf(await get('/v2/team/tool/manifests/1'))).to.equal(next.digest)
    expect((await get(`/v2/team/tool/manifests/${image.digest}`)).status).to.equal(200)
  })

  const unknown = {
    'an unknown tag': ['/v2/team/tool/manifests/2', 404, 'MANIFEST_UNKNOWN'],
    'an unknown repository': ['/v2/tool/manifests/1', 404, 'MANIFEST_UNKNOWN'],
    'an unknown blob': ['/v2/team/tool/blobs/sha256:00', 404, 'BLOB_UNKNOWN'],
    'any other path': ['/', 404, 'MANIFEST_UNKNOWN'],
  } as const
  for (const [what, [path, status, code]] of Object.entries(unknown))
    it(`answers ${status} to ${what}`, async () => {
      const response = await get(path)
      expect(response.status).to.equal(status)
      expect(await response.text()).to.contain(`"code":"${code}"`)
    })

  it('takes no writes', async () => {
    expect((await get('/v2/team/tool/blobs/uploads/', 'POST')).status).to.equal(405)
  })

  it('fails for one image as told, until it is healed', async () => {
    registry.setFault(image.name, { kind: 'status', status: 503 })
    expect((await get('/v2/team/tool/manifests/1')).status).to.equal(503)
    registry.setFault(image.name, undefined)
    expect((await get('/v2/team/tool/manifests/1')).status).to.equal(200)
  })

  it('leaves requests for one image hanging until it is healed', async () => {
    registry.setFault(image.name, { kind: 'hang' })
    const answered = get('/v2/team/tool/manifests/1')
    await untilOneHangs()
    expect(
      await Promise.race([answered.then(() => 'answered'), get('/v2/').then(() => 'hangs')]),
    ).to.equal('hangs')
    registry.setFault(image.name, undefined)
    expect((await answered).status).to.equal(200)
  })

  it('closes although a request hangs', async () => {
    registry.setFault(image.name, { kind: 'hang' })
    const broken = new Promise<string>((resolve) => {
      request(`http://${registry.address}/v2/team/tool/manifests/1`)
        .on('error', (error) => {
          resolve(error.message)
        })
        .end()
    })
    await untilOneHangs()
    await registry.close()
    expect(await broken).to.equal('socket hang up')
    registry = await startRegistry({ host: '127.0.0.1', port: 0 })
  })

  it('keeps a ledger of what was asked', async () => {
    await get('/v2/team/tool/manifests/1')
    await get('/v2/none/manifests/1', 'HEAD')
    expect(registry.requests).to.deep.equal([
      { method: 'GET', path: '/v2/team/tool/manifests/1', status: 200 },
      { method: 'HEAD', path: '/v2/none/manifests/1', status: 404 },
    ])
  })
})

async function digestOf(response: Response): Promise<string> {
  const bytes = Buffer.from(await response.arrayBuffer())
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}
