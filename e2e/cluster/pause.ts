import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { buildImage, writeArchive } from '../../build/images/oci.ts'
import { run } from './run.ts'
import { pauseImage } from './settings/containerd.ts'

const source = join(import.meta.dirname, 'pause.c')

/** Compiles the pause program and writes its image as an archive `pause.tar` below `directory`. */
export async function buildPauseImage(directory: string, signal?: AbortSignal): Promise<string> {
  const temporary = await mkdtemp(join(directory, 'pause-'))
  try {
    const binary = join(temporary, 'pause')
    await run(['musl-gcc', '-static', '-Os', '-s', '-Wall', '-o', binary, source], { signal })
    const image = buildImage({
      name: pauseImage,
      files: { '/pause': { fromHost: binary, mode: 0o755 } },
      entrypoint: ['/pause'],
      user: '65535:65535',
    })
    const archive = join(directory, 'pause.tar')
    writeArchive(image, archive)
    return archive
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}
