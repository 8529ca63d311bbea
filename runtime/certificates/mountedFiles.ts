import { readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Files of a mounted Secret, all of one version: the kubelet changes them by pointing `..data` to
 * another folder. A file that is not there is ''.
 */
export async function readMounted<Name extends string>(
  directory: string,
  names: readonly Name[],
): Promise<Readonly<Record<Name, string>>> {
  const folder = await realpath(join(directory, '..data')).catch(() => directory)
  const read = async (name: Name) => [name, await textOf(join(folder, name))] as const
  // Every name got its text.
  return Object.fromEntries(await Promise.all(names.map(read))) as Record<Name, string>
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}
