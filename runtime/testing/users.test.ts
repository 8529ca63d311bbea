import { expect } from 'chai'
import { KubeConfig } from '@kubernetes/client-node'
import { createClient } from '../client/client.ts'
import { PODS } from '../client/kinds.ts'
import { isApiError } from '../transport/apiError.ts'
import type { Impersonation } from '../transport/exchange.ts'
import { createTransport } from '../transport/transport.ts'
import type { Transport } from '../transport/transport.ts'
import type { FakeApiServer } from './apiserver.ts'
import { startFakeApiServer } from './apiserver.ts'
import type { FakeUser } from './users.ts'

const SELF = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
const ACCESS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'

describe('users of the fake API server', () => {
  const users = new Map<string, FakeUser>()
  const transports: Transport[] = []
  let server: FakeApiServer

  beforeEach(async () => {
    users.clear()
    users.set('reader', { username: 'vera', allows: ({ verb }) => verb === 'list' })
    server = await startFakeApiServer({ users })
  })
  afterEach(async () => {
    for (const transport of transports.splice(0)) await transport.close()
    await server.stop()
  })

  const connect = (token: string, impersonation?: Impersonation): Transport => {
    const kubeConfig = new KubeConfig()
    kubeConfig.loadFromOptions({
      clusters: [{ name: 'fake', server: server.url, skipTLSVerify: true }],
      users: [{ name: 'fake', token }],
      contexts: [{ name: 'fake', cluster: 'fake', user: 'fake' }],
      currentContext: 'fake',
    })
    const names = { userAgent: 'test', fieldManager: 'test' }
    const transport = createTransport({
      kubeConfig,
      ...names,
      ...(impersonation === undefined ? {} : { impersonation }),
    })
    transports.push(transport)
    return transport
  }
  const codeOf = (call: Promise<unknown>): Promise<string> =>
    call.then(
      () => 'none',
      (error: unknown) => (isApiError(error) ? error.code : String(error)),
    )

  it('are known by their tokens, and nobody else is', async () => {
    const pods = (token: string) => createClient({ transport: connect(token) }).resource(PODS)
    expect(await codeOf(pods('reader').list())).to.equal('none')
    expect(await codeOf(pods('reader').get({ namespace: 'a', name: 'b' }))).to.equal('Forbidden')
    expect(await codeOf(pods('stranger').list())).to.equal('Unauthorized')
    users.delete('reader')
    expect(await codeOf(pods('reader').list())).to.equal('Unauthorized')
  })

  it('are told who they are, and what they may do', async () => {
    const ask = (path: string, body: object) =>
      connect('reader').request({ method: 'POST', path, body })
    expect(await ask(SELF, {})).to.deep.include({
      status: { userInfo: { username: 'vera', groups: [] } },
    })
    const may = async (verb: string) =>
      ask(ACCESS, { spec: { resourceAttributes: { resource: 'pods', verb } } })
    expect(await may('list')).to.deep.include({ status: { allowed: true } })
    expect(await may('patch')).to.deep.include({ status: { allowed: false } })
  })

  it('may act as others, with groups of theirs', async () => {
    const transport = connect('reader', { user: 'ada', groups: ['dev', 'ops'] })
    const answer = await transport.request({ method: 'POST', path: SELF, body: {} })
    expect(answer).to.deep.include({
      status: { userInfo: { username: 'ada', groups: ['dev', 'ops'] } },
    })
  })
})
