import { expect } from 'chai'
import { completeSet, put, webPod } from '../cli/testing/cluster.ts'
import { SIDECAR_SETS, TRAFFIC_INTERCEPTIONS } from '../api/v1beta1/kinds.ts'
import type { FakeApiServer } from '../runtime/testing/apiserver.ts'
import { startFakeApiServer } from '../runtime/testing/apiserver.ts'
import type { FakeUser } from '../runtime/testing/users.ts'
import { until } from '../runtime/testing/until.ts'
import type { ConsoleOptions, RunningConsole } from './server.ts'
import { startConsole } from './server.ts'
import type { ConsoleClient } from './testing/client.ts'
import { createConsoleClient } from './testing/client.ts'
import { kubeConfigOf, startTestConsole } from './testing/consoleWorld.ts'
import type { ActPreview } from './wire.ts'

const ACT = '/api/clusters/east/sets/mesh/act'
const PREVIEW = '/api/clusters/east/sets/mesh/preview'

describe('the console over HTTP', () => {
  const users = new Map<string, FakeUser>()
  let server: FakeApiServer
  let running: RunningConsole | undefined
  let client: ConsoleClient

  beforeEach(async () => {
    users.clear()
    server = await startFakeApiServer({ kinds: [SIDECAR_SETS, TRAFFIC_INTERCEPTIONS], users })
    put(server, completeSet('proxy:1'), [webPod('web-1', 'proxy:1'), webPod('web-2', 'proxy:1')])
  })
  afterEach(async () => {
    await running?.close()
    running = undefined
    await server.stop()
  })

  const start = async (options: Partial<ConsoleOptions> = {}): Promise<void> => {
    running = await startTestConsole([{ name: 'east', url: server.url }], options)
    client = createConsoleClient(running)
  }
  const patches = (): number => server.requests.filter(({ method }) => method === 'PATCH').length

  it('serves the page to everybody, with nothing in it and nothing but its own files allowed', async () => {
    await start()
    const { status, headers, body } = await client.get('/')
    expect(status).to.equal(200)
    expect(headers['content-security-policy']).to.match(/default-src 'none'.*script-src 'self'/)
    expect(headers['content-security-policy']).not.to.contain('unsafe')
    expect(headers['x-frame-options']).to.equal('DENY')
    expect(String(body)).not.to.match(/<script(?![^>]* src=)|<style|\son\w+=/)
    const script = await client.get('/main.js')
    expect(script.headers['content-type']).to.contain('text/javascript')
    expect(Object.keys(script.headers)).not.to.include('x-powered-by')
  })

  it('tells nothing and does nothing without a session', async () => {
    await start()
    for (const path of ['/api/session', '/api/stream', '/api/clusters/east/sets/mesh/why']) {
      expect((await client.get(path)).code, path).to.equal('NotSignedIn')
    }
    expect((await client.post(ACT, { act: 'pause' })).status).to.equal(401)
    expect(server.requests.filter(({ path }) => path.includes('sidecarsets'))).to.deep.equal([])
  })

  it('lets in by the key that it printed, and by no other', async () => {
    await start()
    const wrong = await client.post('/api/session', { key: 'guess' })
    expect([wrong.status, wrong.code]).to.deep.equal([401, 'WrongKey'])
    expect((await client.post('/api/session', {})).code).to.equal('WrongKey')
    expect((await client.signIn()).status).to.equal(200)
    expect(client.cookie).to.match(/^baton-console=/)
    expect((await client.get('/api/session')).status).to.equal(200)
  })

  it('takes no change by GET, whatever the path', async () => {
    await start()
    await client.signIn()
    for (const path of [ACT, PREVIEW]) expect((await client.get(path)).status).to.equal(404)
    expect(patches()).to.equal(0)
  })

  it('refuses a change that does not carry the token of the session, and one from another page', async () => {
    await start()
    await client.signIn()
    const act = { act: 'pause', seen: await seen() }
    const forged = await client.post(ACT, act, { 'x-baton-csrf': 'x' })
    expect([forged.status, forged.code]).to.deep.equal([403, 'CsrfToken'])
    const foreign = await client.post(ACT, act, { origin: 'https://evil.example' })
    expect([foreign.status, foreign.code]).to.deep.equal([403, 'OriginNotAllowed'])
    const rebound = await client.get('/api/session', { host: 'evil.example' })
    expect([rebound.status, rebound.code]).to.deep.equal([403, 'HostNotAllowed'])
    expect(patches()).to.equal(0)
    const own = await client.post(ACT, act)
    expect(own.status, JSON.stringify(own.body)).to.equal(200)
    expect(patches()).to.equal(1)
  })

  it('says what an act would do before it does it, and does it once', async () => {
    await start()
    await client.signIn()
    const { body } = await client.post(PREVIEW, { act: 'pause' })
    expect(body).to.deep.include({
      what: 'start none of 2 pods in 1 namespace any more; those in flight finish',
    })
    expect(patches()).to.equal(0)
    const done = await client.post(ACT, { act: 'pause', seen: (body as ActPreview).seen })
    expect(done.body).to.deep.include({ changed: true })
    expect(server.get(SIDECAR_SETS, { name: 'mesh' })?.spec.updateStrategy?.paused).to.equal(true)
    const [patch] = server.requests.filter(({ method }) => method === 'PATCH')
    expect(patch?.headers['user-agent']).to.match(/^baton-console\//)
    expect(patch?.query['fieldManager']).to.equal('baton-console')
  })

  it('refuses a click that was meant for something else than what is there', async () => {
    await start()
    await client.signIn()
    const before = await seen()
    put(server, { ...completeSet('proxy:2'), metadata: { name: 'mesh', generation: 2 } }, [])
    const late = await client.post(ACT, { act: 'pause', seen: before })
    expect([late.status, late.code]).to.deep.equal([409, 'Stale'])
    expect(JSON.stringify(late.body)).to.match(/you saw revision \w+, it is \w+/)
    expect(patches()).to.equal(0)
  })

  it('names the field of a request that cannot be read', async () => {
    await start()
    await client.signIn()
    const unknown = await client.post(ACT, { act: 'destroy' })
    expect(unknown.status).to.equal(400)
    expect(JSON.stringify(unknown.body)).to.contain('body.act')
    const unseen = await client.post(ACT, { act: 'pause' })
    expect(JSON.stringify(unseen.body)).to.contain('body.seen')
  })

  it('accepts no change with --read-only, but says what it would do', async () => {
    await start({ readOnly: true })
    await client.signIn()
    const act = { act: 'pause', seen: await seen() }
    const refused = await client.post(ACT, act)
    expect([refused.status, refused.code]).to.deep.equal([403, 'ReadOnly'])
    expect(patches()).to.equal(0)
  })

  it('says that a session is over, not only that there is none', async () => {
    let nowMs = Date.now()
    const clock = {
      now: () => nowMs,
      sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, Math.min(ms, 50))),
    }
    await start({ sessionMs: 60_000, clock })
    await client.signIn()
    nowMs += 60_001
    expect((await client.get('/api/session')).code).to.equal('SessionExpired')
    await client.signIn()
    await client.remove('/api/session')
    expect((await client.get('/api/session')).code).to.equal('NotSignedIn')
  })

  describe('with tokens', () => {
    const viewer: FakeUser = {
      username: 'vera',
      allows: ({ verb }) => ['get', 'list', 'watch'].includes(verb),
    }

    it('tries a token on the API server: wrong ones and blanks let nobody in', async () => {
      users.set('right', { username: 'ada' })
      await start({ signIn: 'token' })
      expect((await client.signInWith('wrong')).code).to.equal('WrongToken')
      expect((await client.signInWith('  \t ')).code).to.equal('NoToken')
      expect((await client.post('/api/session', { key: running?.signInUrl })).code).to.equal(
        'NoToken',
      )
      const tried = server.requests.filter(({ path }) => path.endsWith('selfsubjectreviews'))
      expect(tried).to.have.lengthOf(1)
      expect((await client.signInWith('right')).status).to.equal(200)
    })

    it('sends one where its owner says: never to all of several clusters by default', async () => {
      users.set('right', { username: 'ada' })
      const west = await startFakeApiServer({ kinds: [SIDECAR_SETS], users })
      const clusters = [
        { name: 'east', url: server.url },
        { name: 'west', url: west.url },
      ]
      try {
        running = await startTestConsole(clusters, { signIn: 'token' })
        client = createConsoleClient(running)
        const { body } = await client.get('/api/session')
        expect(body).to.deep.include({ signIn: 'token', clusters: ['east', 'west'] })
        expect((await client.signInWith('right')).code).to.equal('NoCluster')
        expect((await client.signInWith('right', [])).code).to.equal('NoCluster')
        expect((await client.signInWith('right', ['east', 'north'])).code).to.equal(
          'UnknownCluster',
        )
        expect([...server.requests, ...west.requests]).to.deep.equal([])
        expect((await client.signInWith('right', ['west'])).status).to.equal(200)
        const elsewhere = await client.get('/api/clusters/east/sets/mesh/why')
        expect([elsewhere.status, elsewhere.code]).to.deep.equal([404, 'NotFound'])
        await until(() => west.requests.length > 3)
        expect(server.requests).to.deep.equal([])
      } finally {
        await running?.close()
        running = undefined
        await west.stop()
      }
    })

    it('never uses the credentials of the kubeconfig', async () => {
      users.set('right', viewer)
      await start({ signIn: 'token' })
      await client.signInWith('right')
      await client.get('/api/clusters/east/sets/mesh/why')
      const bearers = new Set(server.requests.map(({ headers }) => headers['authorization']))
      expect([...bearers]).to.deep.equal(['Bearer right'])
    })

    it('does what the user may do and nothing more: 403 comes from the API server', async () => {
      users.set('right', viewer)
      await start({ signIn: 'token' })
      await client.signInWith('right')
      const act = { act: 'pause', seen: await seen() }
      const refused = await client.post(ACT, act)
      expect([refused.status, refused.code]).to.deep.equal([403, 'Forbidden'])
      expect(JSON.stringify(refused.body)).to.contain('vera')
      expect(patches()).to.equal(1)
    })

    it('carries out what it may when it may not put it on record, and says so', async () => {
      users.set('right', { username: 'ada', allows: ({ verb }) => verb !== 'create' })
      await start({ signIn: 'token' })
      await client.signInWith('right')
      const { status, body } = await client.post(ACT, { act: 'pause', seen: await seen() })
      expect(status).to.equal(200)
      expect(JSON.stringify(body)).to.match(/it was you is on no record of SidecarSet mesh/)
    })

    it('that ends while the console runs says so at the next call', async () => {
      users.set('right', viewer)
      await start({ signIn: 'token' })
      await client.signInWith('right')
      users.delete('right')
      const { status, code } = await client.get('/api/clusters/east/sets/mesh/why')
      expect([status, code]).to.deep.equal([401, 'Unauthorized'])
    })

    it('that could not be tried, for no cluster answers, is told as that', async () => {
      await server.stop()
      await start({ signIn: 'token' })
      expect((await client.signInWith('right')).code).to.equal('NotTried')
      server = await startFakeApiServer()
    })
  })

  it('in a cluster asks nothing of it before somebody has signed in, and then as them alone', async () => {
    users.set('right', { username: 'ada' })
    const kubeConfig = kubeConfigOf([{ name: 'east', url: server.url }])
    // As in a pod: the address, and nobody's credentials.
    kubeConfig.users = []
    await start({ kubeConfig, signIn: 'token' })
    for (const path of ['/api/session', '/api/stream', '/api/clusters/east/sets/mesh/history']) {
      expect((await client.get(path)).status, path).to.equal(401)
    }
    for (const path of [ACT, PREVIEW, '/api/clusters/east/apps/shop/web/act']) {
      expect((await client.post(path, { act: 'pause', on: true })).status, path).to.equal(401)
    }
    expect(server.requests).to.deep.equal([])
    await client.signInWith('right')
    await client.get('/api/clusters/east/sets/mesh/history')
    await until(() => server.requests.length > 3)
    const bearers = new Set(server.requests.map(({ headers }) => headers['authorization']))
    expect([...bearers]).to.deep.equal(['Bearer right'])
  })

  it('acts as somebody else when it is told to, in every call', async () => {
    await start({ impersonation: { user: 'ada', groups: ['dev', 'ops'] } })
    await client.signIn()
    await client.get('/api/clusters/east/sets/mesh/why')
    await until(() => server.requests.length > 3)
    const whose = new Set(
      server.requests.map(({ headers }) =>
        [headers['impersonate-user'], headers['impersonate-group']].join(' '),
      ),
    )
    expect([...whose]).to.deep.equal(['ada dev, ops'])
  })

  describe('is not started', () => {
    const unsafe: Readonly<Record<string, readonly [Partial<ConsoleOptions>, RegExp]>> = {
      'where everybody would act as its user': [
        { host: '0.0.0.0', signIn: 'kubeconfig' },
        /everybody who reaches it would act as you/,
      ],
      'where tokens would go in the clear': [{ host: '0.0.0.0' }, /in the clear/],
      'with an address that is none': [{ externalUrl: 'console' }, /--external-url is "console"/],
      'for other users with one impersonated': [
        { signIn: 'token', impersonation: { user: 'ada' } },
        /are themselves/,
      ],
      'with a name that is none': [
        { allowedHosts: ['https://x.example'] },
        /--allowed-host is "https:\/\/x.example"/,
      ],
      'with a provider that nobody named': [{ signIn: 'oidc' }, /--sign-in=oidc needs a provider/],
      'with a provider that nobody is to sign in at': [
        { oidc: { issuer: 'https://id.example', clientId: 'console' } },
        /--oidc-issuer is for --sign-in=oidc alone/,
      ],
      'with a provider that is asked in the clear': [
        { signIn: 'oidc', oidc: { issuer: 'http://id.example', clientId: 'console' } },
        /--oidc-issuer is "http:\/\/id.example"/,
      ],
      'with a provider for a cluster that is not shown': [
        {
          signIn: 'oidc',
          oidc: { issuer: 'https://id.example', clientId: 'console', clusters: ['east', 'weast'] },
        },
        /--oidc-clusters names "weast", which is not shown/,
      ],
      'without a cluster': [{ contexts: ['elsewhere'] }, /no cluster to show/],
    }
    for (const [what, [options, reason]] of Object.entries(unsafe)) {
      it(what, async () => {
        const kubeConfig = kubeConfigOf([{ name: 'east', url: server.url }])
        const started = startConsole({ kubeConfig, assets: new Map(), port: 0, ...options })
        const error = await started.then(
          (one) => one.close(),
          (reason_: unknown) => reason_,
        )
        expect(String(error)).to.match(reason)
      })
    }
  })

  async function seen(): Promise<ActPreview['seen']> {
    const { body } = await client.post(PREVIEW, { act: 'pause' })
    return (body as ActPreview).seen
  }
})
