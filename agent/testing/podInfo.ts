import { chmod, mkdir, mkdtemp, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Desired } from '../../api/desired.ts'
import { formatDesired } from '../../api/desired.ts'
import { annotations } from '../../api/group.ts'
import type { Interception } from '../../api/interception/desired.ts'
import { formatInterception } from '../../api/interception/desired.ts'

/**
 * Writes a downward API volume as the kubelet does: a new directory with the file, the symlink
 * `..data` swapped to it by rename, and `annotations` a link through `..data`.
 */
export async function writePodInfo(
  directory: string,
  desired: Desired,
  interception: Interception | null = null,
): Promise<void> {
  const next = await mkdtemp(join(directory, '..version_'))
  // mkdtemp makes it for its owner alone; the agent runs as another user.
  await chmod(next, 0o755)
  const quoted = JSON.stringify(formatDesired(desired))
  const second =
    interception === null
      ? ''
      : `${annotations.interception}=${JSON.stringify(formatInterception(interception))}\n`
  const text = `other.dev/first="1"\n${annotations.desired}=${quoted}\n${second}other.dev/last="a \\"b\\""`
  await writeFile(join(next, 'annotations'), text)
  const link = join(directory, '..data_tmp')
  await symlink(next, link)
  await rename(link, join(directory, '..data'))
  try {
    await symlink(join('..data', 'annotations'), join(directory, 'annotations'))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}

export async function makePodInfo(parent: string): Promise<string> {
  const directory = join(parent, 'podinfo')
  await mkdir(directory)
  return directory
}
