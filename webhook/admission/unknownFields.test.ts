import { expect } from 'chai'
import { faults } from '../../api/validation/testing/faults.ts'
import { setWith } from '../../api/validation/testing/build.ts'
import { hotContainer, sidecarSet } from '../inject/testing/build.ts'
import { unknownFields } from './unknownFields.ts'

describe('fields that nobody knows', () => {
  it('are told, with the place where they stand', () => {
    const container = { ...hotContainer(), imagePullPolcy: 'Always' }
    const volume = { name: 'a', emptyDirectory: {} }
    const { spec } = sidecarSet({ containers: [container], volumes: [volume] })
    expect(unknownFields(spec).map((text) => text.split(' ')[0])).to.deep.equal([
      'spec.containers[0].imagePullPolcy',
      'spec.volumes[0].emptyDirectory',
    ])
  })
  it('are none of those that containers and volumes have', () => {
    for (const [given] of Object.values(faults)) {
      expect(unknownFields(setWith(given).spec)).to.deep.equal([])
    }
  })
})
