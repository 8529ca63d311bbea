import { expect } from 'chai'
import { spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { tmpdir } from 'node:os'
import { bundle } from './bundle.ts'

// What the products import; each program shows that the library works, not only that it loads.
const programs: Record<string, { source: string; output: string }> = {
  express: {
    source: `
      import express from 'express'
      const server = express().get('/', (_, answer) => { answer.send('hello') }).listen(0, async () => {
        const { port } = server.address()
        console.log(await (await fetch('http://127.0.0.1:' + port)).text())
        server.close()
      })`,
    output: 'hello\n',
  },
  winston: {
    source: `
      import winston from 'winston'
      winston.createLogger({ format: winston.format.json(), transports: [new winston.transports.Console()] })
        .info('constant message', { field: 1 })`,
    output: '{"field":1,"level":"info","message":"constant message"}\n',
  },
  'prom-client': {
    source: `
      import { Counter, Registry } from 'prom-client'
      const registry = new Registry()
      new Counter({ name: 'c', help: 'h', registers: [registry] }).inc(3)
      console.log(await registry.getSingleMetricAsString('c'))`,
    output: '# HELP c h\n# TYPE c counter\nc 3\n',
  },
  '@kubernetes/client-node': {
    source: `
      import { CoreV1Api, Exec, KubeConfig, PortForward } from '@kubernetes/client-node'
      const config = new KubeConfig()
      config.loadFromClusterAndUser({ name: 'c', server: 'http://127.0.0.1:1' }, { name: 'u' })
      new Exec(config); new PortForward(config)
      console.log(config.makeApiClient(CoreV1Api).constructor.name)`,
    output: 'ObjectCoreV1Api\n',
  },
  undici: {
    source: `
      import { Agent, request } from 'undici'
      const dispatcher = new Agent()
      const outcome = await request('http://127.0.0.1:1', { dispatcher }).catch((error) => error.code)
      console.log(outcome)
      await dispatcher.close()`,
    output: 'ECONNREFUSED\n',
  },
  'kubernetes-fluent-client': {
    source: `
      import { K8s, kind } from 'kubernetes-fluent-client'
      console.log(typeof K8s(kind.Pod).Get, kind.Pod.name)`,
    output: 'function V1Pod\n',
  },
  '@peculiar/x509': {
    source: `
      import 'reflect-metadata'
      import { X509CertificateGenerator } from '@peculiar/x509'
      const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
      const certificate = await X509CertificateGenerator.createSelfSigned({
        name: 'CN=baton', keys, signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' } })
      console.log(certificate.subject)`,
    output: 'CN=baton\n',
  },
}

describe('a bundle', () => {
  // Below this folder the sources see our dependencies; the bundles are run elsewhere, where
  // nothing can be imported.
  const sources = resolve('node_modules/.cache/baton')
  let inside = ''
  let outside = ''
  before(() => {
    mkdirSync(sources, { recursive: true })
    inside = mkdtempSync(join(sources, 'bundle-'))
    outside = mkdtempSync(join(tmpdir(), 'baton-bundle-'))
  })
  after(() => {
    rmSync(inside, { recursive: true })
    rmSync(outside, { recursive: true })
  })

  const make = async (name: string, source: string, executable = false): Promise<string> => {
    const entry = join(inside, `${name.replaceAll('/', '-')}.ts`)
    const outFile = join(outside, `${name.replaceAll('/', '-')}.mjs`)
    writeFileSync(entry, source)
    await bundle({ entry, outFile, executable })
    return outFile
  }
  const run = (program: string, ...args: string[]): string => {
    const { stdout, stderr, status } = spawnSync(program, args, { encoding: 'utf8', cwd: outside })
    expect(status, stderr).to.equal(0)
    return stdout
  }

  for (const [library, { source, output }] of Object.entries(programs))
    it(`of a program with ${library} works without node_modules`, async () => {
      expect(run(process.execPath, await make(library, source))).to.equal(output)
    })

  it('keeps the names of classes', async () => {
    const file = await make('names', `class Lantern {}; const a = Lantern; console.log(a.name)`)
    expect(run(process.execPath, file)).to.equal('Lantern\n')
  })

  it('can be a command of its own', async () => {
    const file = await make('command', `console.log('started')`, true)
    expect(statSync(file).mode & 0o777).to.equal(0o755)
    expect(readFileSync(file, 'utf8')).to.match(/^#!\/usr\/bin\/env -S node --no-deprecation\n/)
    expect(run(file)).to.equal('started\n')
  })

  it('is not touched when the program cannot be bundled', async () => {
    const file = await make('broken', `console.log('first')`)
    const failure = await make('broken', `import './nowhere.ts'`).then(
      () => 'bundled',
      (error: unknown) => String(error),
    )
    expect(failure).to.contain('nowhere.ts')
    expect(run(process.execPath, file)).to.equal('first\n')
    expect(readdirSync(outside).filter((name) => name.endsWith('.tmp'))).to.deep.equal([])
  })

  it('is the same for the same sources', async () => {
    const [one, two] = [await make('same', `console.log(1)`), await make('same', `console.log(1)`)]
    expect(readFileSync(one, 'utf8')).to.equal(readFileSync(two, 'utf8'))
  })
})
