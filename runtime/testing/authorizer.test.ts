import { expect } from 'chai'
import { PODS } from '../client/kinds.ts'
import { createClient } from '../client/client.ts'
import { createTransport } from '../transport/transport.ts'
import { isApiError } from '../transport/apiError.ts'
import { startFakeApiServer } from './apiserver.ts'
import type { FakeApiServer } from './apiserver.ts'
import { authorizerOf } from './authorizer.ts'

const manifest = `
kind: Role
metadata: { name: some, namespace: own }
rules:
  - { apiGroups: [''], resources: [pods], verbs: [list, create, get] }
  - { apiGroups: [''], resources: [pods, pods/status], resourceNames: [mine], verbs: [patch] }
---
kind: RoleBinding
metadata: { name: some, namespace: own }
roleRef: { kind: Role, name: some }
subjects: [{ kind: ServiceAccount, name: worker }]
`

describe('an API server with roles', () => {
  let server: FakeApiServer
  before(async () => {
    server = await startFakeApiServer({ authorizer: authorizerOf(manifest, 'worker') })
    for (const name of ['mine', 'other']) server.put(PODS, podNamed(name))
  })
  after(() => server.stop())

  const podNamed = (name: string, namespace = 'own') => ({ metadata: { name, namespace } })
  type Pods = ReturnType<ReturnType<typeof createClient>['resource']>
  const cases: Readonly<Record<string, [allowed: boolean, (pods: Pods) => Promise<unknown>]>> = {
    'lets a client list where its role is': [true, (pods) => pods.list({ namespace: 'own' })],
    'refuses to list everywhere': [false, (pods) => pods.list()],
    'lets it change what is named': [
      true,
      (pods) => pods.mergePatch(podNamed('mine').metadata, {}),
    ],
    'refuses to change another': [false, (pods) => pods.mergePatch(podNamed('other').metadata, {})],
    'lets it change a subresource that is named': [
      true,
      (pods) => pods.mergePatch(podNamed('mine').metadata, {}, { subresource: 'status' }),
    ],
    'refuses another subresource': [
      false,
      (pods) => pods.mergePatch(podNamed('mine').metadata, {}, { subresource: 'resize' }),
    ],
    'refuses to delete': [false, (pods) => pods.delete(podNamed('mine').metadata)],
    'lets it apply to what is there': [true, (pods) => pods.apply(podNamed('mine'))],
    'refuses to apply what it may not patch': [false, (pods) => pods.apply(podNamed('new'))],
    'refuses another namespace': [
      false,
      (pods) => pods.create(podNamed('new', 'foreign'), { retry: false }),
    ],
  }
  const tried = async (userAgent: string, act: (pods: Pods) => Promise<unknown>) => {
    const kubeConfig = server.kubeConfig()
    const transport = createTransport({ kubeConfig, userAgent, fieldManager: 't' })
    try {
      await act(createClient({ transport }).resource(PODS))
      return 'allowed'
    } catch (error) {
      if (isApiError(error, 'Forbidden')) return 'forbidden'
      throw error
    } finally {
      await transport.close()
    }
  }
  for (const [title, [allowed, act]] of Object.entries(cases))
    it(title, async () => {
      expect(await tried('worker', act)).to.equal(allowed ? 'allowed' : 'forbidden')
    })

  it('asks nobody else', async () => {
    expect(await tried('kubectl', (pods) => pods.list())).to.equal('allowed')
  })

  it('must be given a client that the manifest knows', () => {
    expect(() => authorizerOf(manifest, 'nobody')).to.throw('binds no role to nobody')
  })
})
