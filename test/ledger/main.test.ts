import { expect } from 'chai'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { listenHttp } from './faultyServer.ts'
import { startOrigin } from './origin.ts'
import { formatTarget } from './target.ts'
import type { Summary } from './summary.ts'

const main = fileURLToPath(new URL('main.ts', import.meta.url))

interface Result {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function ledger(...args: readonly string[]): Promise<Result> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [main, ...args], (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr })
    })
  })
}

describe('the ledger on the command line', () => {
  it('explains itself', async () => {
    const { code, stdout } = await ledger('--help')
    expect(code).to.equal(0)
    expect(stdout).to.include('--target HOST:PORT').and.include('keepalive-idle')
  })

  it('prints one JSON document and ends with 0 when nothing was lost', async () => {
    const origin = await startOrigin()
    const { code, stdout } = await ledger(
      ...['--target', formatTarget(origin.http), '--tcp', formatTarget(origin.tcp)],
      ...['--seconds', '2', '--scale', '0.1', '--kinds', 'short,keepalive,http2,tcp', '--json'],
    )
    await origin.close()
    const summary = JSON.parse(stdout) as Summary
    expect(code, stdout).to.equal(0)
    expect(Object.keys(summary.kinds)).to.deep.equal(['short', 'keepalive', 'http2', 'tcp'])
    expect(summary.total.ok).to.equal(summary.total.sent).and.be.above(10)
  })

  it('prints a table with the losses and ends with 1 when something was lost', async () => {
    const server = await listenHttp((socket) => socket.end())
    const { code, stdout } = await ledger(
      ...['--target', formatTarget(server.target), '--seconds', '2', '--kinds', 'short'],
    )
    await server.close()
    expect(code).to.equal(1)
    expect(stdout).to.match(/^short +\d+ +0 +\d+ .* eofBeforeResponse \d+$/m)
    expect(stdout).to.match(/^lost at \d+ ms: short eofBeforeResponse \(EOF\), request 1 /m)
  })

  for (const [args, says] of [
    [[], '--target HOST:PORT is missing'],
    [['--target', 'nowhere'], '--target nowhere is not HOST:PORT'],
    [['--target', 'a:1', '--seconds', 'ten'], '--seconds ten is not above 0'],
    [['--target', 'a:1', '--profile', 'heavy'], '--profile heavy is neither'],
    [['--target', 'a:1', '--kinds', 'smtp'], '--kinds smtp is not one of'],
    [['--retries', '3'], "Unknown option '--retries'"],
  ] as const) {
    it(`ends with 2 for ${JSON.stringify(args)}`, async () => {
      const { code, stderr } = await ledger(...args)
      expect(stderr).to.include(says)
      expect(code).to.equal(2)
    })
  }
})
