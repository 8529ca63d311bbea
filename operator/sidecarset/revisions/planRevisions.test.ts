import { expect } from 'chai'
import type { ControllerRevision } from '../../../runtime/client/kinds.ts'
import { aRevision, aSet, hotProxy } from '../../testing/build.ts'
import { revisionData } from '../../../api/revision.ts'
import { planRevisions, readRevisions } from './planRevisions.ts'

function stored(image: string, number: number): ControllerRevision {
  const { name, template } = aRevision([hotProxy(image)], number)
  return { metadata: { name, namespace: 'baton-system' }, revision: number, data: template }
}

describe('the revisions of a set', () => {
  const plan = (
    image: string,
    existing: ControllerRevision[],
    { limit = 10, inUse = [] as string[], isRetry = false } = {},
  ) =>
    planRevisions({
      set: aSet({ containers: [hotProxy(image)], spec: { revisionHistoryLimit: limit } }),
      existing,
      inUse: new Set(inUse),
      namespace: 'baton-system',
      isRetry: () => isRetry,
    })
  const nameOf = (image: string): string => aRevision([hotProxy(image)]).name

  it('get another number when the latest is to be tried again', () => {
    const { latest, write } = plan('proxy:1', [stored('proxy:1', 4)], { isRetry: true })
    expect(latest.number).to.equal(5)
    expect(write).to.deep.include({ kind: 'renumber', name: nameOf('proxy:1'), number: 5 })
  })

  it('begin with number 1, named after the template and owned by the set', () => {
    const { write, latest } = plan('proxy:1', [])
    expect(latest.number).to.equal(1)
    if (write?.kind !== 'create') throw new Error('nothing is created')
    expect(write.object).to.deep.include({
      revision: 1,
      data: { spec: { ...latest.template, $patch: 'replace' } },
    })
    expect(write.object.metadata).to.deep.include({
      name: nameOf('proxy:1'),
      labels: { 'baton.dev/sidecarset-name': 'mesh' },
    })
    expect(write.object.metadata.ownerReferences?.[0]).to.include({ kind: 'SidecarSet' })
  })
  it('are read as the first operators wrote them, and as they are written now', () => {
    const { name, template } = aRevision([hotProxy('proxy:1')])
    for (const data of [template, revisionData(template)]) {
      const object = { metadata: { name, namespace: 'baton-system' }, revision: 4, data }
      const { latest, write } = plan('proxy:1', [object])
      expect([latest.number, write]).to.deep.equal([4, undefined])
      expect(readRevisions('mesh', [object])[0]?.template).to.deep.equal(template)
    }
  })
  it('grow by one with each new template', () => {
    expect(plan('proxy:2', [stored('proxy:1', 4)]).latest.number).to.equal(5)
  })
  it('need no write while the template is the latest one', () => {
    expect(plan('proxy:2', [stored('proxy:1', 1), stored('proxy:2', 2)]).write).to.equal(undefined)
  })
  it('are renumbered when an old template comes back', () => {
    expect(plan('proxy:1', [stored('proxy:1', 1), stored('proxy:2', 2)]).write).to.deep.equal({
      kind: 'renumber',
      name: nameOf('proxy:1'),
      number: 3,
      labels: {},
    })
  })
  it('carry the version that the author gave the set, also one given later', () => {
    const set = aSet({ containers: [hotProxy('proxy:1')], spec: { customVersion: 'v1' } })
    const rest = { set, inUse: new Set<string>(), namespace: 'baton-system' }
    const version = { 'baton.dev/sidecarset-custom-version': 'v1' }
    const created = planRevisions({ ...rest, existing: [] }).write
    if (created?.kind !== 'create') throw new Error('nothing is created')
    expect(created.object.metadata.labels).to.include(version)
    const unlabelled = stored('proxy:1', 1)
    const name = nameOf('proxy:1')
    expect(planRevisions({ ...rest, existing: [unlabelled] }).write).to.deep.equal({
      kind: 'renumber',
      name,
      number: 1,
      labels: version,
    })
    const labelled = { ...unlabelled, metadata: { ...unlabelled.metadata, labels: version } }
    expect(planRevisions({ ...rest, existing: [labelled] }).write).to.equal(undefined)
  })
  it('are trimmed to the limit, oldest first, but never one in use', () => {
    const existing = [1, 2, 3, 4].map((number) => stored(`proxy:${number}`, number))
    const inUse = [aRevision([hotProxy('proxy:1')]).hash]
    expect(plan('proxy:4', existing, { limit: 2, inUse }).surplus).to.deep.equal([
      nameOf('proxy:2'),
      nameOf('proxy:3'),
    ])
    expect(plan('proxy:4', existing, { limit: 10 }).surplus).to.deep.equal([])
  })
})
