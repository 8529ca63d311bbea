import type {
  ResourceExpressions,
  ResourcesPolicy,
  SidecarContainer,
  TransferEnv,
} from '../api/v1beta1/sidecarset.ts'
import { oneOf } from './rules.ts'
import type { Properties, Schema } from './schema.ts'
import { list, object, string } from './schema.ts'

const sharePolicy = (what: string): Schema =>
  object<{ type: string }>(what, {
    type: oneOf('enabled or disabled. Defaults to disabled.', ['enabled', 'disabled']),
  })

const transferEnv = object<TransferEnv>("Variables of one of the app's containers.", {
  sourceContainerName: string('Name of the container that has them.'),
  sourceContainerNameFrom: object<NonNullable<TransferEnv['sourceContainerNameFrom']>>(
    'Where the pod names the container. Wins over sourceContainerName.',
    {
      fieldRef: object<{ fieldPath: string }>('A field of the pod.', {
        fieldPath: string("Such as metadata.labels['app'] or metadata.annotations['main']."),
      }),
    },
  ),
  envName: string('Name of one variable.'),
  envNames: list('Names of more variables.', { type: 'string' }),
})

const expressions = (what: string): Schema =>
  object<ResourceExpressions>(what, {
    cpu: string('Such as max(cpu*50%, 50m): + - * / ( ) min max %, quantities, and cpu.'),
    memory: string('Such as min(memory/4, 256Mi): + - * / ( ) min max %, quantities, and memory.'),
  })

const resourcesPolicy = object<ResourcesPolicy>(
  "Computes the resources from those of the app's containers when a pod is created. Not together with resources.",
  {
    targetContainersMode: oneOf(
      'sum or max of the containers that match. Defaults to sum. A limit that one of them lacks is absent in the result too.',
      ['sum', 'max'],
    ),
    targetContainersNameRegex: string(
      "Regular expression, in Go's syntax, for the names of the containers.",
    ),
    resourcesExpr: object<NonNullable<ResourcesPolicy['resourcesExpr']>>(
      'An expression for each.',
      {
        limits: expressions('Limits. Absent: none.'),
        requests: expressions('Requests; one above its limit is lowered to it. Absent: none.'),
      },
    ),
  },
)

/** What a container takes from the app's containers of a pod. */
export const fromApp: Properties<
  Pick<
    SidecarContainer,
    'shareVolumePolicy' | 'shareVolumeDevicePolicy' | 'transferEnv' | 'resourcesPolicy'
  >
> = {
  shareVolumePolicy: sharePolicy(
    "Whether it also mounts what the app's containers mount, at the same paths. Its own mounts win.",
  ),
  shareVolumeDevicePolicy: sharePolicy(
    "Whether it also gets the block devices of the app's containers. Its own win.",
  ),
  transferEnv: list("Variables taken over from the app's containers. Its own win.", transferEnv),
  resourcesPolicy,
}
