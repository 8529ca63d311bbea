import { expect } from 'chai'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const bootstrap = resolve('build/setup/bootstrap.mjs')

// Stands for the project's own node: it tells what it was started with, and can wait for a signal.
const standIn = `#!/bin/sh
echo "own node: $*; first on PATH: \${PATH%%:*}"
case "$*" in
*wait*)
  trap 'echo got TERM; exit 7' TERM
  echo waiting
  for _ in $(seq 400); do sleep 0.05; done
  echo no signal came ;;
*fail*) exit 5 ;;
esac
`

describe('the bootstrap', function () {
  this.timeout(120_000)
  let root = ''
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'baton-bootstrap-'))
    mkdirSync(join(root, 'build/setup'), { recursive: true })
    mkdirSync(join(root, 'own-node'))
    cpSync(bootstrap, join(root, 'build/setup/bootstrap.mjs'))
    writeJson('own-node/package.json', {
      name: 'own-node',
      version: '1.0.0',
      bin: { node: 'node.sh' },
    })
    writeFileSync(join(root, 'own-node/node.sh'), standIn, { mode: 0o755 })
    writeJson('package.json', {
      name: 'p',
      version: '1.0.0',
      dependencies: { 'own-node': 'file:own-node' },
    })
    const { status, stderr } = spawnSync('npm', ['install', '--package-lock-only', '--offline'], {
      cwd: root,
    })
    expect(status, stderr.toString()).to.equal(0)
  })
  afterEach(() => {
    rmSync(root, { recursive: true })
  })
  const writeJson = (file: string, value: unknown): void => {
    writeFileSync(join(root, file), JSON.stringify(value, null, 2))
  }
  const replaceIn = (file: string, from: string, to: string): void => {
    const text = readFileSync(join(root, file), 'utf8')
    expect(text).to.contain(from)
    writeFileSync(join(root, file), text.replaceAll(from, to))
  }
  const start = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, [join(root, 'build/setup/bootstrap.mjs'), ...args], {
      encoding: 'utf8',
    })

  it('installs the packages once and hands over to the own node with the arguments', () => {
    const first = start('test', '--grep', 'a b')
    expect(first.stdout).to.equal(
      `own node: ${root}/build/setup/main.ts test --grep a b; ` +
        `first on PATH: ${root}/node_modules/.bin\n`,
    )
    expect(first.stderr).to.match(/npm ci[^]*installed in \d+ s/)
    expect(start('test').stderr).to.equal('')
  })

  const stale: Record<string, () => void> = {
    'node_modules is gone': () => {
      rmSync(join(root, 'node_modules'), { recursive: true })
    },
    'an npm ci was killed': () => {
      rmSync(join(root, 'node_modules/.package-lock.json'))
    },
    'the own node is missing': () => {
      rmSync(join(root, 'node_modules/.bin/node'))
    },
    'the lockfile names another version': () => {
      const [lock, own] = ['package-lock.json', 'own-node/package.json']
      for (const file of [lock, own]) replaceIn(file, '"version": "1.0.0"', '"version": "1.0.1"')
    },
  }
  for (const [what, change] of Object.entries(stale))
    it(`installs again when ${what}`, () => {
      start()
      change()
      const { stderr, stdout } = start()
      expect(stderr).to.contain('npm ci')
      expect(stdout).to.contain('own node')
    })

  it('says what to do when npm fails', () => {
    writeJson('package.json', { name: 'p', version: '1.0.0', dependencies: { absent: '1.0.0' } })
    const { status, stderr } = start()
    expect(status).to.equal(1)
    expect(stderr).to.match(/npm ci ended with code 1[^]*run this again/)
    expect(existsSync(join(root, 'node_modules/.package-lock.json'))).to.equal(false)
  })

  it('ends with the code of the program', () => {
    expect(start('fail').status).to.equal(5)
  })

  it('hands on SIGTERM and waits for the end', async () => {
    start()
    const child = spawn(process.execPath, [join(root, 'build/setup/bootstrap.mjs'), 'wait'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.on('data', (bytes: Buffer) => {
      output += bytes.toString()
      if (output.endsWith('waiting\n')) child.kill('SIGTERM')
    })
    const [code] = (await once(child, 'close')) as [number]
    expect(code).to.equal(7)
    expect(output).to.contain('got TERM')
  })
})
