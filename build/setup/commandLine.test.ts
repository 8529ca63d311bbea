import { expect } from 'chai'
import { existsSync } from 'node:fs'
import { parseCommandLine } from './commandLine.ts'
import { allParts } from './steps/all.ts'
import type { Part } from './steps/all.ts'

const partsOfTestRun = allParts.filter((part) => part !== 'kruise')
const partsOfSetup = partsOfTestRun.filter((part) => !['helm', 'dubbo', 'browser'].includes(part))
const partsOfCluster = partsOfSetup.filter((part) => part !== 'proxies')

describe('the command line', () => {
  const needs: Record<string, readonly Part[]> = {
    '': partsOfSetup,
    setup: partsOfSetup,
    '--json': partsOfSetup,
    demo: partsOfCluster,
    playground: partsOfCluster,
    handover: ['envoy', 'proxies', 'launcher'],
    interception: ['envoy', 'launcher'],
    pods: partsOfCluster,
    admission: partsOfCluster,
    rollout: ['kubernetes', 'launcher', 'products', 'kruise'],
    'rollout --without-peer --json': ['kubernetes', 'launcher', 'products'],
    'rollout --help': [],
    'demo --help': [],
    cluster: ['kubernetes'],
    'cluster up --name x': ['kubernetes'],
    check: [],
    release: ['launcher'],
    'release --help': [],
    test: partsOfTestRun,
    'test --help': [],
    'test -h': [],
    'test unit': [],
    'test helm': ['helm'],
    'test dubbo': ['dubbo'],
    'test console': ['browser'],
    console: ['browser'],
    'console --help': [],
    'test processes': ['envoy', 'proxies', 'launcher'],
    'test guides': partsOfCluster,
    'test cluster unit': ['kubernetes'],
    'test matrix': ['envoy', 'proxies', 'launcher'],
    'test e2e --grep unit': [...partsOfSetup, 'helm', 'browser'],
    'test --grep unit': partsOfTestRun,
    'test no-such-suite': partsOfTestRun,
  }
  for (const [line, parts] of Object.entries(needs))
    it(`'${line}' needs ${parts.length === 0 ? 'nothing' : parts.join(', ')}`, () => {
      const argv = line === '' ? [] : line.split(' ')
      expect(parseCommandLine(argv).parts).to.deep.equal(parts)
    })

  it('hands on what follows the command', () => {
    const { program, args } = parseCommandLine(['test', 'unit', '--grep', 'a b', '--', '-x'])
    expect(program).to.equal('test/run.ts')
    expect(args).to.deep.equal(['unit', '--grep', 'a b', '--', '-x'])
  })

  for (const name of ['check', 'release', 'test'])
    it(`names a program for ${name} that exists`, () => {
      expect(existsSync(parseCommandLine([name]).program ?? '')).to.equal(true)
    })

  it('refuses a command that it does not know, and names those that it does', () => {
    expect(() => parseCommandLine(['dance'])).to.throw(/'dance'[^]*setup, check, demo/)
  })
})
