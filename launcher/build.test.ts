import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { buildLauncher, LauncherBuildError } from './build.ts'

const execute = promisify(execFile)

describe('building the launcher', function () {
  this.timeout(120_000)
  let directory: string

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'baton-build-'))
  })
  afterEach(() => rm(directory, { recursive: true }))

  it('gives the same bytes each time, below 100 KB', async () => {
    const files = ['one', 'other'].map((name) => join(directory, name))
    for (const outFile of files) await buildLauncher({ outFile })
    const [one, other] = await Promise.all(files.map((file) => readFile(file)))
    expect(one?.equals(other ?? Buffer.alloc(0))).to.equal(true)
    expect(one?.length).to.be.within(20_000, 100_000)
  })

  it('gives a program that installs itself, also over one that runs', async () => {
    const outFile = join(directory, 'launcher')
    const copy = join(directory, 'copy')
    await buildLauncher({ outFile })
    for (let i = 0; i < 2; i++) await execute(outFile, ['install', copy])
    expect(await readFile(copy)).to.deep.equal(await readFile(outFile))
    expect((await stat(copy)).mode & 0o777).to.equal(0o755)
    const { stdout } = await execute(copy, ['version'])
    expect(stdout).to.match(/^baton launcher \d+\.\d+\.\d+, protocol 1\n$/)
  })

  it('says what to install when musl-gcc is missing', async () => {
    const path = process.env['PATH']
    process.env['PATH'] = directory
    try {
      await buildLauncher({ outFile: join(directory, 'launcher') })
      expect.fail('it was built without a compiler')
    } catch (error) {
      expect(error).to.be.instanceOf(LauncherBuildError)
      expect(error).to.have.property('code', 'MUSL_GCC_MISSING')
      expect(String(error)).to.include('musl-tools')
    } finally {
      process.env['PATH'] = path
    }
  })
})
