import { revisionHash, revisionName, revisionTemplate } from '../../../api/revision.ts'
import type {
  SidecarContainer,
  SidecarSet,
  SidecarSetSpec,
} from '../../../api/v1beta1/sidecarset.ts'
import type { InjectableSet } from '../injectableSet.ts'
import type { Pod } from '../podTypes.ts'

/** A container whose listeners are handed over. */
export function hotContainer(fields: Partial<SidecarContainer> = {}): SidecarContainer {
  return {
    name: 'proxy',
    image: 'envoy:v1',
    command: ['envoy'],
    upgradeStrategy: { upgradeType: 'HotUpgrade', handover: {} },
    ...fields,
  }
}

/** A set with one hot container that selects pods of the app `shop`. */
export function sidecarSet(spec: Partial<SidecarSetSpec> = {}, name = 'mesh'): SidecarSet {
  return {
    apiVersion: 'baton.dev/v1beta1',
    kind: 'SidecarSet',
    metadata: { name },
    spec: {
      selector: { matchLabels: { app: 'shop' } },
      containers: [hotContainer()],
      ...spec,
    },
  }
}

/** A set with the revision that its spec has. */
export function injectable(set: SidecarSet): InjectableSet {
  const hash = revisionHash(revisionTemplate(set.spec))
  return { set, hash, revisionName: revisionName(set.metadata.name ?? '', hash) }
}

/** A pod of the app `shop` with one container. */
export function pod(
  spec: Partial<NonNullable<Pod['spec']>> = {},
  metadata: Pod['metadata'] = {},
): Pod {
  return {
    metadata: { name: 'shop', labels: { app: 'shop' }, ...metadata },
    spec: { containers: [{ name: 'app', image: 'shop:v1' }], ...spec },
  }
}
