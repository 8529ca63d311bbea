import { existsSync } from 'node:fs'
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fingerprint, readStamp, writeStamp } from '../fingerprint.ts'
import type { Step } from '../step.ts'

/** What `dist/images/images.json` says. */
export interface ImageList {
  /** The archive with both images, below `dist/images`. */
  readonly archive: string
  readonly operator: { readonly name: string; readonly digest: string }
  readonly agent: { readonly name: string; readonly digest: string }
}

// The lockfile decides on the node inside.
const inputs = [
  'package-lock.json',
  'dist/{operator,webhook,agent,cli}.js',
  'dist/launcher',
  'build/images/*.ts',
]

/** Writes the product's images as an archive that any container runtime imports. */
export function imagesStep({ root }: { root: string }): Step {
  const directory = join(root, 'dist/images')
  const list = join(directory, 'images.json')
  const stamp = join(root, 'dist/.stamps/images')
  return {
    name: 'images',
    what: 'operator and agent, as an OCI archive in dist/images',
    needs: ['launcher', 'bundles'],
    isDone: async () => {
      const text = await readFile(list, 'utf8').catch(() => undefined)
      if (text === undefined || (await readStamp(stamp)) !== fingerprint(root, inputs)) return false
      return existsSync(join(directory, (JSON.parse(text) as ImageList).archive))
    },
    run: async () => {
      const made = fingerprint(root, inputs)
      const { buildProductImages } = await import('../../images/products.ts')
      const { writeArchive } = await import('../../images/oci.ts')
      const { operator, agent } = buildProductImages({
        distDir: join(root, 'dist'),
        launcher: join(root, 'dist/launcher'),
      })
      const archive = `baton-${operator.digest.slice(7, 15)}-${agent.digest.slice(7, 15)}.tar`
      await mkdir(directory, { recursive: true })
      writeArchive([operator, agent], join(directory, archive))
      const content: ImageList = {
        archive,
        operator: { name: operator.name, digest: operator.digest },
        agent: { name: agent.name, digest: agent.digest },
      }
      await writeFile(`${list}.tmp`, `${JSON.stringify(content, null, 2)}\n`)
      await rename(`${list}.tmp`, list)
      for (const name of await readdir(directory))
        if (name.startsWith('baton-') && name !== archive) await rm(join(directory, name))
      await writeStamp(stamp, made)
    },
  }
}
