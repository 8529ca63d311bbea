import {
  AGENT_CONTAINER,
  GROUP,
  INIT_CONTAINER,
  VOLUMES,
  annotations,
  slotNames,
} from '../../api/group.ts'
import { podRevisions } from '../../api/podRecord.ts'
import type { SidecarSet } from '../../api/v1beta1/sidecarset.ts'
import { omit } from '../../webhook/inject/omit.ts'
import type { Container, Pod } from '../../webhook/inject/podTypes.ts'

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container'
const OUR_VOLUMES: readonly string[] = Object.values(VOLUMES)

/**
 * The pod without what injection added; the pod itself when there is nothing of it. What is no more
 * told of by the pod (init containers that end, pull secrets) is known from the sets.
 * @param sets those that may have been injected, as far as they are known
 */
export function uninject(pod: Pod, sets: readonly SidecarSet[]): Pod {
  const injected = Object.values(podRevisions(pod.metadata?.annotations))
  if (injected.length === 0 || pod.spec === undefined) return pod
  const hot = hotContainers(pod)
  const inPodNames = (name: string): readonly string[] => (hot.has(name) ? slotNames(name) : [name])
  const names = new Set(injected.map(({ sidecarSetName }) => sidecarSetName))
  const known = sets.filter(({ metadata }) => names.has(metadata.name ?? ''))
  const ours = new Set<string>([AGENT_CONTAINER, INIT_CONTAINER])
  for (const { sidecarList } of injected) {
    for (const name of sidecarList) for (const one of inPodNames(name)) ours.add(one)
  }
  for (const { spec } of known) {
    for (const { name } of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
      for (const one of inPodNames(name)) ours.add(one)
    }
  }
  const isOurs = ({ name }: Container): boolean => ours.has(name)
  const { containers, initContainers = [], volumes = [], imagePullSecrets = [] } = pod.spec
  const kept = [...containers, ...initContainers].filter((one) => !isOurs(one))
  const gone = [...containers, ...initContainers].filter(isOurs)
  const secrets = new Set(
    known.flatMap(({ spec }) => (spec.imagePullSecrets ?? []).map(({ name }) => name)),
  )
  const offered = new Set(known.flatMap(({ spec }) => (spec.volumes ?? []).map(({ name }) => name)))
  const stays = (name: string): boolean =>
    !OUR_VOLUMES.includes(name) &&
    (!offered.has(name) ||
      !gone.some((one) => mounts(one, name)) ||
      kept.some((one) => mounts(one, name)))
  return {
    ...pod,
    metadata: withoutOurAnnotations(pod.metadata, kept),
    spec: {
      ...omit(pod.spec, 'initContainers', 'volumes', 'imagePullSecrets'),
      containers: containers.filter((one) => !isOurs(one)),
      ...emptied(
        'initContainers',
        initContainers.filter((one) => !isOurs(one)),
      ),
      ...emptied(
        'volumes',
        volumes.filter(({ name }) => stays(name)),
      ),
      ...emptied(
        'imagePullSecrets',
        imagePullSecrets.filter(({ name }) => !secrets.has(name)),
      ),
    },
  }
}

/** An app may well have a container that is called as a slot is: the pod tells which ones are slots. */
function hotContainers({ metadata }: Pod): ReadonlySet<string> {
  const text = metadata?.annotations?.[annotations.workingHotUpgradeContainer] ?? '{}'
  try {
    return new Set(Object.keys(JSON.parse(text) as object))
  } catch {
    return new Set()
  }
}

function mounts({ volumeMounts = [], volumeDevices = [] }: Container, volume: string): boolean {
  return [...volumeMounts, ...volumeDevices].some(({ name }) => name === volume)
}

/** A list that injection created goes with its last element. */
function emptied<K extends string, T>(
  key: K,
  elements: readonly T[],
): { readonly [P in K]?: readonly T[] } {
  return (elements.length === 0 ? {} : { [key]: elements }) as { readonly [P in K]?: readonly T[] }
}

function withoutOurAnnotations(
  metadata: Pod['metadata'],
  kept: readonly Container[],
): NonNullable<Pod['metadata']> {
  const entries = Object.entries(metadata?.annotations ?? {}).filter(
    ([key, value]) =>
      !isOurAnnotation(key) && !(key === DEFAULT_CONTAINER && value === kept[0]?.name),
  )
  const rest = omit(metadata ?? {}, 'annotations')
  return entries.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(entries) }
}

function isOurAnnotation(key: string): boolean {
  const [prefix = ''] = key.split('/')
  // Its author has written that one.
  if (key === annotations.inject) return false
  return prefix === GROUP || prefix.endsWith(`.sidecarset.${GROUP}`)
}
