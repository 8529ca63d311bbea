import { expect } from 'chai'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { debianStep, missingPackages } from './debian.ts'

describe('the Debian packages', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'baton-debian-'))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })
  const provide = (...programs: string[]): void => {
    mkdirSync(folder, { recursive: true })
    for (const program of programs) {
      writeFileSync(join(folder, program), '')
      chmodSync(join(folder, program), 0o755)
    }
  }
  const needsPip = (): boolean => false
  const programs = [
    'containerd',
    'runc',
    'iptables',
    'nft',
    'ip',
    'ps',
    'prometheus',
    'python3',
    'musl-gcc',
    'gcc',
  ]

  it('are missing when what they bring is missing', () => {
    expect(missingPackages({ path: [folder], needsPip })).to.include.members([
      'containerd',
      'runc',
      'iptables',
      'nftables',
      'iproute2',
      'procps',
      'python3',
      'musl-tools',
      'gcc',
    ])
  })

  it('are not missed when somebody else brings the programs', () => {
    provide(...programs)
    const missing = missingPackages({ path: ['/nonexistent', folder], needsPip })
    expect(missing).not.to.include.members(['containerd'])
    expect(missing.filter((name) => !/cni|networking|libc|busybox/.test(name))).to.deep.equal([])
  })

  it('cannot be installed without apt-get, which is said with the names', async () => {
    const error = await debianStep({ path: [folder], needsPip })
      .run({ signal: new AbortController().signal, say: () => undefined })
      .catch((reason: unknown) => reason)
    expect(String(error)).to.match(/tried: apt-get install .*containerd[^]*no apt-get/)
  })
})
