import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fingerprint, readStamp, writeStamp } from '../fingerprint.ts'
import type { Step } from '../step.ts'

const sources = ['launcher/*.{c,h}', 'launcher/build.ts', 'package.json']

/** Compiles the launcher into `dist/launcher`. */
export function launcherStep({ root }: { root: string }): Step {
  const dist = join(root, 'dist')
  const binary = join(dist, 'launcher')
  const stamp = join(dist, '.stamps/launcher')
  return {
    name: 'launcher',
    what: 'static C program',
    needs: ['debian packages'],
    isDone: async () =>
      existsSync(binary) && (await readStamp(stamp)) === fingerprint(root, sources),
    run: async () => {
      const made = fingerprint(root, sources)
      const { buildLauncher } = await import('../../../launcher/build.ts')
      await mkdir(dist, { recursive: true })
      const temporary = `${binary}.${process.pid}.tmp`
      try {
        await buildLauncher({ outFile: temporary })
        await rename(temporary, binary)
      } finally {
        await rm(temporary, { force: true })
      }
      await writeStamp(stamp, made)
    },
  }
}
