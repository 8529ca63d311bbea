import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { fixedAddresses } from '../testing/fixedAddresses.ts'
import { SanitizedBuild } from '../testing/sanitizedBuild.ts'

const execute = promisify(execFile)
const runs: Readonly<Record<string, number>> = { control: 6000, keeper: 3000, link: 3000 }
const deadlineMs = 120_000

describe('random input', function () {
  this.timeout(150_000)
  let directory: string
  let build: SanitizedBuild

  before('compile with sanitizers', async () => {
    directory = await mkdtemp(join(tmpdir(), 'baton-fuzz-'))
    build = new SanitizedBuild(directory)
    await build.compile('.')
    await build.compile('fuzz')
  })
  after(() => rm(directory, { recursive: true }))

  async function fuzzer(name: string): Promise<string> {
    const launcher = (await build.objects('.')).filter((one) => one !== 'main' && one !== 'log')
    return build.link(name, [...launcher, ...(await build.objects('fuzz'))], '-Wl,--wrap=fork')
  }

  /** What was found, or '' for nothing. */
  async function fuzz(program: string, target: string, seed: number): Promise<string> {
    const words = [program, target, String(seed), String(runs[target])]
    try {
      const [first = '', ...rest] = await fixedAddresses(words)
      const { stdout } = await execute(first, rest, { timeout: deadlineMs })
      expect(stdout).to.equal(`${target}: ${String(runs[target])} runs, nothing found\n`)
      return ''
    } catch (error) {
      const { stderr } = error as { stderr?: string }
      return stderr !== undefined && stderr !== '' ? stderr : String(error)
    }
  }

  for (const target of Object.keys(runs)) {
    it(`from a seed finds nothing in ${target}`, async () => {
      expect(await fuzz(await fuzzer('fuzzer'), target, 1)).to.equal('')
    })
  }

  const faults: Record<
    string,
    readonly [source: string, right: string, wrong: string, target: string, seen: string]
  > = {
    'a length that is not checked': [
      'address.c',
      '|| (size_t)(colon - text) >= sizeof host',
      '',
      'control',
      'stack-buffer-overflow',
    ],
    'a table that is too small': [
      'slot_exec.c',
      'if (count == ARGS_MAX)',
      'if (count == 4 * ARGS_MAX)',
      'control',
      'insufficient space',
    ],
    'a character that is not escaped': [
      'text.c',
      '|| *byte > 0x7e',
      '',
      'control',
      'expected printable characters only',
    ],
    'a descriptor of a peer that is not closed': [
      'wire.c',
      'close(got[i]);',
      '',
      'keeper',
      'expected as many descriptors',
    ],
  }
  for (const [what, [source, right, wrong, target, seen]] of Object.entries(faults)) {
    it(`finds ${what}`, async () => {
      const text = await readFile(join(import.meta.dirname, '..', source), 'utf8')
      expect(text.split(right), 'the line that is broken is there once').to.have.length(2)
      const broken = join(directory, source)
      await writeFile(broken, text.replace(right, wrong))
      await build.compileAs(broken, source)
      try {
        expect(await fuzz(await fuzzer('broken'), target, 1)).to.include(seen)
      } finally {
        await build.compileAs(join(import.meta.dirname, '..', source), source)
      }
    })
  }
})
