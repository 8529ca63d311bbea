import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { runCommand } from '../command.ts'
import { SetupError } from '../error.ts'
import { fingerprint, readStamp, writeStamp } from '../fingerprint.ts'
import { goServerBinary } from '../proxyPackages.ts'
import type { Step } from '../step.ts'

const source = 'test/proxies/programs/go'

/** Builds the server in Go that tests hand over; standard library only. */
export function goServerStep({ root, cacheDir }: { root: string; cacheDir: string }): Step {
  const binary = goServerBinary(cacheDir)
  const stamp = `${binary}.stamp`
  const wanted = (): string => fingerprint(root, [`${source}/*.{go,mod}`])
  return {
    name: 'go server',
    what: 'a server on net/http, for the handover matrix',
    needs: [],
    isDone: async () => existsSync(binary) && (await readStamp(stamp)) === wanted(),
    run: async ({ signal }) => {
      const made = wanted()
      const { error } = spawnSync('go', ['version'])
      const remedy = 'Install Go 1.25 or newer (https://go.dev/dl), put it on PATH, run this again.'
      if (error !== undefined)
        throw new SetupError({ code: 'NoGo', tried: 'go version', seen: error.message, remedy })
      await mkdir(dirname(binary), { recursive: true })
      const temporary = `${binary}.${process.pid}.tmp`
      const settings = ['CGO_ENABLED=0', 'GOFLAGS=-buildvcs=false', 'GOWORK=off']
      const build = ['go', '-C', join(root, source), 'build', '-trimpath', '-o', temporary, '.']
      try {
        await runCommand(['env', ...settings, ...build], { signal, remedy })
        await rename(temporary, binary)
      } finally {
        await rm(temporary, { force: true })
      }
      await writeStamp(stamp, made)
    },
  }
}
