import { expect } from 'chai'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildImage, buildLayer, writeArchive } from './oci.ts'
import type { ImageSpec } from './oci.ts'

const spec: ImageSpec = {
  name: 'registry.test:5000/team/tool:1.2.3',
  entrypoint: ['/bin/tool'],
  cmd: ['--fast'],
  env: { COLOUR: 'red' },
  user: '1337',
  labels: { 'baton.dev/part': 'test' },
  files: {
    '/etc/tool/tool.conf': { text: 'a = 1\n' },
    '/bin/tool': { text: '#!/bin/sh\n', mode: 0o755 },
    '/bin/alias': { link: 'tool' },
  },
  dirs: { '/tmp': 0o1777 },
}

describe('an OCI image', () => {
  let directory = ''
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'baton-oci-'))
  })
  after(() => {
    rmSync(directory, { recursive: true })
  })

  it('has the same digest today as when this test was written', () => {
    expect(buildImage(spec).digest).to.equal(
      'sha256:26e5b9e67239008425b50eb3e3d4fe878df023b64f618c69a1c950d64d942b89',
    )
  })

  const differences: Record<string, Partial<ImageSpec>> = {
    'another entrypoint': { entrypoint: ['/bin/alias'] },
    'another user': { user: '0' },
    'another file content': { files: { '/bin/tool': { text: 'x' } } },
    'another file mode': { files: { '/bin/tool': { text: '#!/bin/sh\n', mode: 0o700 } } },
    'another label': { labels: {} },
    'a base layer': { base: [buildLayer({ files: { '/base': { text: 'base' } } })] },
  }
  for (const [difference, change] of Object.entries(differences))
    it(`has another digest with ${difference}`, () => {
      expect(buildImage({ ...spec, ...change }).digest).not.to.equal(buildImage(spec).digest)
    })

  it('does not depend on the order in which files are named', () => {
    const files = Object.fromEntries(Object.entries(spec.files ?? {}).toReversed())
    expect(buildImage({ ...spec, files }).digest).to.equal(buildImage(spec).digest)
  })

  it('does not depend on the time, the name or the exact mode of a host file', () => {
    const layers = ['one', 'two'].map((name, index) => {
      const file = join(directory, name)
      writeFileSync(file, 'same', { mode: index === 0 ? 0o600 : 0o644 })
      utimesSync(file, 1000 * index, 1000 * index)
      return buildLayer({ files: { '/x': { fromHost: file } } })
    })
    expect(layers[0]?.digest).to.equal(layers[1]?.digest)
  })

  it('refuses a path that is not absolute', () => {
    expect(() => buildLayer({ files: { 'etc/x': { text: '' } } })).to.throw(/must be absolute/)
  })

  it('is written as an archive that tar unpacks to an OCI layout', () => {
    const base = buildLayer({ files: { '/base': { text: 'base' } } })
    const first = buildImage({ ...spec, base: [base] })
    const second = buildImage({ ...spec, name: 'localhost/other:2', user: '0', base: [base] })
    const file = join(directory, 'deep/er/images.tar')
    writeArchive([first, second], file)
    expect(readdirSync(join(directory, 'deep/er'))).to.deep.equal(['images.tar'])

    const layout = mkdtempSync(join(directory, 'layout-'))
    run('tar', '-xf', file, '-C', layout)
    const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as {
      manifests: { digest: string; annotations: Record<string, string> }[]
    }
    expect(index.manifests.map((entry) => entry.digest)).to.deep.equal([
      first.digest,
      second.digest,
    ])
    expect(
      index.manifests.map((entry) => entry.annotations['io.containerd.image.name']),
    ).to.deep.equal([first.name, second.name])
    const digests = readdirSync(join(layout, 'blobs/sha256'))
    // Two layers in common, a configuration and a manifest each.
    expect(digests).to.have.length(6)
    for (const digest of digests) {
      const bytes = readFileSync(join(layout, 'blobs/sha256', digest))
      expect(createHash('sha256').update(bytes).digest('hex')).to.equal(digest)
    }
  })

  it('holds files, links and directories with their modes, owned by root', () => {
    const layer = buildLayer(spec)
    const file = join(directory, 'layer.tar')
    writeFileSync(file, Buffer.concat(layer.chunks.filter((chunk) => Buffer.isBuffer(chunk))))
    const listing = run('tar', '--numeric-owner', '--utc', '-tvf', file)
      .trim()
      .split('\n')
      .map((line) => line.replace(/\s+/g, ' '))
    expect(listing).to.deep.equal([
      'drwxr-xr-x 0/0 0 1970-01-01 00:00 bin/',
      'lrwxrwxrwx 0/0 0 1970-01-01 00:00 bin/alias -> tool',
      '-rwxr-xr-x 0/0 10 1970-01-01 00:00 bin/tool',
      'drwxr-xr-x 0/0 0 1970-01-01 00:00 etc/',
      'drwxr-xr-x 0/0 0 1970-01-01 00:00 etc/tool/',
      '-rw-r--r-- 0/0 6 1970-01-01 00:00 etc/tool/tool.conf',
      'drwxrwxrwt 0/0 0 1970-01-01 00:00 tmp/',
    ])
  })
})

function run(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  expect(status, stderr).to.equal(0)
  return stdout
}
