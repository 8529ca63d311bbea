import type { SidecarContainer, SidecarSet } from '../../v1beta1/sidecarset.ts'
import type { Given } from './faults.ts'

export const cold: SidecarContainer = { name: 'log', image: 'log:v1' }
export const hot: SidecarContainer = {
  name: 'proxy',
  image: 'envoy:v1',
  command: ['/usr/local/bin/envoy'],
  upgradeStrategy: {
    upgradeType: 'HotUpgrade',
    handover: { drain: { method: { envoy: { adminPort: 9901 } } } },
  },
}

export function sidecarSet(spec: object): SidecarSet {
  return {
    apiVersion: 'baton.dev/v1beta1',
    kind: 'SidecarSet',
    metadata: { name: 'mesh' },
    spec: {
      selector: { matchLabels: { app: 'shop' } },
      containers: [hot, cold],
      ...spec,
    },
  }
}

export function withCold(fields: object): object {
  return { containers: [{ ...cold, ...fields }] }
}

export function withHandover(handover: object, fields: object = {}): object {
  const upgradeStrategy = { upgradeType: 'HotUpgrade', handover }
  return { containers: [{ ...hot, upgradeStrategy, ...fields }] }
}

export function named(length: number): SidecarContainer {
  return { ...hot, name: 'p'.repeat(length) }
}

/** A set with one cold container that has what is given. */
export function setWith({ container, volume }: Given): SidecarSet {
  const mount = volume === undefined ? {} : { volumeMounts: [{ name: 'v', mountPath: '/v' }] }
  return sidecarSet({
    volumes:
      volume === undefined
        ? [
            { name: 'a', emptyDir: {} },
            { name: 'disk', persistentVolumeClaim: { claimName: 'disk' } },
          ]
        : [{ name: 'v', ...volume }],
    ...withCold({ ...mount, ...container }),
  })
}
