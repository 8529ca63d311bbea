import { expect } from 'chai'
import { explain, runCommand } from './command.ts'
import { SetupError } from './error.ts'

const never = new AbortController().signal

describe('a command of the set-up', () => {
  it('answers its output and tells each line as it comes', async () => {
    const lines: string[] = []
    const output = await runCommand(['sh', '-c', 'echo one; echo two; echo three >&2'], {
      signal: never,
      remedy: '',
      onLine: (line) => lines.push(line),
    })
    expect(output).to.equal('one\ntwo\n')
    expect(lines.sort()).to.deep.equal(['one', 'three', 'two'])
  })

  it('that fails says what was tried, what was seen and what to do', async () => {
    const error = await runCommand(['sh', '-c', 'echo broken pipe dream >&2; exit 3'], {
      signal: never,
      remedy: 'Mend it.',
    }).catch((reason: unknown) => reason)
    if (!(error instanceof SetupError)) throw new Error('it should have failed', { cause: error })
    expect(error.code).to.equal('CommandFailed')
    expect(error.message).to.equal(
      'tried: sh -c echo broken pipe dream >&2; exit 3\n' +
        'seen:  ended with code 3\n       broken pipe dream\n' +
        'do:    Mend it.',
    )
  })

  it('that cannot be started says so', async () => {
    const error = await runCommand(['/no/such/program'], { signal: never, remedy: 'x' }).catch(
      (reason: unknown) => reason,
    )
    expect(String(error)).to.contain('ENOENT')
  })

  it('ends with its children when the user gives up', async () => {
    const interruption = new AbortController()
    let child = 0
    const started = Promise.withResolvers<undefined>()
    const ended = runCommand(['sh', '-c', 'sleep 60 & echo $!; wait'], {
      signal: interruption.signal,
      remedy: '',
      onLine: (line) => {
        child = Number(line)
        started.resolve(undefined)
      },
    }).catch((reason: unknown) => reason)
    await started.promise
    interruption.abort(new Error('interrupted'))
    expect(String(await ended)).to.contain('interrupted')
    const deadline = performance.now() + 5000
    while (isRunning(child)) {
      if (performance.now() > deadline) throw new Error('the child still runs after 5 s')
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  })

  const symptoms: Record<string, string> = {
    'E: Failed to fetch http://packages.example/x  Temporary failure resolving': 'NoNetwork',
    'dial tcp: lookup modules.example: no such host': 'NoNetwork',
    'write /root/x: no space left on device': 'DiskFull',
    'E: Unable to locate package containerd': 'CommandFailed',
  }
  for (const [seen, code] of Object.entries(symptoms))
    it(`is understood as ${code} when it says: ${seen}`, () => {
      expect(explain('it', seen, 'Do it.').code).to.equal(code)
    })
})

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
