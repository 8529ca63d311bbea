import { expect } from 'chai'
import fc from 'fast-check'
import type { SidecarSet } from '../../api/v1beta1/sidecarset.ts'
import { hotContainer, pod, sidecarSet } from '../../webhook/inject/testing/build.ts'
import type { Pod } from '../../webhook/inject/podTypes.ts'
import { injectPod } from './injectManifest.ts'
import { uninject } from './uninject.ts'

function injected(author: Pod, sets: readonly SidecarSet[]): Pod {
  const setting = {
    sets,
    namespaceOf: (name: string) => ({ name }),
    agentImage: 'agent:1',
    defaultNamespace: 'default',
  }
  return injectPod(author, setting, 0).patched
}

const logs = sidecarSet(
  {
    containers: [
      { name: 'log', image: 'log:1', volumeMounts: [{ name: 'spool', mountPath: '/s' }] },
    ],
    initContainers: [{ name: 'prepare', image: 'prepare:1' }],
    volumes: [{ name: 'spool', emptyDir: {} }],
    imagePullSecrets: [{ name: 'registry' }],
  },
  'logs',
)

describe('taking sidecars out', () => {
  it('gives back what the author of the pod wrote', () => {
    const extras = fc.record({
      hot: fc.boolean(),
      cold: fc.boolean(),
      volumes: fc.boolean(),
      secrets: fc.boolean(),
      annotations: fc.boolean(),
      slotLike: fc.boolean(),
    })
    fc.assert(
      fc.property(extras, ({ hot, cold, volumes, secrets, annotations, slotLike }) => {
        const author = pod(
          {
            ...(volumes ? { volumes: [{ name: 'data', emptyDir: {} }] } : {}),
            ...(secrets ? { imagePullSecrets: [{ name: 'own' }] } : {}),
            containers: [
              { name: 'app', image: 'shop:v1' },
              ...(slotLike ? [{ name: 'log-1', image: 'mine:1' }] : []),
            ],
          },
          {
            name: 'shop',
            labels: { app: 'shop' },
            ...(annotations ? { annotations: { owner: 'shop', 'baton.dev/inject': 'true' } } : {}),
          },
        )
        const sets = [...(hot ? [sidecarSet()] : []), ...(cold ? [logs] : [])]
        const after = injected(author, sets)
        if (hot || cold) expect(after).not.to.deep.equal(author)
        expect(uninject(after, sets)).to.deep.equal(author)
      }),
    )
  })

  it('leaves what only the set could tell when the set is not given', () => {
    const author = pod()
    const names = uninject(injected(author, [logs]), []).spec?.initContainers?.map(
      ({ name }) => name,
    )
    expect(names).to.deep.equal(['prepare'])
  })

  it('leaves a pod alone that was never injected', () => {
    const author = pod({ containers: [{ name: 'proxy-1', image: 'own:1' }] })
    expect(uninject(author, [sidecarSet({ containers: [hotContainer()] })])).to.equal(author)
  })
})
