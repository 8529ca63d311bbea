import { expect } from 'chai'
import { request } from 'undici'
import { SIDECAR_SETS } from '../../api/v1beta1/kinds.ts'
import type { FakeApiServer } from '../../runtime/testing/apiserver.ts'
import { startFakeApiServer } from '../../runtime/testing/apiserver.ts'
import { until } from '../../runtime/testing/until.ts'
import type { RunningConsole } from '../server.ts'
import { startTestConsole } from '../testing/consoleWorld.ts'
import { visitProvider } from '../testing/oidcBrowser.ts'
import type { TestProvider } from '../testing/oidcProvider.ts'
import { startTestProvider } from '../testing/oidcProvider.ts'
import type { OidcProvider } from './provider.ts'
import { createOidcProvider } from './provider.ts'

const HISTORY = '/api/clusters/east/sets/mesh/history'

describe('signing in by OpenID Connect', () => {
  let provider: TestProvider
  let server: FakeApiServer
  let running: RunningConsole
  /** Of the browser, for the console. */
  let jar: Map<string, string>

  const start = async (options: Parameters<typeof startTestProvider>[0] = {}): Promise<void> => {
    provider = await startTestProvider(options)
    server = await startFakeApiServer({ kinds: [SIDECAR_SETS], users: provider.users })
    const { issuer, clientId, clientSecret } = provider
    running = await startTestConsole([{ name: 'east', url: server.url }], {
      signIn: 'oidc',
      oidc: { issuer, clientId, clientSecret },
    })
    provider.serve(`${running.url}/auth/callback`)
  }
  beforeEach(() => {
    jar = new Map()
  })
  afterEach(async () => {
    await running.close()
    await server.stop()
    await provider.close()
  })

  const get = async (path: string) => {
    const cookie = [...jar].map((pair) => pair.join('=')).join('; ')
    const answer = await request(new URL(path, running.url), { headers: { cookie } })
    for (const one of [answer.headers['set-cookie'] ?? []].flat()) {
      const [name = '', value = ''] = (one.split(';')[0] ?? '').split('=')
      jar.set(name, value)
    }
    const text = await answer.body.text()
    const body = /json/.test(String(answer.headers['content-type']))
      ? (JSON.parse(text) as { readonly code?: string; readonly message?: string; csrf?: string })
      : {}
    const [location = ''] = [answer.headers['location']].flat()
    return { status: answer.statusCode, location, body, headers: answer.headers }
  }
  /** Up to where the provider sends the browser back to. */
  const comeBack = async (at = '#/set/east/mesh', abort = false): Promise<URL> => {
    const { location } = await get(`/auth/login?at=${encodeURIComponent(at)}`)
    return visitProvider(location, { login: 'ada', abort })
  }
  const pathOf = ({ pathname, search }: URL): string => `${pathname}${search}`

  it('acts with the ID token as the bearer token, and leads back to where it began', async () => {
    await start()
    const back = await get(pathOf(await comeBack()))
    expect([back.status, back.location]).to.deep.equal([303, '/#/set/east/mesh'])
    expect(String(back.headers['set-cookie'])).to.match(/baton-console=.*HttpOnly; SameSite=Strict/)
    expect((await get('/api/session')).body).to.include({ signIn: 'oidc' })
    await get(HISTORY)
    await until(() => server.requests.length > 3)
    const bearers = new Set(server.requests.map(({ headers }) => String(headers['authorization'])))
    const users = [...bearers].map(
      (bearer) => provider.users.get(bearer.replace('Bearer ', ''))?.username,
    )
    expect(users).to.deep.equal([`${provider.issuer}#ada`])
  })

  it('asks with PKCE, a state and a nonce, each of them once', async () => {
    await start()
    const first = new URL((await get('/auth/login')).location)
    const second = new URL((await get('/auth/login')).location)
    for (const name of ['state', 'nonce', 'code_challenge']) {
      const values = [first, second].map((url) => url.searchParams.get(name) ?? '')
      expect(new Set(values).size, name).to.equal(2)
      for (const value of values) expect(value).to.have.length.at.least(40)
    }
    expect(first.searchParams.get('code_challenge_method')).to.equal('S256')
    expect(first.searchParams.get('redirect_uri')).to.equal(`${running.url}/auth/callback`)
  })

  const wrong: Readonly<Record<string, (back: URL) => void>> = {
    'with another state': (back) => {
      back.searchParams.set('state', 'other')
    },
    'without a state': (back) => {
      back.searchParams.delete('state')
    },
    'in a browser that did not begin': () => {
      jar.clear()
    },
  }
  for (const [what, spoil] of Object.entries(wrong)) {
    it(`lets nobody in ${what}, and redeems nothing`, async () => {
      await start()
      const back = await comeBack()
      spoil(back)
      await get(pathOf(back))
      const { status, body } = await get('/api/session')
      expect([status, body.code]).to.deep.equal([401, 'LoginUnknown'])
      expect(provider.asked.get('/token')).to.equal(undefined)
      expect(server.requests).to.deep.equal([])
      // It is told once.
      expect((await get('/api/session')).body.code).to.equal('NotSignedIn')
    })
  }

  it('takes an answer once', async () => {
    await start()
    const back = await comeBack()
    await get(pathOf(back))
    jar.delete('baton-console')
    await get(pathOf(back))
    expect((await get('/api/session')).body.code).to.equal('LoginUnknown')
  })

  it('says when the provider did not let somebody in', async () => {
    await start()
    const back = await get(pathOf(await comeBack('#/set/east/mesh', true)))
    expect(back.location).to.equal('/#/set/east/mesh')
    const { body } = await get('/api/session')
    expect(body.code).to.equal('LoginDenied')
    expect(body.message).to.match(/did not let you in \(access_denied/)
  })

  it('says when no cluster trusts the provider', async () => {
    await start()
    await server.stop()
    server = await startFakeApiServer({ users: new Map() })
    await running.close()
    const { issuer, clientId, clientSecret } = provider
    const port = Number(new URL(running.url).port)
    running = await startTestConsole([{ name: 'east', url: server.url }], {
      ...{ port, signIn: 'oidc' },
      oidc: { issuer, clientId, clientSecret },
    })
    await get(pathOf(await comeBack()))
    const { body } = await get('/api/session')
    expect(body.code).to.equal('NotTrusted')
    expect(body.message).to.match(/says who you are, but no cluster knows this token/)
  })

  it('says when the provider is away, and asks it again the next time', async () => {
    await start()
    await provider.close()
    expect((await get('/auth/login')).location).to.equal('/')
    expect((await get('/api/session')).body.code).to.equal('ProviderAway')
  })

  it('leads to no other page than its own afterwards', async () => {
    await start()
    for (const at of ['https://evil.example', '//evil.example', '/\\evil.example', '#/a\nb']) {
      const back = await comeBack(at)
      expect((await get(pathOf(back))).location, at).to.equal('/')
      jar.clear()
    }
  })

  it('takes no token that somebody pastes', async () => {
    await start()
    const { origin } = new URL(running.url)
    const headers = { origin, 'content-type': 'application/json' }
    const answer = await request(`${running.url}/api/session`, {
      ...{ method: 'POST', headers, body: JSON.stringify({ token: 'pasted' }) },
    })
    expect(answer.statusCode).to.equal(401)
    expect(((await answer.body.json()) as { code: string }).code).to.equal('UseProvider')
    expect(server.requests).to.deep.equal([])
  })

  it('renews the token before it ends, and the session goes on', async function () {
    this.timeout(120_000)
    await start({ idTokenSeconds: 3 })
    await get(pathOf(await comeBack()))
    const bearers = (): number =>
      new Set(server.requests.map(({ headers }) => headers['authorization'])).size
    await until(async () => (await get(HISTORY)).status > 0 && bearers() > 1, {
      deadlineMs: 60_000,
    })
    expect((await get('/api/session')).status).to.equal(200)
  })

  it('ends with the token when that cannot be renewed, and says that it is over', async function () {
    this.timeout(120_000)
    await start({ idTokenSeconds: 2, refreshes: false })
    await get(pathOf(await comeBack()))
    expect((await get('/api/session')).status).to.equal(200)
    await until(async () => (await get('/api/session')).status === 401, { deadlineMs: 60_000 })
    expect((await get('/api/session')).body.code).to.equal('SessionExpired')
  })

  it('revokes what could renew the token when somebody signs out', async () => {
    await start()
    await get(pathOf(await comeBack()))
    const csrf = (await get('/api/session')).body.csrf ?? ''
    const cookie = [...jar].map((pair) => pair.join('=')).join('; ')
    const { origin } = new URL(running.url)
    const headers = { origin, cookie, 'content-type': 'application/json', 'x-baton-csrf': csrf }
    const out = await request(`${running.url}/api/session`, {
      method: 'DELETE',
      headers,
      body: '{}',
    })
    expect(out.statusCode).to.equal(200)
    await out.body.dump()
    expect((await get('/api/session')).status).to.equal(401)
    await until(() => provider.asked.get('/token/revocation') === 1)
  })

  describe('checks of the answer', () => {
    let own: OidcProvider
    const begin = async () => {
      await start()
      const { issuer, clientId, clientSecret } = provider
      own = createOidcProvider({ issuer, clientId, clientSecret })
      const { url, challenge } = await own.begin(`${running.url}/auth/callback`)
      return { back: await visitProvider(url, { login: 'ada' }), challenge }
    }
    it('that the token is for this question: the nonce', async () => {
      const { back, challenge } = await begin()
      const failure = await own.complete(back, { ...challenge, nonce: 'other' }).catch(String)
      expect(failure).to.match(/unexpected JWT claim value/)
    })
    it('that who redeems the code is who asked: PKCE', async () => {
      const { back, challenge } = await begin()
      const verifier = 'x'.repeat(43)
      const failure = await own.complete(back, { ...challenge, verifier }).catch(String)
      expect(failure).to.match(/ResponseBodyError/)
    })
    it('and takes it when both fit', async () => {
      const { back, challenge } = await begin()
      const { subject, expiresAtMs } = await own.complete(back, challenge)
      expect(subject).to.equal('ada')
      expect(expiresAtMs).to.be.greaterThan(Date.now())
    })
  })
})
