import { GROUP } from '../../api/group.ts'
import { usageError } from '../cliError.ts'
import { nearest } from '../commandline/nearest.ts'
import type { Manifest } from '../manifests/manifest.ts'
import { titleOf } from '../manifests/manifest.ts'
import type { Finding } from './finding.ts'
import { lintCodes } from './finding.ts'

/** On an object: codes that are not reported for it, with commas between. */
export const SUPPRESS_ANNOTATION = `${GROUP}/lint-suppress`

/** Errors: CliError `usage` for a code that does not exist. */
export function checkSuppressed(suppressed: readonly string[]): void {
  const codes = Object.keys(lintCodes)
  for (const one of suppressed) {
    const [code = ''] = one.split('=')
    if (codes.includes(code)) continue
    const near = nearest(code, codes)
    throw usageError(
      `--suppress names ${code}, which is no code`,
      near === undefined ? `write one of ${codes.join(', ')}` : `did you mean ${near}?`,
    )
  }
}

export function isSuppressed(
  { code, object }: Finding,
  manifests: readonly Manifest[],
  suppressed: readonly string[],
): boolean {
  if (suppressed.includes(code) || suppressed.includes(`${code}=${object}`)) return true
  const own = manifests.find((manifest) => titleOf(manifest) === object)
  const annotations = own?.metadata['annotations'] as Readonly<Record<string, string>> | undefined
  const listed = (annotations?.[SUPPRESS_ANNOTATION] ?? '').split(',').map((one) => one.trim())
  return listed.includes(code)
}
