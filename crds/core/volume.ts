import type {
  V1ConfigMapProjection,
  V1ConfigMapVolumeSource,
  V1CSIVolumeSource,
  V1DownwardAPIProjection,
  V1DownwardAPIVolumeFile,
  V1DownwardAPIVolumeSource,
  V1EmptyDirVolumeSource,
  V1HostPathVolumeSource,
  V1ImageVolumeSource,
  V1KeyToPath,
  V1LocalObjectReference,
  V1NFSVolumeSource,
  V1PersistentVolumeClaimVolumeSource,
  V1ProjectedVolumeSource,
  V1SecretProjection,
  V1SecretVolumeSource,
  V1ServiceAccountTokenProjection,
} from '@kubernetes/client-node'
import type { Schema } from '../schema.ts'
import {
  boolean,
  int64,
  integer,
  intOrString,
  list,
  listByKey,
  mapOf,
  openObject,
  string,
} from '../schema.ts'
import { core } from './core.ts'
import { podFields } from './environment.ts'

const optional = boolean('Whether the pod may start without it.')
const readOnly = boolean('Whether nothing can be written there.')
const defaultMode = integer('Permission bits of the files. Defaults to 0644.')

const items = list(
  'Keys that become files. Absent: all.',
  core<V1KeyToPath>('One key.', {
    key: string('The key.'),
    path: string('Path of its file.'),
    mode: integer('Permission bits of the file.'),
  }),
)

const podFiles = list(
  'The files.',
  core<V1DownwardAPIVolumeFile>('One file.', {
    path: string('Path of the file.'),
    fieldRef: podFields.fieldRef('A field of the pod.'),
    resourceFieldRef: podFields.resourceFieldRef('A resource of a container.'),
    mode: integer('Permission bits of the file.'),
  }),
)

const projections: Readonly<Record<string, Schema>> = {
  configMap: core<V1ConfigMapProjection>('Files from a ConfigMap.', {
    name: string('Name of the ConfigMap.'),
    items,
    optional,
  }),
  secret: core<V1SecretProjection>('Files from a Secret.', {
    name: string('Name of the Secret.'),
    items,
    optional,
  }),
  downwardAPI: core<V1DownwardAPIProjection>('Files about the pod.', { items: podFiles }),
  serviceAccountToken: core<V1ServiceAccountTokenProjection>("A token of the pod's account.", {
    audience: string('For whom the token is. Defaults to the API server.'),
    expirationSeconds: int64('Seconds that the token is good for. Defaults to 3600.'),
    path: string('Path of the file.'),
  }),
}

/** The usual sources of a core/v1 Volume; others are kept as they are. */
const volumeSources: Readonly<Record<string, Schema>> = {
  configMap: core<V1ConfigMapVolumeSource>('Files from a ConfigMap.', {
    name: string("Name of the ConfigMap, in the pod's namespace."),
    items,
    defaultMode,
    optional,
  }),
  secret: core<V1SecretVolumeSource>('Files from a Secret.', {
    secretName: string("Name of the Secret, in the pod's namespace."),
    items,
    defaultMode,
    optional,
  }),
  emptyDir: core<V1EmptyDirVolumeSource>('An empty directory that lives as long as the pod.', {
    medium: string('Memory, or the disk of the node when empty.'),
    sizeLimit: intOrString('The most that it may hold.'),
  }),
  downwardAPI: core<V1DownwardAPIVolumeSource>('Files about the pod.', {
    items: podFiles,
    defaultMode,
  }),
  projected: core<V1ProjectedVolumeSource>('Files from several sources in one directory.', {
    sources: list('The sources.', openObject('One source.', projections)),
    defaultMode,
  }),
  hostPath: core<V1HostPathVolumeSource>('A path of the node.', {
    path: string('The path.'),
    type: string('Such as Directory, DirectoryOrCreate, File or Socket. Defaults to no check.'),
  }),
  persistentVolumeClaim: core<V1PersistentVolumeClaimVolumeSource>('A claim.', {
    claimName: string("Name of the claim, in the pod's namespace."),
    readOnly,
  }),
  csi: core<V1CSIVolumeSource>('A volume of a CSI driver that lives as long as the pod.', {
    driver: string('Name of the driver.'),
    fsType: string("File system. Defaults to the driver's choice."),
    readOnly,
    volumeAttributes: mapOf('What the driver is told.', { type: 'string' }),
    nodePublishSecretRef: core<V1LocalObjectReference>('A Secret for the driver.', {
      name: string('Name of the Secret.'),
    }),
  }),
  image: core<V1ImageVolumeSource>('The files of an image.', {
    reference: string('The image.'),
    pullPolicy: string('Always, IfNotPresent or Never.'),
  }),
  nfs: core<V1NFSVolumeSource>('A directory of an NFS server.', {
    server: string('Host name or address of the server.'),
    path: string('Directory that it exports.'),
    readOnly,
  }),
}

/** A list of core/v1 Volumes. */
export function volumes(description: string): Schema {
  const fields = { name: string('Name of the volume.'), ...volumeSources }
  return listByKey(description, 'name', openObject('A core volume.', fields, ['name']))
}
