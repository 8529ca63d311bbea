import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from '../command.ts'
import { SetupError } from '../error.ts'
import { KRUISE_VERSION, kruiseFiles } from '../kruiseProgram.ts'
import type { Step } from '../step.ts'

const module = `github.com/openkruise/kruise@${KRUISE_VERSION}`
const remedy =
  'Install Go 1.25 or newer (https://go.dev/dl), check that the Go module proxy can be reached ' +
  `(go mod download ${module}), and run this again.`

/** What is kept of the module beside the program. */
const CONFIGURATION = [
  ['config/crd/bases', 'crds'],
  ['config/webhook', 'webhooks'],
] as const

/**
 * Builds OpenKruise's manager from its Go module, which Go checks against the public checksum
 * database. Only the benchmark of rollouts needs it.
 */
export function kruiseStep({ cacheDir }: { cacheDir: string }): Step {
  const { directory } = kruiseFiles(cacheDir)
  return {
    name: 'openkruise',
    what: `${KRUISE_VERSION}, its manager built from source (once; 4 minutes on two cores)`,
    needs: [],
    isDone: () => Promise.resolve(existsSync(directory)),
    run: async ({ signal, say }) => {
      const { error } = spawnSync('go', ['version'])
      if (error !== undefined)
        throw new SetupError({ code: 'NoGo', tried: 'go version', seen: error.message, remedy })
      await mkdir(cacheDir, { recursive: true })
      // Beside its place, so that the rename stays within one file system.
      const temporary = await mkdtemp(join(cacheDir, '.kruise-'))
      const [source, built] = [join(temporary, 'source'), join(temporary, 'built')]
      let packages = 0
      const onLine = (line: string): void => {
        if (line.startsWith('go: ')) say(line.slice('go: '.length, 60))
        else say(`compiling, ${++packages} packages so far`)
      }
      try {
        say('reading the module')
        const answer = await runCommand(['go', 'mod', 'download', '-json', module], {
          signal,
          remedy,
        })
        // Its go.mod replaces other modules, which counts only where it is the main module: so it
        // is built in a copy of its own. Go's cache is read-only, and a copy of it would be too.
        await cp(directoryIn(answer), source, { recursive: true })
        await runCommand(['chmod', '-R', 'u+w', source], { signal, remedy })
        await mkdir(built)
        const settings = ['CGO_ENABLED=0', 'GOFLAGS=-buildvcs=false -mod=readonly', 'GOWORK=off']
        const flags = ['-v', '-trimpath', '-gcflags=all=-dwarf=false', '-ldflags=-s -w']
        const build = ['go', '-C', source, 'build', ...flags, '-o', join(built, 'manager'), '.']
        await runCommand(['env', ...settings, ...build], { signal, remedy, onLine })
        for (const [from, to] of CONFIGURATION)
          await cp(join(source, from), join(built, to), { recursive: true })
        await rename(built, directory)
      } finally {
        await rm(temporary, { recursive: true, force: true })
      }
    },
  }
}

function directoryIn(answer: string): string {
  const { Dir } = JSON.parse(answer) as { readonly Dir: string }
  return Dir
}

/** Only when no other set-up can be running: removes what killed ones left. */
export async function removeKruiseLeftovers(cacheDir: string): Promise<void> {
  if (!existsSync(cacheDir)) return
  for (const name of await readdir(cacheDir))
    if (name.startsWith('.kruise-'))
      await rm(join(cacheDir, name), { recursive: true, force: true })
}
