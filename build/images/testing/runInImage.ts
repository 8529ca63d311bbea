import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, openSync, closeSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Context } from 'mocha'
import { writeChunks } from '../content.ts'
import type { OciImage } from '../oci.ts'

/**
 * Unpacks an image and runs a command in it as uid 1337, without a container runtime: chroot(8).
 * Answers what it writes; throws when it fails. Skips the test when not root.
 */
export function runInImage(test: Context, image: OciImage, command: readonly string[]): string {
  if (process.getuid?.() !== 0) test.skip()
  const directory = mkdtempSync(join(tmpdir(), 'baton-image-'))
  try {
    const root = join(directory, 'root')
    mkdirSync(root)
    for (const [index, layer] of image.blobs.slice(2).entries()) {
      const file = join(directory, `${index}.tar`)
      const fileDescriptor = openSync(file, 'w')
      writeChunks(fileDescriptor, layer.chunks)
      closeSync(fileDescriptor)
      run('tar', ['-xpf', file, '-C', root])
      rmSync(file)
    }
    // A container runtime gives every container its /etc/hosts.
    writeFileSync(join(root, 'etc/hosts'), '127.0.0.1 localhost\n')
    return run('chroot', ['--userspec=1337:1337', root, ...command])
  } finally {
    rmSync(directory, { recursive: true })
  }
}

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: 8000,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
  })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${program} ended with ${status ?? 'a signal'}: ${stderr}`)
  return stdout
}
