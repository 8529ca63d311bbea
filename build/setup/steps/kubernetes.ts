import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { SetupError } from '../error.ts'
import { fingerprint, readStamp, writeStamp } from '../fingerprint.ts'
import type { Step } from '../step.ts'

const source = 'e2e/cluster/kubernetes'
/** Modules 0.6 GB, Go's build cache 2.7 GB, the binary; measured for 1.35.4, with some air. */
const neededBytes = 5e9
/** Since Go 1.21 an older Go fetches the one that a module asks for by itself. */
const oldestGo = { major: 1, minor: 21 }

/** Builds Kubernetes and etcd from source, which takes minutes, once. */
export function kubernetesStep({ root, cacheDir }: { root: string; cacheDir: string }): Step {
  const stamp = join(cacheDir, 'kubernetes.stamp')
  const wanted = (): string => fingerprint(root, [`${source}/*.{go,mod,sum}`])
  return {
    name: 'kubernetes',
    what: `${versionOf(join(root, source, 'go.mod'))} and etcd, built from source`,
    needs: [],
    // The stamp says which sources the folder was built from, so that Go need not be asked.
    isDone: async () => {
      const [of, directory = ''] = ((await readStamp(stamp)) ?? '').split('\n')
      return of === wanted() && existsSync(directory)
    },
    run: async ({ signal, say }) => {
      checkGo()
      await checkDisk(cacheDir)
      const { buildKubernetes } = await import('../../../e2e/cluster/kubernetes/build.ts')
      const { dir } = await buildKubernetes({ outDir: cacheDir, log: say, signal })
      await writeStamp(stamp, `${wanted()}\n${dir}`)
    },
  }
}

function versionOf(goMod: string): string {
  const text = existsSync(goMod) ? readFileSync(goMod, 'utf8') : ''
  return /k8s\.io\/kubernetes (v[\d.]+)/.exec(text)?.[1] ?? 'Kubernetes'
}

function checkGo(): void {
  const { stdout, error } = spawnSync('go', ['version'], { encoding: 'utf8' })
  const remedy =
    'Install Go 1.25 or newer (https://go.dev/dl), put its bin folder on PATH, run this again.'
  if (error !== undefined)
    throw new SetupError({ code: 'NoGo', tried: 'go version', seen: error.message, remedy })
  const [, major = '0', minor = '0'] = /go(\d+)\.(\d+)/.exec(stdout) ?? []
  if (Number(major) > oldestGo.major || Number(minor) >= oldestGo.minor) return
  throw new SetupError({ code: 'GoTooOld', tried: 'go version', seen: stdout, remedy })
}

async function checkDisk(cacheDir: string): Promise<void> {
  await mkdir(cacheDir, { recursive: true })
  const { bavail, bsize } = await statfs(cacheDir)
  const free = bavail * bsize
  if (free >= neededBytes) return
  throw new SetupError({
    code: 'DiskFull',
    tried: `to build Kubernetes in ${cacheDir}`,
    seen: `${(free / 1e9).toFixed(1)} GB are free there; the build takes ${neededBytes / 1e9} GB`,
    remedy: 'Free some space, or set BATON_CACHE and GOCACHE to folders on a bigger disk.',
  })
}
