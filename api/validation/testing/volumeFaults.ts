import type { Given } from './faults.ts'

/** Those of {@link faults} that are in volumes. */
export const volumeFaults: Readonly<Record<string, readonly [Given, string]>> = {
  'a volume of two kinds': [{ volume: { emptyDir: {}, configMap: { name: 'a' } } }, ''],
  'a volume of no ConfigMap': [{ volume: { configMap: {} } }, 'configMap.name'],
  'a volume with permission bits that cannot be': [
    { volume: { configMap: { name: 'a', defaultMode: 9999 } } },
    'configMap.defaultMode',
  ],
  'a volume with a key of no file': [
    { volume: { configMap: { name: 'a', items: [{ key: 'a' }] } } },
    'configMap.items[0].path',
  ],
  'a volume with a file that goes up': [
    { volume: { configMap: { name: 'a', items: [{ key: 'a', path: '../a' }] } } },
    'configMap.items[0].path',
  ],
  'a volume of no Secret': [{ volume: { secret: {} } }, 'secret.secretName'],
  'a directory of a negative size': [
    { volume: { emptyDir: { sizeLimit: '-1' } } },
    'emptyDir.sizeLimit',
  ],
  'a directory of a size that is none': [
    { volume: { emptyDir: { sizeLimit: 'x' } } },
    'emptyDir.sizeLimit',
  ],
  'a path of the node that is none': [{ volume: { hostPath: {} } }, 'hostPath.path'],
  'a type of paths of the node that there is not': [
    { volume: { hostPath: { path: '/a', type: 'X' } } },
    'hostPath.type',
  ],
  'a path of the node that goes up': [
    { volume: { hostPath: { path: '/a/../b' } } },
    'hostPath.path',
  ],
  'a claim without a name': [
    { volume: { persistentVolumeClaim: {} } },
    'persistentVolumeClaim.claimName',
  ],
  'a file of a field that pods lack': [
    { volume: { downwardAPI: { items: [{ path: 'a', fieldRef: { fieldPath: 'x' } }] } } },
    'downwardAPI.items[0].fieldRef.fieldPath',
  ],
  'a file of two things': [
    {
      volume: {
        downwardAPI: {
          items: [
            {
              path: 'a',
              fieldRef: { fieldPath: 'metadata.name' },
              resourceFieldRef: { containerName: 'log', resource: 'limits.cpu' },
            },
          ],
        },
      },
    },
    'downwardAPI.items[0]',
  ],
  'a file of the resources of no container': [
    {
      volume: {
        downwardAPI: { items: [{ path: 'a', resourceFieldRef: { resource: 'limits.cpu' } }] },
      },
    },
    'downwardAPI.items[0].resourceFieldRef.containerName',
  ],
  'two sources in one': [
    { volume: { projected: { sources: [{ configMap: { name: 'a' }, secret: { name: 'b' } }] } } },
    'projected.sources[0]',
  ],
  'two sources of one file': [
    {
      volume: {
        projected: {
          sources: [
            { configMap: { name: 'a', items: [{ key: 'a', path: 'x' }] } },
            { configMap: { name: 'b', items: [{ key: 'a', path: 'x' }] } },
          ],
        },
      },
    },
    'projected.sources[1]',
  ],
  'a token in no file': [
    { volume: { projected: { sources: [{ serviceAccountToken: {} }] } } },
    'projected.sources[0].serviceAccountToken.path',
  ],
  'a token for a second': [
    {
      volume: {
        projected: { sources: [{ serviceAccountToken: { path: 'x', expirationSeconds: 1 } }] },
      },
    },
    'projected.sources[0].serviceAccountToken.expirationSeconds',
  ],
  'a volume of no driver': [{ volume: { csi: {} } }, 'csi.driver'],
  'a volume of a driver that cannot be': [{ volume: { csi: { driver: 'a b' } } }, 'csi.driver'],
  'a directory of no server': [{ volume: { nfs: {} } }, 'nfs.server'],
  'a relative directory of a server': [{ volume: { nfs: { server: 'a', path: 'b' } } }, 'nfs.path'],
  'a volume of no image': [{ volume: { image: {} } }, 'image.reference'],
  'a volume with a policy of pulling that there is not': [
    { volume: { image: { reference: 'a', pullPolicy: 'X' } } },
    'image.pullPolicy',
  ],
  'a claim of nothing': [{ volume: { ephemeral: {} } }, 'ephemeral.volumeClaimTemplate'],
}
