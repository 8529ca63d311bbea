import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { COMMAND_FILE, COMPLETION_FILE, COMPLETION_SCRIPT } from '../../cli/completion/program.ts'
import { CHART_NAME, chartFiles } from '../../manifests/chart.ts'
import { renderConsole, renderInstall, renderMonitoring } from '../../manifests/generate.ts'
import { CHART_VERSION, RELEASE_VERSION } from '../../manifests/version.ts'
import {
  CASES_FILE,
  RULES_FILE,
  SCRAPE_FILE,
  generatedFiles,
} from '../../observability/generate.ts'
import { bundle } from '../bundle/bundle.ts'
import { buildPage, PAGE_CONSTANT } from '../bundle/page.ts'
import { nodeBinary } from '../images/base.ts'
import { sharedLibraries } from '../images/closure.ts'
import { iptablesSources } from '../images/iptables.ts'
import { writeArchive } from '../images/oci.ts'
import type { OciImage } from '../images/oci.ts'
import { buildProductImages } from '../images/products.ts'
import { chartArchive } from './chartArchive.ts'
import { COMMAND_ARCHIVE, commandArchive, krewManifest } from './commandPackage.ts'
import { checksums, sha256 } from './checksums.ts'
import type { DebianPackage } from './debianPackages.ts'
import { owningPackages, versionOf } from './debianPackages.ts'
import type { Lock } from './npmPackages.ts'
import { npmPackage, packagesOf, purlOf, readLock } from './npmPackages.ts'
import type { SbomPart } from './sbom.ts'
import { debianRef, sbom } from './sbom.ts'

export interface ReleaseOptions {
  /** Top of the repository, and the working directory. */
  readonly root: string
  /** Replaced as a whole when the release is complete. */
  readonly outDir: string
  /** The launcher's binary. */
  readonly launcher: string
  /** Told what is being made. */
  readonly say: (what: string) => void
}

/** As images call it. */
export const ARCHITECTURE = process.arch === 'x64' ? 'amd64' : process.arch
const PROGRAMS = [
  { entry: 'operator/main.ts', file: 'operator.js', executable: false },
  { entry: 'webhook/main.ts', file: 'webhook.js', executable: false },
  { entry: 'agent/main.ts', file: 'agent.js', executable: false },
  // It serves the console's page.
  { entry: 'cli/main.ts', file: COMMAND_FILE, executable: true },
] as const

/** Makes everything that a release consists of. The same sources give the same bytes. */
export async function makeRelease(options: ReleaseOptions): Promise<void> {
  const { root, outDir, launcher, say } = options
  await mkdir(dirname(outDir), { recursive: true })
  // Beside its place, so that the rename stays within one file system.
  const work = await mkdtemp(join(dirname(outDir), `.${basename(outDir)}-`))
  const out = join(work, 'out')
  const programs = join(work, 'programs')
  try {
    await mkdir(out)
    const lock = readLock(join(root, 'package-lock.json'))
    const parts: SbomPart[] = []
    const npm = new Map([[NODE, npmPackage(NODE, lock)]])
    for (const { entry, file, executable } of PROGRAMS) {
      say(`bundling ${file}`)
      const outFile = join(programs, file)
      const define = executable ? { [PAGE_CONSTANT]: await buildPage() } : {}
      const files = await bundle({ entry: join(root, entry), outFile, executable, define })
      const inIt = packagesOf(files, lock)
      for (const one of inIt) npm.set(purlOf(one), one)
      parts.push(application(file, await sha256(outFile), inIt.map(purlOf)))
    }
    const musl = { name: 'musl', version: versionOf('musl-dev') }
    parts.push(application('launcher', await sha256(launcher), [debianRef(musl)]))

    const libraries = owningPackages(Object.keys(sharedLibraries(nodeBinary())))
    const images = buildProductImages({
      ...{ distDir: programs, command: COMMAND_FILE, launcher, version: RELEASE_VERSION },
    })
    const runtime = [nodeRef(lock), ...libraries.map(debianRef)]
    const network = owningPackages(iptablesSources())
    const held = {
      operator: ['operator.js', 'webhook.js', COMMAND_FILE, ...runtime],
      agent: [...new Set(['agent.js', 'launcher', ...runtime, ...network.map(debianRef)])],
    }
    for (const name of ['operator', 'agent'] as const) {
      const file = `baton-${name}-${RELEASE_VERSION}-linux-${ARCHITECTURE}.tar`
      say(`writing ${file}`)
      writeArchive(images[name], join(out, file))
      parts.push(container(images[name], held[name]))
    }

    say('writing the manifest, the chart and the bill of materials')
    const chart = `${CHART_NAME}-${CHART_VERSION}.tgz`
    const components = {
      npm: [...npm.values()].toSorted((left, right) => (purlOf(left) < purlOf(right) ? -1 : 1)),
      debian: [...distinct([...libraries, ...network]), musl],
    }
    await copyFile(join(programs, COMMAND_FILE), join(out, COMMAND_FILE))
    await writeFile(join(out, COMPLETION_FILE), COMPLETION_SCRIPT, { mode: 0o755 })
    const archive = commandArchive(
      await readFile(join(programs, COMMAND_FILE)),
      await readFile(join(root, 'LICENSE')),
    )
    await writeFile(join(out, COMMAND_ARCHIVE), archive)
    await writeFile(join(out, 'krew.yaml'), krewManifest(archive))
    await writeFile(join(out, 'install.yaml'), renderInstall())
    await writeFile(join(out, 'monitoring.yaml'), renderMonitoring())
    await writeFile(join(out, 'console.yaml'), renderConsole())
    for (const [name, text] of Object.entries(generatedFiles()))
      if (name !== CASES_FILE) await writeFile(join(out, RENAMED[name] ?? name), text)
    await writeFile(join(out, chart), chartArchive(CHART_NAME, chartFiles()))
    await writeFile(join(out, SBOM), sbom({ version: RELEASE_VERSION, parts, ...components }))
    const sums = await checksums(out)
    await writeFile(join(out, 'SHA256SUMS'), sums)
    await rm(outDir, { recursive: true, force: true })
    await rename(out, outDir)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Both node and iptables need the C library. */
function distinct(packages: readonly DebianPackage[]): readonly DebianPackage[] {
  return [...new Map(packages.map((one) => [debianRef(one), one])).values()]
}

/** In a folder with everything else, names must say what they are. */
const RENAMED: Readonly<Record<string, string>> = {
  [RULES_FILE]: 'prometheus-rules.yaml',
  [SCRAPE_FILE]: 'prometheus-scrape.yaml',
}

const SBOM = `baton-${RELEASE_VERSION}.cdx.json`
/** The package that brings the node of the images. */
const NODE = 'node_modules/node'

function nodeRef(lock: Lock): string {
  return purlOf(npmPackage(NODE, lock))
}

function application(name: string, hash: string, contains: readonly string[]): SbomPart {
  return { name, kind: 'application', sha256: hash, contains }
}

function container({ name, digest }: OciImage, contains: readonly string[]): SbomPart {
  return { name, kind: 'container', sha256: digest.slice('sha256:'.length), contains }
}
