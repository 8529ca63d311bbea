import { PATHS } from '../../../api/group.ts'
import type { Container, Env, Pod } from '../podTypes.ts'
import { appContainers } from './appContainers.ts'
import type { Taken } from './transferredEnv.ts'
import { referencedNames, variablesOf } from './transferredEnv.ts'

type Mount = NonNullable<Container['volumeMounts']>[number]
type Device = NonNullable<Container['volumeDevices']>[number]

export interface SharedMount {
  readonly mount: Mount
  /** What its subPathExpr refers to. */
  readonly env: readonly Env[number][]
}

/** Each container has its own token there, which the API server mounts. */
const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount'

/**
 * Mounts of the app's containers, the first at each path. A mount whose subPathExpr refers to a
 * variable that cannot be taken along is left out and told: with it the sidecar could not start.
 */
export function sharedMounts(pod: Pod): Taken<SharedMount> {
  const taken: SharedMount[] = []
  const missing: string[] = []
  const paths = new Set<string>([TOKEN_PATH, PATHS.bin, PATHS.run])
  for (const container of appContainers(pod)) {
    for (const mount of container.volumeMounts ?? []) {
      if (paths.has(mount.mountPath)) continue
      const names = referencedNames(mount.subPathExpr ?? '')
      const unknown = names.find((name) => variablesOf(container, name).length === 0)
      if (unknown === undefined) {
        paths.add(mount.mountPath)
        taken.push({ mount, env: names.flatMap((name) => variablesOf(container, name)) })
      } else {
        missing.push(
          `The mount ${mount.mountPath} of ${container.name} is not shared: its subPathExpr names ${unknown}, which the container does not have in env.`,
        )
      }
    }
  }
  return { taken, missing }
}

/**
 * Block devices of the app's containers beside those of the sidecar itself, which win: a container
 * may have a volume only once as a device, and only one at a path.
 */
export function withSharedDevices(own: readonly Device[], pod: Pod): readonly Device[] {
  const devices = [
    ...own,
    ...appContainers(pod).flatMap(({ volumeDevices }) => volumeDevices ?? []),
  ]
  const once = firstAtEachPath(devices, ({ name }) => name)
  return firstAtEachPath(once, ({ devicePath }) => devicePath)
}

/** The elements with the first of each path: what stands before wins. */
export function firstAtEachPath<T>(
  elements: readonly T[],
  pathOf: (element: T) => string,
): readonly T[] {
  const paths = elements.map(pathOf)
  return elements.filter((_, index) => paths.indexOf(paths[index] ?? '') === index)
}
