import type { V1LocalObjectReference } from '@kubernetes/client-node'
import { VOLUMES } from '../../api/group.ts'
import type { Wire } from '../../api/wire.ts'
import { completeFromApp } from './fromApp/completeFromApp.ts'
import { interceptingSet } from './interception.ts'
import type { InjectableSet } from './injectableSet.ts'
import { sidecarPlans } from './injectableSet.ts'
import type { PlacedContainer } from './placement.ts'
import { placeContainers } from './placement.ts'
import type { Container, Pod, Volume } from './podTypes.ts'

type PullSecret = Wire<V1LocalObjectReference>

/** What goes before and what after the elements that a list of the pod has already. */
export interface Ends<T> {
  readonly first: readonly T[]
  readonly last: readonly T[]
}

/** All that injection adds to a pod, apart from annotations. */
export interface PodAdditions {
  readonly initContainers: Ends<Container>
  readonly containers: Ends<Container>
  readonly volumes: readonly Volume[]
  readonly imagePullSecrets: readonly PullSecret[]
}

/** @param sets those accepted for the pod: at least one */
export function podAdditions(
  pod: Pod,
  sets: readonly InjectableSet[],
  agentImage: string,
): PodAdditions {
  const plans = sets.flatMap(sidecarPlans).map((plan) => ({
    ...plan,
    container: completeFromApp(plan.container, pod).container,
  }))
  const placed = placeContainers(pod, plans, agentImage, interceptingSet(sets) !== undefined)
  return {
    initContainers: endsOf('initContainers', placed),
    containers: endsOf('containers', placed),
    volumes: mountedVolumes(pod, sets, placed),
    imagePullSecrets: newPullSecrets(pod, sets),
  }
}

function endsOf(
  list: PlacedContainer['list'],
  placed: readonly PlacedContainer[],
): Ends<Container> {
  const at = (end: PlacedContainer['end']) =>
    placed.filter((one) => one.list === list && one.end === end).map(({ container }) => container)
  return { first: at('first'), last: at('last') }
}

const OUR_VOLUMES: readonly Volume[] = [
  { name: VOLUMES.bin, emptyDir: {} },
  { name: VOLUMES.run, emptyDir: { medium: 'Memory' } },
  {
    name: VOLUMES.podInfo,
    downwardAPI: {
      items: [
        { path: 'annotations', fieldRef: { fieldPath: 'metadata.annotations' } },
        { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
      ],
    },
  },
]

/** Only what an added container mounts; the pod's own volume of a name wins, then the first set. */
function mountedVolumes(
  pod: Pod,
  sets: readonly InjectableSet[],
  placed: readonly PlacedContainer[],
): readonly Volume[] {
  const mounted = new Set(
    placed.flatMap(({ container }) => [
      ...(container.volumeMounts ?? []).map(({ name }) => name),
      ...(container.volumeDevices ?? []).map(({ name }) => name),
    ]),
  )
  const known = new Set((pod.spec?.volumes ?? []).map(({ name }) => name))
  const offered = [...sets.flatMap(({ set }) => set.spec.volumes ?? []), ...OUR_VOLUMES]
  return firstOfEachName(offered, known).filter(({ name }) => mounted.has(name))
}

function newPullSecrets(pod: Pod, sets: readonly InjectableSet[]): readonly PullSecret[] {
  const known = new Set((pod.spec?.imagePullSecrets ?? []).map(({ name }) => name ?? ''))
  return firstOfEachName(
    sets.flatMap(({ set }) => set.spec.imagePullSecrets ?? []),
    known,
  )
}

function firstOfEachName<T extends { readonly name?: string }>(
  elements: readonly T[],
  known: ReadonlySet<string>,
): readonly T[] {
  const names = elements.map(({ name }) => name ?? '')
  return elements.filter((_, index) => {
    const name = names[index] ?? ''
    return !known.has(name) && names.indexOf(name) === index
  })
}
