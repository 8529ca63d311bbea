import { expect } from 'chai'
import type { SetOptions } from '../../testing/build.ts'
import { aRevision, aSet, hotProxy, injectedPod } from '../../testing/build.ts'
import type { ControllerRevision, Pod } from '../../../runtime/client/kinds.ts'
import { hashesInUse } from './hashesInUse.ts'

const hashOf = (image: string): string => aRevision([hotProxy(image)]).hash

function stored(image: string, number: number, version?: string): ControllerRevision {
  const { name, template } = aRevision([hotProxy(image)], number)
  const labels = version === undefined ? {} : { 'baton.dev/sidecarset-custom-version': version }
  return { metadata: { name, namespace: 'baton-system', labels }, revision: number, data: template }
}

const pinned = (revision: object): SetOptions => ({ spec: { injectionStrategy: { revision } } })

/** name of the case -> the set, its pods, its revisions, images of the revisions in use */
const cases: Readonly<
  Record<string, readonly [SetOptions, readonly Pod[], readonly ControllerRevision[], string[]]>
> = {
  'pods have': [{}, [injectedPod('a', [hotProxy('proxy:1')])], [], ['proxy:1']],
  'the status names': [
    { status: { currentRevision: hashOf('proxy:1'), failedRevision: hashOf('proxy:2') } },
    [],
    [],
    ['proxy:1', 'proxy:2'],
  ],
  'new pods are pinned to by name': [
    pinned({ revisionName: `mesh-${hashOf('proxy:1')}` }),
    [],
    [],
    ['proxy:1'],
  ],
  'new pods are pinned to by version, the newest that has it': [
    pinned({ customVersion: 'v1' }),
    [],
    [stored('proxy:1', 1, 'v1'), stored('proxy:2', 2, 'v1'), stored('proxy:3', 3)],
    ['proxy:2'],
  ],
  'nobody has where the pinned version is gone': [pinned({ customVersion: 'v1' }), [], [], []],
}

describe('the revisions in use are those that', () => {
  for (const [name, [options, pods, existing, images]] of Object.entries(cases)) {
    it(name, () => {
      const inUse = [...hashesInUse(aSet(options), pods, existing)].filter((hash) => hash !== '')
      expect(inUse).to.have.members(images.map(hashOf))
    })
  }
})
