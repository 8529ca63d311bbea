import { expect } from 'chai'
import type { PatchPodMetadata, SidecarSet } from '../v1beta1/sidecarset.ts'
import { parseWhitelist, whitelistViolations } from './annotationWhitelist.ts'
import { patchPodMetadataViolations } from './patchPodMetadata.ts'

const key = 'example.com/zone'

const cases: readonly (readonly [string, readonly PatchPodMetadata[], ...string[]])[] = [
  ['it is right', [{ annotations: { [key]: 'north', plain: '' }, patchPolicy: 'Overwrite' }]],
  ['an object is merged', [{ annotations: { [key]: '{"a":1}' }, patchPolicy: 'MergePatchJson' }]],
  ['it patches nothing', [{}], 'nothing is patched'],
  [
    'the policy is misspelt',
    [{ annotations: { [key]: '' }, patchPolicy: 'retain' as 'Retain' }],
    'there is no such policy',
  ],
  ['a key is none', [{ annotations: { 'a b': '' } }], 'this is no key of an annotation'],
  [
    'a key is ours',
    [{ annotations: { 'baton.dev/desired': '{}' } }],
    'baton.dev writes its own annotations, and agents obey them',
  ],
  [
    'a key of our subdomain',
    [{ annotations: { 'version.sidecarset.baton.dev/proxy-1': '9' } }],
    'baton.dev writes its own annotations, and agents obey them',
  ],
  [
    'a key is patched twice',
    [{ annotations: { [key]: 'a' } }, { annotations: { [key]: 'b' } }],
    'spec.patchPodMetadata[0] patches this key already',
  ],
  [
    'text is merged as JSON',
    [{ annotations: { [key]: 'north' }, patchPolicy: 'MergePatchJson' }],
    'only a JSON object can be merged',
  ],
]

describe('a patch of annotations is checked when', () => {
  for (const [name, patches, ...problems] of cases) {
    it(name, () => {
      const found = patchPodMetadataViolations(patches).map(({ problem }) => problem)
      expect(found).to.deep.equal(problems)
    })
  }
})

describe('the whitelist of annotations', () => {
  const set: SidecarSet = {
    apiVersion: 'baton.dev/v1beta1',
    kind: 'SidecarSet',
    metadata: { name: 'mesh', labels: { team: 'net' } },
    spec: {
      selector: { matchLabels: { app: 'shop' } },
      patchPodMetadata: [{ annotations: { [key]: 'north' } }],
    },
  }
  const refused = (rules: readonly object[]) =>
    whitelistViolations(set, parseWhitelist(JSON.stringify({ rules }))).length

  it('refuses every key that it does not name', () => {
    expect(refused([])).to.equal(1)
    expect(refused([{ allowedAnnotationKeyExprs: ['^other\\.com/'] }])).to.equal(1)
    expect(refused([{ allowedAnnotationKeyExprs: ['^example\\.com/'] }])).to.equal(0)
  })

  it('is for the sets that a rule selects', () => {
    const rule = (team: string) => ({
      allowedAnnotationKeyExprs: ['.*'],
      selector: { matchLabels: { team } },
    })
    expect([refused([rule('net')]), refused([rule('web')])]).to.deep.equal([0, 1])
  })

  it('is refused with the place when it cannot be read', () => {
    expect(() => parseWhitelist('{"rules": [{"allowedAnnotationKeyExprs": ["("]}]}')).to.throw(
      'SidecarSet_PatchPodMetadata_WhiteList: expected a regular expression',
    )
    expect(() => parseWhitelist('{}')).to.throw('rules: expected a list')
  })
})
