import { expect } from 'chai'
import { cold, hot, sidecarSet } from '../testing/build.ts'
import { slotReferenceViolations } from './slotReferences.ts'

const ofLimit = (containerName: string) => ({ resource: 'limits.cpu', containerName })
const fields = (spec: object): readonly string[] =>
  slotReferenceViolations(sidecarSet(spec).spec).map(({ field }) => field)

describe('the resources of a hot container are asked for by the name of a slot', () => {
  it('in variables', () => {
    const env = [{ name: 'CPU', valueFrom: { resourceFieldRef: ofLimit('proxy') } }]
    expect(fields({ containers: [hot, { ...cold, env }] })).to.deep.equal([
      'spec.containers[1].env[0].valueFrom.resourceFieldRef.containerName',
    ])
  })
  it('in files, those of projected volumes too', () => {
    const items = [{ path: 'cpu', resourceFieldRef: ofLimit('proxy') }]
    const volumes = [
      { name: 'a', downwardAPI: { items } },
      { name: 'b', projected: { sources: [{ downwardAPI: { items } }] } },
    ]
    expect(fields({ volumes })).to.deep.equal([
      'spec.volumes[0].downwardAPI.items[0].resourceFieldRef.containerName',
      'spec.volumes[1].projected.sources[0].downwardAPI.items[0].resourceFieldRef.containerName',
    ])
  })
  it('and those of others by their own', () => {
    for (const name of ['proxy-1', 'log', 'app']) {
      const env = [{ name: 'CPU', valueFrom: { resourceFieldRef: ofLimit(name) } }]
      expect(fields({ containers: [hot, { ...cold, env }] })).to.deep.equal([])
    }
  })
})
