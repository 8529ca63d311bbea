import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { runCommand } from '../command.ts'
import { SetupError } from '../error.ts'
import { HELM_VERSION, helmBinary } from '../helmProgram.ts'
import type { Step } from '../step.ts'

const source = `helm.sh/helm/v3/cmd/helm@${HELM_VERSION}`
const remedy =
  'Install Go 1.25 or newer (https://go.dev/dl), check that the Go module proxy can be reached ' +
  `(go list -m ${source.replace('/cmd/helm', '')}), and run this again.`

/**
 * Builds Helm from its Go module, which Go checks against the public checksum database. Only the
 * tests of the chart need it, so that nobody else waits for it: it takes two and a half minutes of
 * two cores that the build of Kubernetes would want at the same time.
 */
export function helmStep({ cacheDir }: { cacheDir: string }): Step {
  const binary = helmBinary(cacheDir)
  return {
    name: 'helm',
    what: `${HELM_VERSION}, built from source (once; 2.5 minutes on two cores)`,
    needs: [],
    isDone: () => Promise.resolve(existsSync(binary)),
    run: async ({ signal, say }) => {
      const { error } = spawnSync('go', ['version'])
      if (error !== undefined)
        throw new SetupError({ code: 'NoGo', tried: 'go version', seen: error.message, remedy })
      await mkdir(cacheDir, { recursive: true })
      // Beside its place, so that the rename stays within one file system.
      const directory = await mkdtemp(join(cacheDir, '.helm-'))
      const settings = [`GOBIN=${directory}`, 'CGO_ENABLED=0', 'GOFLAGS=-buildvcs=false']
      // Debug information would double the binary and the memory of the link.
      const flags = ['-v', '-trimpath', '-gcflags=all=-dwarf=false', '-ldflags=-s -w']
      let packages = 0
      const onLine = (line: string): void => {
        if (line.startsWith('go: ')) say(line.slice('go: '.length, 60))
        else say(`compiling, ${++packages} packages so far`)
      }
      try {
        await runCommand(['env', ...settings, 'GOWORK=off', 'go', 'install', ...flags, source], {
          signal,
          remedy,
          onLine,
        })
        const built = join(directory, 'helm')
        await runCommand([built, 'version'], { signal, remedy })
        await rename(built, binary)
      } finally {
        await rm(directory, { recursive: true, force: true })
      }
    },
  }
}

/** Only when no other set-up can be running: removes what killed ones left. */
export async function removeHelmLeftovers(cacheDir: string): Promise<void> {
  if (!existsSync(cacheDir)) return
  for (const name of await readdir(cacheDir))
    if (basename(name).startsWith('.helm-'))
      await rm(join(cacheDir, name), { recursive: true, force: true })
}
