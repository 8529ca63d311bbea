import { expect } from 'chai'
import { SIDECAR_SETS } from '../../api/v1beta1/kinds.ts'
import type { FakeApiServer } from '../../runtime/testing/apiserver.ts'
import { startFakeApiServer } from '../../runtime/testing/apiserver.ts'
import { until } from '../../runtime/testing/until.ts'
import type { RunningConsole } from '../server.ts'
import type { ConsoleClient } from '../testing/client.ts'
import { createConsoleClient } from '../testing/client.ts'
import { startTestConsole } from '../testing/consoleWorld.ts'
import { visitProvider } from '../testing/oidcBrowser.ts'
import type { TestProvider } from '../testing/oidcProvider.ts'
import { startTestProvider } from '../testing/oidcProvider.ts'
import type { LoginBegun } from '../wire.ts'

const LOGIN = '/auth/login'

describe('the clusters that an ID token is for', () => {
  let provider: TestProvider
  let east: FakeApiServer
  let west: FakeApiServer
  let running: RunningConsole
  let client: ConsoleClient

  const start = async (
    clusters?: readonly string[],
    options: Parameters<typeof startTestProvider>[0] = {},
  ): Promise<void> => {
    provider = await startTestProvider(options)
    // Both trust the provider: what keeps the token from one of them is the choice alone.
    const trusting = { kinds: [SIDECAR_SETS], users: provider.users }
    east = await startFakeApiServer(trusting)
    west = await startFakeApiServer(trusting)
    const { issuer, clientId, clientSecret } = provider
    running = await startTestConsole(
      [
        { name: 'east', url: east.url },
        { name: 'west', url: west.url },
      ],
      {
        signIn: 'oidc',
        oidc: { issuer, clientId, clientSecret, ...(clusters === undefined ? {} : { clusters }) },
      },
    )
    provider.serve(`${running.url}/auth/callback`)
    client = createConsoleClient(running)
  }
  afterEach(async () => {
    await running.close()
    await east.stop()
    await west.stop()
    await provider.close()
  })

  /** Up to where the provider sends the browser back to. */
  const comeBack = async (clusters: readonly string[]): Promise<URL> => {
    const { body } = await client.post(LOGIN, { at: '#/set/west/mesh', clusters })
    return visitProvider((body as LoginBegun).url, { login: 'ada' })
  }
  const pathOf = ({ pathname, search }: URL): string => `${pathname}${search}`
  /** Looks at both clusters, so that both would be asked. */
  const look = async (): Promise<void> => {
    for (const cluster of ['east', 'west']) {
      await client.get(`/api/clusters/${cluster}/sets/mesh/why`)
    }
  }

  it('are told to who signs in, none of them ticked', async () => {
    await start()
    const { body } = await client.get('/api/session')
    expect(body).to.deep.include({ signIn: 'oidc', clusters: ['east', 'west'], ticked: [] })
  })

  for (const chosen of ['east', 'west'] as const) {
    it(`are asked when they were chosen, and the other is sent nothing: ${chosen}`, async () => {
      await start()
      const back = await client.get(pathOf(await comeBack([chosen])))
      expect(back.headers['location']).to.equal('/#/set/west/mesh')
      await look()
      const [asked, other] = chosen === 'east' ? [east, west] : [west, east]
      await until(() => asked.requests.length > 3)
      expect(other.requests).to.deep.equal([])
      for (const { headers } of asked.requests) {
        const bearer = String(headers['authorization']).replace('Bearer ', '')
        expect(provider.users.get(bearer)?.username).to.equal(`${provider.issuer}#ada`)
      }
    })
  }

  it('are both when both were chosen', async () => {
    await start()
    await client.get(pathOf(await comeBack(['east', 'west'])))
    await look()
    await until(() => east.requests.length > 3 && west.requests.length > 3)
  })

  it('stay the same when the token is renewed', async function () {
    this.timeout(30_000)
    await start(undefined, { idTokenSeconds: 3 })
    await client.get(pathOf(await comeBack(['west'])))
    const bearers = (): number =>
      new Set(west.requests.map(({ headers }) => headers['authorization'])).size
    await until(async () => look().then(() => bearers() > 1), { deadlineMs: 25_000 })
    expect(east.requests).to.deep.equal([])
  })

  it('are not changed on the way back from the provider', async () => {
    await start()
    const back = await comeBack(['west'])
    back.searchParams.append('clusters', 'east')
    back.searchParams.append('cluster', 'east')
    await client.get(pathOf(back))
    await look()
    await until(() => west.requests.length > 3)
    expect(east.requests).to.deep.equal([])
  })

  it('are never all by default: who names none, or one that is not shown, goes nowhere', async () => {
    await start()
    const codes = []
    for (const clusters of [undefined, [], ['east', 'north']]) {
      const wish = clusters === undefined ? {} : { clusters }
      const { status, code } = await client.post(LOGIN, wish)
      codes.push([status, code])
    }
    expect(codes).to.deep.equal([
      [401, 'NoCluster'],
      [401, 'NoCluster'],
      [401, 'UnknownCluster'],
    ])
    expect([...provider.asked.keys()].filter((path) => path !== '/jwks')).to.deep.equal([])
  })

  it('are not chosen by a link', async () => {
    await start()
    const { headers } = await client.get(`${LOGIN}?clusters=east&at=%23%2Fset%2Feast%2Fmesh`)
    expect(headers['location']).to.equal('/#/set/east/mesh')
    expect((await client.get('/api/session')).code).to.equal('NoCluster')
  })

  it('are not chosen by the page of another site', async () => {
    await start()
    const wish = { clusters: ['east', 'west'] }
    const foreign: readonly Readonly<Record<string, string>>[] = [
      { origin: 'https://evil.example' },
      { origin: '' },
      { 'sec-fetch-site': 'cross-site' },
      { 'content-type': 'text/plain' },
    ]
    const answers = await Promise.all(foreign.map((headers) => client.post(LOGIN, wish, headers)))
    expect(answers.map(({ code }) => code)).to.deep.equal([
      'OriginNotAllowed',
      'OriginNotAllowed',
      'OriginNotAllowed',
      'NotJson',
    ])
    expect(answers.filter(({ headers }) => headers['set-cookie'] !== undefined)).to.deep.equal([])
    expect((await client.post(LOGIN, wish)).status, 'the page of the console').to.equal(200)
  })

  it('that trust the provider, as the console was told, are ticked beforehand', async () => {
    await start(['west', 'east'])
    const { body } = await client.get('/api/session')
    expect(body).to.deep.include({ clusters: ['east', 'west'], ticked: ['east', 'west'] })
    expect((await client.post(LOGIN, {})).code, 'and still chosen in the page').to.equal(
      'NoCluster',
    )
  })

  it('need no word when one trusts the provider, and the others can never be chosen', async () => {
    await start(['west'])
    expect((await client.post(LOGIN, { clusters: ['east'] })).code).to.equal('UnknownCluster')
    const { headers } = await client.get(LOGIN)
    const back = await visitProvider(String(headers['location']), { login: 'ada' })
    await client.get(pathOf(back))
    await look()
    await until(() => west.requests.length > 3)
    expect(east.requests).to.deep.equal([])
  })
})
