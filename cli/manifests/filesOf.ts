import type { Call, Option } from '../commandline/command.ts'
import { usageError } from '../cliError.ts'
import type { Manifest } from './manifest.ts'
import { parseManifests } from './manifest.ts'

/** The option of commands that read manifests. */
export const FILENAME: Option = {
  type: 'string',
  short: 'f',
  value: 'FILE',
  multiple: true,
  summary: 'Manifests, YAML or JSON; - is the standard input. May be repeated.',
}

/** Reads the manifests of an option. Errors: CliError `usage` for a file that cannot be read. */
export async function manifestsOf(
  { flags, io }: Pick<Call, 'flags' | 'io'>,
  option: string,
): Promise<readonly Manifest[]> {
  const all: Manifest[] = []
  for (const file of flags.texts(option)) {
    all.push(...parseManifests(await readText(io, file), file))
  }
  return all
}

async function readText(io: Call['io'], file: string): Promise<string> {
  try {
    return await io.read(file)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw usageError(`--filename ${file} cannot be read: ${why}`)
  }
}
