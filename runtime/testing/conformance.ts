import { expect } from 'chai'
import type { Client } from '../client/client.ts'
import { CONFIG_MAPS, DEPLOYMENTS, LEASES } from '../client/kinds.ts'
import type { ConfigMap } from '../client/kinds.ts'
import type { WatchEvent } from '../client/options.ts'
import { isApiError } from '../transport/apiError.ts'

/** A server to test, with a namespace that is empty. */
export interface ConformanceTarget {
  readonly client: Client
  readonly namespace: string
  stop(): Promise<void>
}

/**
 * What our runtime relies on in an API server. The same tests run against the fake one and a real one:
 * so a test that passes on the fake means something.
 */
export function describeConformance(server: string, start: () => Promise<ConformanceTarget>): void {
  describe(`${server} as an API server`, () => {
    let target: ConformanceTarget
    before(async () => {
      target = await start()
    })
    after(() => target.stop())

    const maps = () => target.client.resource(CONFIG_MAPS)
    const at = (name: string): { readonly namespace: string; readonly name: string } => ({
      namespace: target.namespace,
      name,
    })
    const make = (
      name: string,
      labels: Readonly<Record<string, string>> = {},
    ): Promise<ConfigMap> => maps().create({ metadata: { ...at(name), labels }, data: { k: 'v' } })
    const codeOf = async (call: Promise<unknown>): Promise<string> => {
      try {
        await call
        return 'no error'
      } catch (error) {
        if (isApiError(error)) return `${error.code} ${error.status}`
        throw error
      }
    }

    it('refuses a second object of the same name', async () => {
      await make('twice')
      expect(await codeOf(make('twice'))).to.equal('AlreadyExists 409')
    })

    it('says what is not there', async () => {
      expect(await codeOf(maps().get(at('none')))).to.equal('NotFound 404')
      expect(await codeOf(maps().delete(at('none')))).to.equal('NotFound 404')
      expect(await codeOf(maps().mergePatch(at('none'), {}))).to.equal('NotFound 404')
      const kind = { ...CONFIG_MAPS, group: 'none.example.com' }
      expect(await codeOf(target.client.resource(kind).list())).to.equal('NotFound 404')
    })

    it('keeps a write to the version it was made for', async () => {
      const { resourceVersion } = (await make('versions')).metadata
      const patch = { metadata: { resourceVersion }, data: { k: 'w' } }
      expect(await codeOf(maps().mergePatch(at('versions'), patch))).to.equal('no error')
      expect(await codeOf(maps().mergePatch(at('versions'), patch))).to.equal('Conflict 409')
    })

    it('makes no new version of a write that changes nothing', async () => {
      const before = await make('same')
      const after = await maps().mergePatch(at('same'), { data: { k: 'v' } })
      expect(after.metadata.resourceVersion).to.equal(before.metadata.resourceVersion)
    })

    it('carries out a JSON patch only if its tests hold', async () => {
      await make('tested')
      const test = (value: string): Promise<unknown> =>
        maps().jsonPatch(at('tested'), [
          { op: 'test', path: '/data/k', value },
          { op: 'replace', path: '/data/k', value: 'w' },
        ])
      expect(await codeOf(test('v'))).to.equal('no error')
      expect(await codeOf(test('v'))).to.equal('Invalid 422')
    })

    it('deletes only the object that is meant', async () => {
      const { uid = '', resourceVersion = '' } = (await make('meant')).metadata
      const wrong = maps().delete(at('meant'), { uid: 'another' })
      expect(await codeOf(wrong)).to.equal('Conflict 409')
      const old = maps().delete(at('meant'), { resourceVersion: '1' })
      expect(await codeOf(old)).to.equal('Conflict 409')
      expect(await codeOf(maps().delete(at('meant'), { uid, resourceVersion }))).to.equal(
        'no error',
      )
    })

    it('removes what a manager no longer applies, and leaves what others own', async () => {
      const apply = (data: Readonly<Record<string, string>>, fieldManager: string) =>
        maps().apply({ metadata: at('applied'), data }, { fieldManager })
      await apply({ a: '1', b: '2' }, 'one')
      await apply({ c: '3' }, 'two')
      expect((await apply({ a: '1' }, 'one')).data).to.deep.equal({ a: '1', c: '3' })
    })

    it('merges lists by name and ends finalised objects with their last finalizer', async () => {
      const deployments = target.client.resource(DEPLOYMENTS)
      const template = {
        metadata: { labels: { app: 'x' } },
        spec: { containers: [{ name: 'app', image: 'example.com/app:1' }] },
      }
      const spec = { replicas: 0, selector: { matchLabels: { app: 'x' } }, template }
      const finalizers = ['example.com/hold']
      const made = await deployments.create({ metadata: { ...at('lists'), finalizers }, spec })
      const containers = [{ name: 'app', image: 'example.com/app:2' }]
      const patch = { spec: { template: { spec: { containers } } } }
      const patched = await deployments.strategicPatch(at('lists'), patch)
      expect(patched.spec?.template.spec?.containers).to.have.length(1)
      expect(patched.metadata.generation).to.equal((made.metadata.generation ?? 0) + 1)
      await deployments.delete(at('lists'))
      const marked = await deployments.get(at('lists'))
      expect(marked.metadata.deletionTimestamp).to.be.a('string')
      await deployments.mergePatch(at('lists'), { metadata: { finalizers: null } })
      expect(await deployments.find(at('lists'))).to.equal(undefined)
    })

    it('writes status only through its subresource', async () => {
      const deployments = target.client.resource(DEPLOYMENTS)
      const template = {
        metadata: { labels: { app: 'y' } },
        spec: { containers: [{ name: 'app', image: 'example.com/app:1' }] },
      }
      const spec = { replicas: 0, paused: true, selector: { matchLabels: { app: 'y' } }, template }
      await deployments.create({ metadata: at('status'), spec })
      const type = 'example.com/Tested'
      const status = { conditions: [{ type, status: 'True' }] }
      const has = (object: { readonly status?: { readonly conditions?: readonly object[] } }) =>
        (object.status?.conditions ?? []).some((c) => 'type' in c && c.type === type)
      expect(has(await deployments.mergePatch(at('status'), { status }))).to.equal(false)
      const written = await deployments.mergePatch(
        at('status'),
        { status, spec: { replicas: 7 } },
        { subresource: 'status' },
      )
      expect(has(written)).to.equal(true)
      expect(written.spec?.replicas).to.equal(0)
    })

    it('lists in pages, selects by label and field', async () => {
      await Promise.all(
        Array.from({ length: 12 }, (_, i) => make(`page-${i}`, { paged: `${i % 2}` })),
      )
      const namespace = target.namespace
      const named = async (options: object): Promise<number> =>
        (await maps().list({ namespace, limit: 5, ...options })).items.length
      expect(await named({ labelSelector: 'paged' })).to.equal(12)
      expect(await named({ labelSelector: 'paged=1' })).to.equal(6)
      expect(await named({ labelSelector: 'paged notin (1),paged' })).to.equal(6)
      expect(await named({ fieldSelector: 'metadata.name=page-3' })).to.equal(1)
    })

    it('writes nothing in a dry run', async () => {
      await maps().create({ metadata: at('dry') }, { dryRun: true })
      expect(await maps().find(at('dry'))).to.equal(undefined)
    })

    it('takes the times of a lease with six digits', async () => {
      const leases = target.client.resource(LEASES)
      const renewTime = '2026-01-02T03:04:05.006000Z'
      await leases.create({ metadata: at('lease'), spec: { renewTime, holderIdentity: 'a' } })
      expect((await leases.get(at('lease'))).spec?.renewTime).to.equal(renewTime)
    })

    it('tells a watch what comes, changes, leaves its selection and goes', async () => {
      const { namespace } = target
      const { resourceVersion } = await maps().list({ namespace })
      const stop = new AbortController()
      const timeoutSeconds = 20
      const watch = maps().watch({
        namespace,
        resourceVersion,
        timeoutSeconds,
        labelSelector: 'watched',
        signal: stop.signal,
      })
      const seen: string[] = []
      const write = async (): Promise<void> => {
        await make('unwatched')
        await make('w1', { watched: 'yes' })
        await maps().mergePatch(at('w1'), { data: { k: 'x' } })
        await maps().mergePatch(at('w1'), { metadata: { labels: { watched: null } } })
        await make('w2', { watched: 'yes' })
        await maps().delete(at('w2'))
      }
      const writing = write()
      for await (const event of watch) {
        if (event.type !== 'BOOKMARK') seen.push(lineOf(event))
        if (seen.length === 5) break
      }
      stop.abort()
      await writing
      expect(seen).to.deep.equal([
        'ADDED w1',
        'MODIFIED w1',
        'DELETED w1',
        'ADDED w2',
        'DELETED w2',
      ])
    }).timeout(20_000)
  })
}

function lineOf(event: Exclude<WatchEvent<ConfigMap>, { readonly type: 'BOOKMARK' }>): string {
  return `${event.type} ${event.object.metadata.name}`
}
