import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sanitizerReports } from './testing/binary.ts'

const execute = promisify(execFile)
const mocha = join(import.meta.dirname, '../node_modules/mocha/bin/mocha.js')
const rounds = ['control', 'exec', 'keeper', 'connections', 'ending', 'exits', 'rubbish']

/** The same tests once more, against the same sources compiled with gcc's sanitizers. */
describe('launcher compiled with sanitizers', function () {
  this.timeout(200_000)
  let reports: string

  beforeEach(async () => {
    reports = await mkdtemp(join(tmpdir(), 'baton-sanitizer-'))
    await chmod(reports, 0o777) // the launcher that reports has another uid
  })
  afterEach(() => rm(reports, { recursive: true }))

  it('passes the tests of its protocols without a report', async () => {
    const files = rounds.map((name) => join(import.meta.dirname, `${name}.test.ts`))
    const env = {
      ...process.env,
      [sanitizerReports]: reports,
      // Where stderr goes is the test's business; the first error ends the process.
      ASAN_OPTIONS: `log_path=${reports}/asan:detect_leaks=0`,
      UBSAN_OPTIONS: `log_path=${reports}/ubsan:print_stacktrace=1`,
    }
    let failure = ''
    try {
      await execute(
        process.execPath,
        [mocha, '--timeout', '60000', '--reporter', 'dot', ...files],
        {
          env,
          timeout: 180_000,
          maxBuffer: 16 * 1024 * 1024,
        },
      )
    } catch (error) {
      failure = String((error as { stdout?: string }).stdout ?? error)
    }
    for (const name of await readdir(reports)) {
      failure += await readFile(join(reports, name), 'utf8')
    }
    expect(failure).to.equal('')
  })
})
