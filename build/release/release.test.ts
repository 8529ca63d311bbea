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
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { chartFiles } from '../../manifests/chart.ts'
import { renderInstall } from '../../manifests/generate.ts'
import { CHART_VERSION, RELEASE_VERSION } from '../../manifests/version.ts'
import { sha256 } from './checksums.ts'
import { COMMAND_ARCHIVE } from './commandPackage.ts'
import { ARCHITECTURE, makeRelease } from './release.ts'

interface Bom {
  readonly components: readonly {
    readonly 'bom-ref': string
    readonly type: string
    readonly licenses?: readonly unknown[]
    readonly hashes?: readonly { readonly content: string }[]
  }[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

describe('a release', function () {
  this.timeout(120_000)
  let directory = ''
  const first = () => join(directory, 'first')
  const second = () => join(directory, 'second')
  const said: string[] = []
  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'baton-release-'))
    const launcher = join(directory, 'launcher')
    writeFileSync(launcher, 'stands for the launcher', { mode: 0o755 })
    const say = (what: string): void => void said.push(what)
    for (const outDir of [first(), second()])
      await makeRelease({ root: resolve('.'), outDir, launcher, say })
  })
  after(() => {
    rmSync(directory, { recursive: true })
  })

  const archives = ['agent', 'operator'].map(
    (name) => `baton-${name}-${RELEASE_VERSION}-linux-${ARCHITECTURE}.tar`,
  )
  const run = (...argv: readonly [string, ...string[]]): string => {
    const [program, ...args] = argv
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: first(), encoding: 'utf8' })
    expect(status, stderr).to.equal(0)
    return stdout
  }
  const bom = () =>
    JSON.parse(readFileSync(join(first(), `baton-${RELEASE_VERSION}.cdx.json`), 'utf8')) as Bom

  it('has all its files, leaves nothing else behind, and says what it makes', () => {
    expect(readdirSync(first())).to.have.members([
      ...['monitoring.yaml', 'prometheus-rules.yaml', 'prometheus-scrape.yaml'],
      ...['baton-rollouts.json', 'baton-interception.json', 'baton-health.json'],
      ...['install.yaml', `baton-${CHART_VERSION}.tgz`, 'kubectl-baton', 'SHA256SUMS'],
      ...['kubectl_complete-baton', 'krew.yaml', COMMAND_ARCHIVE, 'console.yaml'],
      ...[`baton-${RELEASE_VERSION}.cdx.json`, ...archives],
    ])
    expect(readdirSync(directory)).to.have.members(['first', 'second', 'launcher'])
    expect(said).to.include('bundling operator.js')
  })

  it('is the same, byte by byte, when it is made again', async () => {
    for (const name of readdirSync(first()))
      expect(await sha256(join(first(), name)), name).to.equal(await sha256(join(second(), name)))
  })

  it('has checksums of every other file that sha256sum accepts', () => {
    const checked = run('sha256sum', '--check', '--strict', 'SHA256SUMS')
    const others = readdirSync(first()).filter((name) => name !== 'SHA256SUMS')
    expect(checked.trim().split('\n')).to.have.members(others.map((name) => `${name}: OK`))
  })

  it('has images of the names that its manifest asks for', () => {
    const manifest = readFileSync(join(first(), 'install.yaml'), 'utf8')
    expect(manifest).to.equal(renderInstall())
    for (const archive of archives) {
      const index = JSON.parse(run('tar', '-xOf', archive, 'index.json')) as {
        readonly manifests: readonly { readonly annotations: Readonly<Record<string, string>> }[]
      }
      expect(index.manifests).to.have.lengthOf(1)
      expect(manifest).to.include(index.manifests[0]?.annotations['io.containerd.image.name'])
    }
  })

  it('has the chart as other programs unpack it', () => {
    const archive = `baton-${CHART_VERSION}.tgz`
    for (const [path, text] of Object.entries(chartFiles()))
      expect(run('tar', '-xzOf', archive, `baton/${path}`)).to.equal(text)
  })

  it('has a command that runs', () => {
    expect(run(join(first(), 'kubectl-baton'), '--help')).to.match(/kubectl baton/)
  })

  it('has a package that npm installs without a registry, and npx starts', () => {
    const home = join(directory, 'home')
    mkdirSync(home)
    const env = { ...process.env, HOME: home, npm_config_registry: 'http://127.0.0.1:9' }
    const inHome = (...[program = '', ...args]: readonly string[]): string => {
      const ran = spawnSync(program, args, { cwd: home, env, encoding: 'utf8' })
      expect(ran.status, ran.stderr).to.equal(0)
      return ran.stdout
    }
    inHome('npm', 'install', '--no-audit', '--no-fund', join(first(), COMMAND_ARCHIVE))
    expect(readdirSync(join(home, 'node_modules'))).to.have.members([
      ...['.bin', '.package-lock.json', 'kubectl-baton'],
    ])
    const version = inHome('npx', '--offline', 'kubectl-baton', 'version', '--client')
    expect(version).to.match(new RegExp(`kubectl-baton +${RELEASE_VERSION}`))
    // As kubectl asks it: the plugin's own name is left out.
    const completed = inHome('npx', '--offline', 'kubectl_complete-baton', 'supp')
    expect(completed).to.match(/^support-bundle\b/)
  })

  it('has the package as npm packs it: the files that package.json names', () => {
    const listed = run('tar', '-tzf', COMMAND_ARCHIVE).trim().split('\n')
    const unpacked = mkdtempSync(join(directory, 'unpacked-'))
    run('tar', '-xzf', COMMAND_ARCHIVE, '-C', unpacked)
    const packed = run('npm', 'pack', '--dry-run', '--json', join(unpacked, 'package'))
    const [{ files }] = JSON.parse(packed) as [{ files: readonly { readonly path: string }[] }]
    expect(files.map(({ path }) => `package/${path}`)).to.have.members(listed)
    rmSync(unpacked, { recursive: true })
  })

  it('has the completion as the command itself prints it', () => {
    const printed = run(join(first(), 'kubectl-baton'), 'completion')
    expect(readFileSync(join(first(), 'kubectl_complete-baton'), 'utf8')).to.equal(printed)
    expect(statSync(join(first(), 'kubectl_complete-baton')).mode & 0o777).to.equal(0o755)
  })

  it('tells krew the sum of the archive, and files that are in it', async () => {
    const manifest = parse(readFileSync(join(first(), 'krew.yaml'), 'utf8')) as {
      readonly spec: {
        readonly platforms: readonly [
          { readonly sha256: string; readonly files: readonly { readonly from: string }[] },
        ]
      }
    }
    const [platform] = manifest.spec.platforms
    expect(platform.sha256).to.equal(await sha256(join(first(), COMMAND_ARCHIVE)))
    const listed = run('tar', '-tzf', COMMAND_ARCHIVE).trim().split('\n')
    expect(platform.files.map(({ from }) => from)).to.have.members(listed)
  })

  it('has a bill with every package of its programs, their licenses and hashes', () => {
    const { components, dependencies } = bom()
    const libraries = components.filter(({ type }) => type === 'library')
    const npm = libraries.filter((one) => one['bom-ref'].startsWith('pkg:npm/'))
    for (const one of npm) {
      expect(one.licenses, one['bom-ref']).to.have.lengthOf(1)
      expect(one.hashes?.[0]?.content, one['bom-ref']).to.match(/^[0-9a-f]{128}$/)
    }
    const of = (ref: string) => dependencies.find((one) => one.ref === ref)?.dependsOn ?? []
    expect(of('operator.js').join()).to.include('pkg:npm/undici@')
    expect(of('agent.js').join()).not.to.include('kubernetes')
    expect(of('launcher').join()).to.include('pkg:deb/debian/musl@')
    expect(of(`baton.dev/agent:${RELEASE_VERSION}`).join()).to.match(
      /agent\.js,launcher,pkg:npm\/node@24.*pkg:deb\/debian\/libc6@/,
    )
    // The schema of CycloneDX wants lists without repetitions.
    for (const { ref, dependsOn } of dependencies)
      expect(new Set(dependsOn).size, ref).to.equal(dependsOn.length)
    const used = new Set(dependencies.flatMap(({ dependsOn }) => dependsOn))
    expect(components.map((one) => one['bom-ref']).filter((ref) => !used.has(ref))).to.deep.equal(
      [],
    )
  })
})
