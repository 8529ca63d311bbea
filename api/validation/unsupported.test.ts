import { expect } from 'chai'
import type { SidecarSetSpec } from '../v1beta1/sidecarset.ts'
import { unsupportedFields } from './unsupported.ts'

describe('fields without effect', () => {
  const cases: Readonly<Record<string, readonly [object, readonly string[]]>> = {
    'are told of': [{ transferEnv: [] }, ['spec.containers[0].transferEnv has no effect']],
    'are not told of when they are switched off': [{ shareVolumePolicy: { type: 'disabled' } }, []],
    'are told of when they are switched on': [
      { shareVolumePolicy: { type: 'enabled' } },
      ['spec.containers[0].shareVolumePolicy has no effect'],
    ],
    'are none in a container that uses what there is': [{ env: [] }, []],
  }
  for (const [name, [fields, expected]] of Object.entries(cases)) {
    it(name, () => {
      const spec: SidecarSetSpec = {
        selector: { matchLabels: { app: 'shop' } },
        containers: [{ name: 'log', image: 'log:v1', ...fields }],
      }
      const sentences = unsupportedFields(spec)
      expect(sentences).to.have.lengthOf(expected.length)
      for (const [index, part] of expected.entries()) {
        expect(sentences[index]).to.include(part)
      }
    })
  }
})
