import { expect } from 'chai'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { sharedLibraries } from './closure.ts'
import { packagedImage } from './packagedProxies.ts'
import { runInImage } from './testing/runInImage.ts'

const PROGRAM = '/usr/bin/env'

describe('an image of unpacked packages', () => {
  let root: string
  let library: string

  const put = (from: string, to: string): void => {
    mkdirSync(dirname(join(root, to)), { recursive: true })
    copyFileSync(from, join(root, to))
  }

  beforeEach('unpack packages, made of files of this machine', () => {
    root = mkdtempSync(join(tmpdir(), 'baton-unpacked-'))
    const paths = Object.keys(sharedLibraries(PROGRAM))
    library = paths.find((path) => path.includes('/libc.so')) ?? ''
    // Wherever programs look for the loader, its package has it beside the C library.
    for (const path of paths) put(path, join(dirname(library), basename(path)))
    for (const name of ['haproxy', 'nginx']) put(PROGRAM, `/usr/sbin/${name}`)
  })
  afterEach(() => {
    rmSync(root, { recursive: true, force: true })
  })

  for (const [name, path] of [
    ['haproxy', '/usr/local/sbin/haproxy'],
    ['nginx', '/usr/sbin/nginx'],
  ] as const)
    it(`runs ${name} where manifests look for it`, function () {
      const image = packagedImage({ name, root, version: '1.30.6' })
      expect(image.name).to.equal(`registry.baton.test:5000/${name}:1.30.6`)
      expect(runInImage(this, image, [path, 'A=1'])).to.include('A=1\n')
    })

  it('of one version has two tags that differ, for an upgrade from one to the other', () => {
    const [one, two] = ['a', 'b'].map((tag) =>
      packagedImage({ name: 'nginx', root, version: '1.30.6', tag }),
    )
    expect(two?.name).to.equal('registry.baton.test:5000/nginx:b')
    expect(two?.digest).not.to.equal(one?.digest)
    expect(two?.blobs.slice(2)).to.deep.equal(one?.blobs.slice(2))
  })

  it('takes no library of this machine for one that the packages lack', () => {
    rmSync(join(root, library))
    expect(() => packagedImage({ name: 'nginx', root, version: '1' })).to.throw(/libc\.so/)
  })

  it('is not made without a loader of its own', () => {
    rmSync(join(root, 'lib'), { recursive: true })
    expect(() => packagedImage({ name: 'nginx', root, version: '1' })).to.throw(
      `there is no dynamic loader below ${root}`,
    )
  })
})
