import { expect } from 'chai'
import type { Lock } from './npmPackages.ts'
import { packagesOf, purlOf } from './npmPackages.ts'

const lock: Lock = {
  'node_modules/undici': { version: '7.0.0', license: 'MIT', integrity: 'sha512-AA==' },
  'node_modules/@scope/a': { version: '1.0.0' },
  'node_modules/@scope/a/node_modules/undici': { version: '6.0.0' },
}

describe('the packages of a bundle', () => {
  const files: Readonly<Record<string, string>> = {
    'node_modules/undici/lib/index.js': 'pkg:npm/undici@7.0.0',
    'node_modules/@scope/a/index.js': 'pkg:npm/%40scope/a@1.0.0',
    'node_modules/@scope/a/node_modules/undici/index.js': 'pkg:npm/undici@6.0.0',
    '../elsewhere/node_modules/undici/index.js': 'pkg:npm/undici@7.0.0',
  }
  for (const [file, purl] of Object.entries(files))
    it(`are ${purl} for ${file}`, () => {
      expect(packagesOf([file], lock).map(purlOf)).to.deep.equal([purl])
    })

  it('do not count files of ours, and count each once', () => {
    const both = ['node_modules/undici/a.js', 'node_modules/undici/b.js', 'operator/main.ts']
    expect(packagesOf(both, lock).map(purlOf)).to.deep.equal(['pkg:npm/undici@7.0.0'])
  })

  it('count one version once, wherever it is', () => {
    const twice: Lock = { ...lock, 'node_modules/b/node_modules/undici': { version: '7.0.0' } }
    const files = ['node_modules/undici/a.js', 'node_modules/b/node_modules/undici/a.js']
    expect(packagesOf(files, twice).map(purlOf)).to.deep.equal(['pkg:npm/undici@7.0.0'])
  })

  it('must be in the lockfile', () => {
    expect(() => packagesOf(['node_modules/other/a.js'], lock)).to.throw('node_modules/other')
  })
})
