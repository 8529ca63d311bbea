import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { givenLauncher } from './testing/binary.ts'
import { fixedAddresses } from './testing/fixedAddresses.ts'
import { SanitizedBuild } from './testing/sanitizedBuild.ts'

const execute = promisify(execFile)
const mocha = join(import.meta.dirname, '../node_modules/mocha/bin/mocha.js')
const rounds = ['control', 'exec', 'keeper', 'connections', 'ending', 'exits', 'rubbish']

/** Of all rounds together: many times what they need alone, for other suites run beside them. */
const DEADLINE_MS = 600_000

/** What Mocha's JSON reporter tells, as far as it is read here. */
interface Told {
  readonly stats: { readonly passes: number }
  readonly failures: readonly {
    readonly fullTitle: string
    readonly err: { readonly message?: string; readonly stack?: string }
  }[]
}

/** The same tests once more, against the same sources compiled with gcc's sanitizers. */
describe('launcher compiled with sanitizers', function () {
  this.timeout(DEADLINE_MS + 20_000)
  let directory: string
  let reports: string
  let launcher: string

  before('compile', async () => {
    directory = await mkdtemp(join(tmpdir(), 'baton-sanitizer-'))
    await chmod(directory, 0o755) // the launcher runs as another user
    const build = new SanitizedBuild(directory)
    await build.compile('.')
    launcher = await build.link('launcher', await build.objects('.'))
    reports = join(directory, 'reports')
    await mkdir(reports)
    await chmod(reports, 0o777)
  })
  after(() => rm(directory, { recursive: true }))

  it('passes the tests of its protocols without a report', async () => {
    const told = await runTests(
      rounds.map((name) => join(import.meta.dirname, `${name}.test.ts`)),
      {
        ...process.env,
        [givenLauncher]: launcher,
        // Where stderr goes is the test's business; the first error ends the process.
        ASAN_OPTIONS: `log_path=${reports}/asan:detect_leaks=0`,
        UBSAN_OPTIONS: `log_path=${reports}/ubsan:print_stacktrace=1`,
      },
    )
    const written = await Promise.all(
      (await readdir(reports)).map((name) => readFile(join(reports, name), 'utf8')),
    )
    const failures = told.failures.map(
      ({ fullTitle, err }) => `${fullTitle}: ${err.stack ?? String(err.message)}`,
    )
    // As messages: of what is compared, an assertion tells the first 40 characters.
    expect(failures.length, failures.join('\n')).to.equal(0)
    expect(written.length, written.join('\n')).to.equal(0)
    expect(told.stats.passes).to.be.greaterThan(rounds.length)
  })
})

/** @throws Error with what Mocha printed, when it told no results */
async function runTests(files: readonly string[], env: NodeJS.ProcessEnv): Promise<Told> {
  // What tests leave open is judged where they run first: here it would be a verdict on time.
  const flags = ['--exit', '--timeout', '120000', '--reporter', 'json']
  const options = { env, timeout: DEADLINE_MS, maxBuffer: 16 * 1024 * 1024 }
  // With failures it ends with their number; what it prints is the same.
  const [program = '', ...words] = await fixedAddresses([
    process.execPath,
    mocha,
    ...flags,
    ...files,
  ])
  const printed = await execute(program, words, options).catch(
    (error: unknown) => error as { readonly stdout: string; readonly stderr: string },
  )
  try {
    return JSON.parse(printed.stdout) as Told
  } catch (cause) {
    const last = `${printed.stdout}${printed.stderr}`.slice(-2000)
    throw new Error(`no results of the tests: ${last}`, { cause })
  }
}
