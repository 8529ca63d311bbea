import { expect } from 'chai'
import { startFakeApiServer } from '../testing/apiserver.ts'
import type { FakeApiServer } from '../testing/apiserver.ts'
import { aPod, versionOf } from '../testing/build.ts'
import { connect } from '../testing/connect.ts'
import type { ApiErrorCode } from '../transport/apiError.ts'
import { isApiError } from '../transport/apiError.ts'
import type { Client } from './client.ts'
import { jsonPointer } from './jsonPointer.ts'
import { DEPLOYMENTS, NODES, PODS } from './kinds.ts'
import { keyOf, ownerReferenceTo, refOf } from './objects.ts'

describe('client', () => {
  let server: FakeApiServer
  let client: Client
  const web = { namespace: 'default', name: 'web' }

  beforeEach(async () => {
    server = await startFakeApiServer()
    client = connect(server)
  })
  afterEach(async () => {
    await client.transport.close()
    await server.stop()
  })

  const codeOf = async (call: Promise<unknown>): Promise<ApiErrorCode | 'no error'> => {
    try {
      await call
      return 'no error'
    } catch (error) {
      if (!isApiError(error)) throw error
      return error.code
    }
  }

  it('creates, reads and deletes', async () => {
    const pods = client.resource(PODS)
    const created = await pods.create(aPod('web'))
    expect(created).to.include({ apiVersion: 'v1', kind: 'Pod' })
    expect((await pods.get(web)).metadata.uid).to.equal(created.metadata.uid)
    expect(await codeOf(pods.create(aPod('web')))).to.equal('AlreadyExists')
    await pods.delete(web, { uid: created.metadata.uid ?? '' })
    expect(await pods.find(web)).to.equal(undefined)
    expect(await codeOf(pods.get(web))).to.equal('NotFound')
  })

  it('refuses to delete a namesake', async () => {
    server.put(PODS, aPod('web'))
    const code = await codeOf(client.resource(PODS).delete(web, { uid: 'another' }))
    expect(code).to.equal('Conflict')
    expect(server.get(PODS, web)).not.to.equal(undefined)
  })

  it('lists all pages and gives items their kind', async () => {
    for (let i = 0; i < 25; i++) server.put(PODS, aPod(`web-${i}`))
    const { items } = await client.resource(PODS).list({ limit: 10 })
    expect(new Set(items.map((pod) => keyOf(pod))).size).to.equal(25)
    expect(items.every((pod) => pod.kind === 'Pod' && pod.apiVersion === 'v1')).to.equal(true)
    expect(server.requests).to.have.length(3)
  })

  it('starts a list anew, all at once, when its continue token has expired', async () => {
    for (let i = 0; i < 25; i++) server.put(PODS, aPod(`web-${i}`))
    const keys: string[] = []
    for await (const page of client.resource(PODS).pages({ limit: 10 })) {
      if (page.restarted) keys.length = 0
      keys.push(...page.items.map((pod) => keyOf(pod)))
      if (keys.length === 10) server.compact()
    }
    expect(keys).to.have.length(25)
    expect(new Set(keys).size).to.equal(25)
  })

  it('selects by namespace, label and field', async () => {
    server.put(PODS, aPod('a', { labels: { app: 'x' } }))
    server.put(PODS, aPod('b', { labels: { app: 'y' } }))
    server.put(PODS, aPod('a', { namespace: 'other', labels: { app: 'x' } }))
    const keys = async (o: object): Promise<string[]> =>
      (await client.resource(PODS).list(o)).items.map((pod) => keyOf(pod))
    expect(await keys({ namespace: 'default' })).to.deep.equal(['default/a', 'default/b'])
    expect(await keys({ labelSelector: 'app in (x)' })).to.deep.equal(['default/a', 'other/a'])
    expect(await keys({ fieldSelector: 'metadata.name=b' })).to.deep.equal(['default/b'])
  })

  it('applies: creates, changes, and removes what it no longer gives', async () => {
    const deployments = client.resource(DEPLOYMENTS)
    const metadata = { namespace: 'default', name: 'web' }
    await deployments.apply({ metadata: { ...metadata, labels: { a: '1', b: '2' } } })
    await deployments.apply({ metadata: { ...metadata, labels: { a: '3' } } })
    expect((await deployments.get(metadata)).metadata.labels).to.deep.equal({ a: '3' })
    expect(server.requests[0]?.query).to.include({ fieldManager: 'runtime-test', force: 'true' })
    expect(server.requests[0]?.headers['content-type']).to.equal('application/apply-patch+yaml')
  })

  it('patches with a test operation only what is as it was', async () => {
    const pods = client.resource(PODS)
    const before = versionOf(server.put(PODS, aPod('web')))
    const annotate = (version: string): Promise<unknown> =>
      pods.jsonPatch(web, [
        { op: 'test', path: jsonPointer('metadata', 'resourceVersion'), value: version },
        { op: 'add', path: jsonPointer('metadata', 'annotations'), value: { 'a/b': 'c' } },
      ])
    expect(await codeOf(annotate(before))).to.equal('no error')
    expect(await codeOf(annotate(before))).to.equal('Invalid')
    expect(server.get(PODS, web)?.metadata.annotations).to.deep.equal({ 'a/b': 'c' })
  })

  it('answers Conflict to a merge patch with an old resourceVersion', async () => {
    server.put(PODS, aPod('web'))
    const patch = { metadata: { resourceVersion: '1', labels: { a: 'b' } } }
    expect(await codeOf(client.resource(PODS).mergePatch(web, patch))).to.equal('Conflict')
  })

  it('writes status only through its subresource', async () => {
    const pods = client.resource(PODS)
    server.put(PODS, aPod('web'))
    const patch = { status: { phase: 'Running' }, metadata: { labels: { a: 'b' } } }
    expect((await pods.mergePatch(web, patch)).status).to.equal(undefined)
    const after = await pods.mergePatch(web, patch, { subresource: 'status' })
    expect(after.status?.phase).to.equal('Running')
  })

  it('merges containers by name in a strategic patch', async () => {
    server.put(PODS, aPod('web'))
    const patch = { spec: { containers: [{ name: 'app', image: 'app:2' }] } }
    const after = await client.resource(PODS).strategicPatch(web, patch)
    expect(after.spec?.containers).to.deep.equal([{ name: 'app', image: 'app:2' }])
  })

  it('writes nothing in a dry run', async () => {
    await client.resource(PODS).create(aPod('web'), { dryRun: true })
    expect(server.list(PODS)).to.deep.equal([])
  })

  it('throws Gone out of a watch from a version that is forgotten', async () => {
    server.put(NODES, { metadata: { name: 'n' } })
    server.compact()
    const { signal } = new AbortController()
    const watch = client
      .resource(NODES)
      .watch({ signal, resourceVersion: '1000', timeoutSeconds: 10 })
    expect(await codeOf(watch.next())).to.equal('Gone')
  })

  it('names objects by keys and back', () => {
    expect(keyOf(aPod('web'))).to.equal('default/web')
    expect(keyOf({ name: 'node' })).to.equal('node')
    expect(refOf('default/web')).to.deep.equal(web)
    expect(refOf('node')).to.deep.equal({ name: 'node' })
    expect(jsonPointer('a/b', '~', 0)).to.equal('/a~1b/~0/0')
    expect(() => ownerReferenceTo(aPod('web'))).to.throw('kind or uid is missing')
  })
})
