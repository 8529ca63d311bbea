import type { V1ProjectedVolumeSource, V1VolumeProjection } from '@kubernetes/client-node'
import type { Wire } from '../../wire.ts'
import type { Violation } from '../violation.ts'
import { itemViolations, modeViolations, podFileViolations } from './files.ts'
import { missingViolations, unionViolations } from './present.ts'

/** A volume with files from several sources. */
export function projectedViolations(
  path: string,
  { sources = [], defaultMode }: Wire<V1ProjectedVolumeSource>,
): readonly Violation[] {
  return [
    ...sources.flatMap((source, index) => projection(`${path}.sources[${index}]`, source)),
    ...pathsTwice(path, sources),
    ...modeViolations(`${path}.defaultMode`, defaultMode),
  ]
}

const SHORTEST_TOKEN_SECONDS = 600

/** What is wrong with one source of a projected volume. */
function projection(path: string, source: Wire<V1VolumeProjection>): readonly Violation[] {
  const { configMap, secret, downwardAPI, serviceAccountToken: token } = source
  const several = unionViolations(path, source, Object.keys(source), { least: 0 })
  if (several.length > 0) return several
  return [
    ...(configMap === undefined
      ? []
      : [
          ...missingViolations(`${path}.configMap.name`, configMap.name, 'name the ConfigMap'),
          ...itemViolations(`${path}.configMap`, configMap.items),
        ]),
    ...(secret === undefined
      ? []
      : [
          ...missingViolations(`${path}.secret.name`, secret.name, 'name the Secret'),
          ...itemViolations(`${path}.secret`, secret.items),
        ]),
    ...podFileViolations(`${path}.downwardAPI`, downwardAPI?.items),
    ...(token === undefined
      ? []
      : [
          ...missingViolations(`${path}.serviceAccountToken.path`, token.path, 'name the file'),
          ...((token.expirationSeconds ?? SHORTEST_TOKEN_SECONDS) >= SHORTEST_TOKEN_SECONDS
            ? []
            : [
                {
                  field: `${path}.serviceAccountToken.expirationSeconds`,
                  value: token.expirationSeconds,
                  problem: 'no token is given for so short a time',
                  remedy: `use at least ${SHORTEST_TOKEN_SECONDS}`,
                },
              ]),
        ]),
  ]
}

/** Two sources that write one file. */
function pathsTwice(
  path: string,
  sources: readonly Wire<V1VolumeProjection>[],
): readonly Violation[] {
  const seen = new Set<string>()
  return sources.flatMap(({ configMap, secret, downwardAPI, serviceAccountToken }, index) => {
    const keys = [configMap, secret].flatMap((one) => one?.items ?? [])
    const files = [...keys, ...(downwardAPI?.items ?? [])].map((one) => one.path)
    const token = serviceAccountToken === undefined ? [] : [serviceAccountToken.path]
    return [...files, ...token].flatMap((value) => {
      const field = `${path}.sources[${index}]`
      if (!seen.has(value)) {
        seen.add(value)
        return []
      }
      const problem = 'another source writes this file already'
      return [{ field, value, problem, remedy: 'give it another path' }]
    })
  })
}
