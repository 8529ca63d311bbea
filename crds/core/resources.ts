import type {
  CoreV1ResourceClaim,
  V1ContainerResizePolicy,
  V1ResourceRequirements,
} from '@kubernetes/client-node'
import { intOrString, list, mapOf, string } from '../schema.ts'
import { core } from './core.ts'

const quantity = intOrString('A quantity, such as 100m or 64Mi.')

export const resources = core<V1ResourceRequirements>(
  'Requests and limits. Slots of hot containers always get some.',
  {
    requests: mapOf('What is reserved for the container.', quantity),
    limits: mapOf('What the container may use.', quantity),
    claims: list(
      "Claims of the pod's spec.resourceClaims.",
      core<CoreV1ResourceClaim>('One claim.', {
        name: string('Name of the claim.'),
        request: string('Name of one request in it.'),
      }),
    ),
  },
)

export const resizePolicy = list(
  'What a change of resources does to the container.',
  core<V1ContainerResizePolicy>('For one resource.', {
    resourceName: string('cpu or memory.'),
    restartPolicy: string('NotRequired or RestartContainer. Defaults to NotRequired.'),
  }),
)
