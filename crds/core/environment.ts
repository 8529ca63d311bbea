import type {
  V1ConfigMapEnvSource,
  V1ConfigMapKeySelector,
  V1EnvFromSource,
  V1EnvVar,
  V1EnvVarSource,
  V1FileKeySelector,
  V1ObjectFieldSelector,
  V1ResourceFieldSelector,
  V1SecretEnvSource,
  V1SecretKeySelector,
} from '@kubernetes/client-node'
import type { Schema } from '../schema.ts'
import { boolean, intOrString, list, listByKey, string } from '../schema.ts'
import { core } from './core.ts'

const optional = boolean('Whether the container may start without it.')

const fieldRef = (what: string): Schema =>
  core<V1ObjectFieldSelector>(what, {
    apiVersion: string('Version of the schema of the path. Defaults to v1.'),
    fieldPath: string("Such as metadata.name, status.podIP or metadata.labels['app']."),
  })

const resourceFieldRef = (what: string): Schema =>
  core<V1ResourceFieldSelector>(what, {
    containerName: string('Name of the container; needed in volumes.'),
    divisor: intOrString('The unit of the value. Defaults to 1.'),
    resource: string('Such as limits.cpu or requests.memory.'),
  })

const valueFrom = core<V1EnvVarSource>('Where the value comes from. Not together with value.', {
  configMapKeyRef: core<V1ConfigMapKeySelector>('A key of a ConfigMap.', {
    name: string("Name of the ConfigMap, in the pod's namespace."),
    key: string('The key.'),
    optional,
  }),
  fieldRef: fieldRef('A field of the pod.'),
  fileKeyRef: core<V1FileKeySelector>('A variable in a file that a container has written.', {
    volumeName: string('Name of the volume that has the file.'),
    path: string('Path of the file in the volume.'),
    key: string('Name of the variable in the file.'),
    optional,
  }),
  resourceFieldRef: resourceFieldRef('A resource of a container.'),
  secretKeyRef: core<V1SecretKeySelector>('A key of a Secret.', {
    name: string("Name of the Secret, in the pod's namespace."),
    key: string('The key.'),
    optional,
  }),
})

export const env = listByKey(
  'Environment variables. IS_INJECTED, and in slots SIDECARSET_VERSION and SIDECARSET_VERSION_ALT, are added.',
  'name',
  core<V1EnvVar>(
    'One variable.',
    {
      name: string('Name of the variable.'),
      value: string('The value; $(NAME) stands for that of a variable before it.'),
      valueFrom,
    },
    ['name'],
  ),
)

export const envFrom = list(
  'Objects all of whose keys become variables.',
  core<V1EnvFromSource>('One object.', {
    configMapRef: core<V1ConfigMapEnvSource>('A ConfigMap.', {
      name: string("Name of the ConfigMap, in the pod's namespace."),
      optional,
    }),
    secretRef: core<V1SecretEnvSource>('A Secret.', {
      name: string("Name of the Secret, in the pod's namespace."),
      optional,
    }),
    prefix: string('Put before each key.'),
  }),
)

export const podFields = { fieldRef, resourceFieldRef } as const
