import { expect } from 'chai'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { buildKubernetes, contentKey, programs } from './build.ts'

describe('the build of Kubernetes', function () {
  this.timeout(30_000)
  let outDir: string

  beforeEach(async () => {
    outDir = await mkdtemp(join(tmpdir(), 'baton-build-'))
  })

  afterEach(async () => {
    await rm(outDir, { recursive: true })
  })

  it('leaves nothing when it is interrupted, and removes what a killed one left', async () => {
    const { version, key } = await contentKey()
    await mkdir(join(outDir, `.kubernetes-${version}-${key}-killed`))
    const interrupt = new AbortController()
    const log = () => {
      interrupt.abort(new Error('interrupted by the test'))
    }
    const build = buildKubernetes({ outDir, log, signal: interrupt.signal })
    expect(String(await build.catch((error: unknown) => error))).to.match(/interrupted by the test/)
    expect(await readdir(outDir)).to.be.empty
  })

  it('answers at once when the same sources were built before', async () => {
    const { version, key } = await contentKey()
    await mkdir(join(outDir, `kubernetes-${version}-${key}`))
    const lines: string[] = []
    const built = await buildKubernetes({ outDir, log: (line) => lines.push(line) })
    expect(lines).to.be.empty
    expect(basename(built.dir)).to.match(/^kubernetes-v1\.\d+\.\d+-[0-9a-f]{12}$/)
    expect(programs.map((program) => join(built.dir, program))).to.include(built.kubectl)
  })
})
