import { expect } from 'chai'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const runLosing = fileURLToPath(new URL('testing/runLosing.ts', import.meta.url))

describe('a suite', function () {
  this.timeout(120_000)

  it('that leaves a process behind keeps nobody from ending', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [runLosing], {
      timeout: 100_000,
    })
    const lost = Number(/^lost (\d+)$/m.exec(stdout)?.[1])
    // Signal 0 only asks: it is still there, and nobody has waited for it.
    expect(process.kill(lost, 0)).to.equal(true)
    process.kill(lost, 'SIGKILL')
    expect(stdout).to.contain('"passed":1,"failed":0')
  })
})
