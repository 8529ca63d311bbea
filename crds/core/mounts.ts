import type { V1VolumeDevice, V1VolumeMount } from '@kubernetes/client-node'
import { boolean, listByKey, string } from '../schema.ts'
import { core } from './core.ts'

export const volumeMounts = listByKey(
  'Mounts of the volumes of the set.',
  'mountPath',
  core<V1VolumeMount>(
    'One mount.',
    {
      name: string('Name of the volume.'),
      mountPath: string('Directory where it is mounted.'),
      mountPropagation: string('None, HostToContainer or Bidirectional. Defaults to None.'),
      readOnly: boolean('Whether nothing can be written there.'),
      recursiveReadOnly: string('Disabled, IfPossible or Enabled, for a mount that is readOnly.'),
      subPath: string('Path in the volume that is mounted. Defaults to its root.'),
      subPathExpr: string('The same with $(NAME) for variables. Not together with subPath.'),
    },
    ['mountPath'],
  ),
)

export const volumeDevices = listByKey(
  'Block devices among the volumes of the set.',
  'devicePath',
  core<V1VolumeDevice>(
    'One device.',
    {
      name: string('Name of the volume.'),
      devicePath: string('Path of the device in the container.'),
    },
    ['devicePath'],
  ),
)
