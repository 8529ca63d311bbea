import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, readdir, rename, rm, symlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ClusterError, messageOf } from '../errors.ts'
import { withLock } from '../lock.ts'
import { run } from '../run.ts'

const sourceDir = import.meta.dirname

/** The programs in the one binary; each is a symlink to it. */
export const programs = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'kubectl',
  'etcd',
] as const

export interface Kubernetes {
  /** As in `v1.35.4`. */
  readonly version: string
  /** The folder with one symlink per program. */
  readonly dir: string
  readonly binary: string
  readonly kubectl: string
}

export interface BuildOptions {
  /** The folder below which `kubernetes-<version>-<key>` is made. */
  readonly outDir: string
  readonly log: (line: string) => void
  readonly signal?: AbortSignal | undefined
}

/**
 * Builds Kubernetes and etcd from the Go module proxy, or answers at once when the same sources were
 * built with the same compiler before. Takes about 6 minutes on two cores the first time (1 minute of
 * it download), 12 s when Go's own build cache is warm.
 *
 * A build that is killed leaves nothing that looks finished: the folder gets its name when complete.
 */
export async function buildKubernetes(options: BuildOptions): Promise<Kubernetes> {
  const { version, key } = await contentKey(options.signal)
  const dir = join(options.outDir, `kubernetes-${version}-${key}`)
  const kubernetes = {
    version,
    dir,
    binary: join(dir, 'kubernetes'),
    kubectl: join(dir, 'kubectl'),
  }
  if (existsSync(dir)) return kubernetes
  const lock = { deadlineMs: 30 * 60_000, signal: options.signal }
  await withLock(dir, () => buildInto(dir, version, options), lock)
  return kubernetes
}

/** What the build is made of: the version, and a hash of the sources and the compiler's version. */
export async function contentKey(signal?: AbortSignal) {
  const hash = createHash('sha256')
  for (const file of ['main.go', 'go.mod', 'go.sum']) {
    hash.update(await readFile(join(sourceDir, file)))
  }
  // Run in the module's folder: go.mod may make Go fetch and use a newer toolchain than its own.
  const goVersion = await go(['env', 'GOVERSION', 'GOARCH'], { signal, timeoutMs: 300_000 })
  hash.update(goVersion)
  const goMod = await readFile(join(sourceDir, 'go.mod'), 'utf8')
  const version = /k8s\.io\/kubernetes (v[\d.]+)/.exec(goMod)?.[1]
  if (version === undefined) throw new Error('go.mod does not require k8s.io/kubernetes')
  return { version, key: hash.digest('hex').slice(0, 12) }
}

async function buildInto(dir: string, version: string, { log, signal }: BuildOptions) {
  if (existsSync(dir)) return
  const parent = dirname(dir)
  await mkdir(parent, { recursive: true })
  const prefix = `.${basename(dir)}-`
  // What a killed build left; the lock says nobody is building.
  for (const name of await readdir(parent)) {
    if (name.startsWith(prefix)) await rm(join(parent, name), { recursive: true })
  }
  const temporary = await mkdtemp(join(parent, prefix))
  const start = performance.now()
  const seconds = () => ((performance.now() - start) / 1000).toFixed(0)
  log(`building Kubernetes ${version} from source (once; 6 minutes on two cores)`)
  const ticker = setInterval(() => {
    log(`still building Kubernetes (${seconds()} s)`)
  }, 20_000)
  try {
    await go(buildArguments(version, join(temporary, 'kubernetes')), {
      signal,
      timeoutMs: 1_800_000,
    })
    for (const program of programs) await symlink('kubernetes', join(temporary, program))
    await rename(temporary, dir)
    log(`built Kubernetes ${version} in ${seconds()} s`)
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    throw error
  } finally {
    clearInterval(ticker)
  }
}

/** What the release builds set by -X, without which the API server says version v0.0.0. */
function buildArguments(version: string, output: string): string[] {
  const [major = '', minor = ''] = version.slice(1).split('.')
  const stamps = {
    gitVersion: version,
    gitMajor: major,
    gitMinor: minor,
    gitCommit: 'unknown',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
  }
  const packages = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version']
  const flags = packages.flatMap((name) =>
    Object.entries(stamps).map(([variable, value]) => `-X ${name}.${variable}=${value}`),
  )
  return [
    'build',
    '-trimpath',
    '-tags=providerless,grpcnotrace',
    // Debug information would double the binary and the memory of the link.
    '-gcflags=all=-dwarf=false',
    `-ldflags=-s -w ${flags.join(' ')}`,
    `-o=${output}`,
    '.',
  ]
}

async function go(
  args: readonly string[],
  options: { signal?: AbortSignal | undefined; timeoutMs: number },
): Promise<string> {
  const env = { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -buildvcs=false', GOWORK: 'off' }
  try {
    return (await run(['go', ...args], { ...options, env, workingDir: sourceDir })).stdout
  } catch (error) {
    options.signal?.throwIfAborted()
    const remedy =
      'Check that Go 1.21 or newer is installed and that the Go module proxy can be reached: ' +
      `cd ${sourceDir} && go mod download`
    const message = `Kubernetes could not be built: ${messageOf(error)}\n${remedy}`
    throw new ClusterError('BuildFailed', message, { cause: error })
  }
}
