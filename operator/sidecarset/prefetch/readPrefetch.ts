import type { Pod } from '../../../runtime/client/kinds.ts'
import type { ImageState } from '../rollout/starts.ts'

type ContainerStatus = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number]

/** Reasons the kubelet gives while an image cannot be had. */
const PULL_FAILURES: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
])

/**
 * What a prefetch pod tells about its image: present as soon as a container was made of it,
 * whatever became of that container.
 */
export function readPrefetch(
  pod: Pod,
  { now, deadlineSeconds }: { readonly now: number; readonly deadlineSeconds: number },
): ImageState {
  const { containerStatuses = [], initContainerStatuses = [], phase } = pod.status ?? {}
  if (containerStatuses.some(wasCreated)) return { kind: 'present' }
  const refused = [...containerStatuses, ...initContainerStatuses].find((status) =>
    PULL_FAILURES.has(status.state?.waiting?.reason ?? ''),
  )
  if (refused !== undefined) {
    const { reason = '', message = '' } = refused.state?.waiting ?? {}
    return { kind: 'failed', message: `${reason}: ${message}` }
  }
  if (phase === 'Failed') {
    const { reason = 'Failed', message = 'the prefetch pod ended early' } = pod.status ?? {}
    return { kind: 'failed', message: `${reason}: ${message}` }
  }
  const created = Date.parse(pod.metadata.creationTimestamp ?? '') || now
  if (now - created > deadlineSeconds * 1000) {
    return { kind: 'failed', message: `not pulled within ${deadlineSeconds} s` }
  }
  return { kind: 'pulling' }
}

function wasCreated({ state, lastState }: ContainerStatus): boolean {
  return (
    state?.running !== undefined ||
    state?.terminated !== undefined ||
    lastState?.terminated !== undefined
  )
}
