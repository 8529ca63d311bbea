import { expect } from 'chai'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseOptions } from './options.ts'
import { addRun, readResults, writeResults } from './results.ts'
import type { Run } from './row.ts'

describe('the options of the matrix', () => {
  it('default to 20,000 requests of each client by all methods', () => {
    const { requests, methods, only } = parseOptions([])
    expect({ requests, methods, only }).to.deep.equal({
      requests: 20_000,
      methods: ['baton', 'own', 'stop-start'],
      only: [],
    })
  })

  it('name a proxy, or one client of it', () => {
    const { only } = parseOptions(['--only', 'nginx', '--only', 'envoy/grpc'])
    expect(only).to.deep.equal([{ proxy: 'nginx' }, { proxy: 'envoy', client: 'grpc' }])
  })

  const refused: Record<string, readonly string[]> = {
    "no client 'pigeon'": ['--only', 'nginx/pigeon'],
    'use one of baton': ['--method', 'hope'],
    'a whole number above 0': ['--requests', '0'],
  }
  for (const [message, args] of Object.entries(refused))
    it(`are refused with ${message}: ${args.join(' ')}`, () => {
      expect(() => parseOptions(args)).to.throw(message)
    })
})

describe('the results of the matrix', () => {
  it('are kept in a file, a run taking the place of the same earlier one', () => {
    const directory = mkdtempSync(join(tmpdir(), 'baton-results-'))
    const file = join(directory, 'dist/results.json')
    const run = (proxy: string, at: string): Run => ({
      ...{ proxy, what: '', method: 'baton', how: '', versions: ['', ''], at },
      ...{ seconds: 0, upgrades: 0, upgradeSeconds: [], kernel: {}, rows: [] },
      generator: { cpuShare: 0, lateP99Ms: 0 },
    })
    try {
      expect(readResults(file)).to.equal(undefined)
      const asked = { requests: 1, perSecond: 1, upgrades: 1 }
      const first = addRun({ v: 1, asked, runs: [] }, run('envoy', 'first'))
      writeResults(file, addRun(addRun(first, run('nginx', 'second')), run('envoy', 'third')))
      const times = readResults(file)?.runs.map(({ at }) => at)
      expect(times).to.deep.equal(['second', 'third'])
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})
