import { expect } from 'chai'
import { patchAnnotations } from './podMetadata.ts'
import type { PatchPodMetadata } from './v1beta1/sidecarset.ts'

const patch = (value: string, patchPolicy?: PatchPodMetadata['patchPolicy']): PatchPodMetadata => ({
  annotations: { key: value },
  ...(patchPolicy === undefined ? {} : { patchPolicy }),
})

type Case = readonly [string, string | undefined, PatchPodMetadata, string | undefined]
const cases: readonly Case[] = [
  ['Retain, the default, adds what is not there', undefined, patch('new'), 'new'],
  ['Retain leaves what is there', 'old', patch('new', 'Retain'), undefined],
  ['Overwrite replaces', 'old', patch('new', 'Overwrite'), 'new'],
  ['Overwrite with the same value changes nothing', 'old', patch('old', 'Overwrite'), undefined],
  [
    'MergePatchJson adds what is not there',
    undefined,
    patch('{"a":1}', 'MergePatchJson'),
    '{"a":1}',
  ],
  [
    'MergePatchJson merges, removes and replaces',
    '{"a":{"x":1,"y":2},"b":1,"c":[1]}',
    patch('{"a":{"y":null,"z":3},"b":{"n":1},"c":[2]}', 'MergePatchJson'),
    '{"a":{"x":1,"z":3},"b":{"n":1},"c":[2]}',
  ],
  ['MergePatchJson leaves what is no JSON', 'text', patch('{"a":1}', 'MergePatchJson'), undefined],
  ['MergePatchJson leaves what is no object', '[1]', patch('{"a":1}', 'MergePatchJson'), undefined],
]

describe('a patch of annotations:', () => {
  for (const [name, before, one, after] of cases) {
    it(name, () => {
      const existing = before === undefined ? {} : { key: before }
      const { changed } = patchAnnotations(existing, [one])
      expect(changed).to.deep.equal(after === undefined ? {} : { key: after })
    })
  }

  it('says what could not be merged', () => {
    const { problems } = patchAnnotations({ key: 'text' }, [patch('{}', 'MergePatchJson')])
    expect(problems).to.deep.equal([
      'The annotation key of the pod is no JSON object, so nothing is merged into it.',
    ])
  })
})
