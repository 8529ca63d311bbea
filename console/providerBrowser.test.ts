import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { SIDECAR_SETS, TRAFFIC_INTERCEPTIONS } from '../api/v1beta1/kinds.ts'
import { completeSet, put, webPod } from '../cli/testing/cluster.ts'
import type { FakeApiServer } from '../runtime/testing/apiserver.ts'
import { startFakeApiServer } from '../runtime/testing/apiserver.ts'
import type { RunningConsole } from './server.ts'
import { accessibilityFaults } from './testing/axe.ts'
import type { Viewed } from './testing/browser.ts'
import { launchBrowser, openPage } from './testing/browser.ts'
import type { TestCluster } from './testing/consoleWorld.ts'
import { startTestConsole } from './testing/consoleWorld.ts'
import type { TestProvider } from './testing/oidcProvider.ts'
import { startTestProvider } from './testing/oidcProvider.ts'

describe('signing in by a real provider, in a browser', function () {
  this.timeout(120_000)
  let browser: Browser
  let provider: TestProvider
  let server: FakeApiServer
  let running: RunningConsole
  let viewed: Viewed

  before(async () => {
    browser = await launchBrowser()
  })
  after(async () => {
    await browser.close()
  })
  afterEach(async () => {
    await viewed.context.close()
    await running.close()
    await server.stop()
    await provider.close()
  })

  const open = async (
    place: string,
    options: Parameters<typeof startTestProvider>[0] = {},
    others: readonly TestCluster[] = [],
  ): Promise<Page> => {
    provider = await startTestProvider(options)
    const kinds = [SIDECAR_SETS, TRAFFIC_INTERCEPTIONS]
    server = await startFakeApiServer({ kinds, users: provider.users })
    put(server, completeSet('proxy:1'), [webPod('web-1', 'proxy:1')])
    const { issuer, clientId, clientSecret } = provider
    running = await startTestConsole([{ name: 'east', url: server.url }, ...others], {
      signIn: 'oidc',
      oidc: { issuer, clientId, clientSecret },
    })
    provider.serve(`${running.url}/auth/callback`)
    viewed = await openPage(browser)
    await viewed.page.goto(`${running.url}/${place}`)
    return viewed.page
  }
  const signIn = async (page: Page): Promise<void> => {
    await page.getByRole('link', { name: 'Sign in with your provider' }).click()
    await giveName(page)
  }
  const giveName = async (page: Page): Promise<void> => {
    await page.locator('input[name=login]').fill('ada')
    await page.locator('input[name=password]').fill('any')
    await page.getByRole('button', { name: 'Sign-in' }).click()
    await page.getByRole('button', { name: 'Continue' }).click()
  }

  it('comes back to the place that was asked for, and acts as the user', async () => {
    const page = await open('#/set/east/mesh')
    expect(await accessibilityFaults(page), 'sign in').to.deep.equal([])
    await viewed.shoot('oidc-sign-in')
    await signIn(page)
    await page.getByRole('heading', { name: /^mesh in east/ }).waitFor()
    expect(new URL(page.url()).hash).to.equal('#/set/east/mesh')
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click()
    await page.getByRole('button', { name: 'Resume' }).waitFor()
    const [patch] = server.requests.filter(({ method }) => method === 'PATCH')
    const bearer = String(patch?.headers['authorization']).replace('Bearer ', '')
    expect(provider.users.get(bearer)?.username).to.equal(`${provider.issuer}#ada`)
    expect(await page.evaluate('document.cookie'), 'scripts see no cookie').to.equal('')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('alert').filter({ hasText: 'you are signed out' }).waitFor()
    expect(viewed.faults).to.deep.equal([])
  })

  it('sends the token to the clusters that were chosen before, and to no other', async () => {
    const west = await startFakeApiServer({ kinds: [SIDECAR_SETS], users: new Map() })
    try {
      const page = await open('', {}, [{ name: 'west', url: west.url }])
      const choice = page.getByRole('group', { name: 'Clusters that it is for' })
      await choice.waitFor()
      const ticked = ['east', 'west'].map((name) => choice.getByLabel(name).isChecked())
      expect(await Promise.all(ticked)).to.deep.equal([false, false])
      await page.getByRole('button', { name: 'Sign in with your provider' }).click()
      await page.getByRole('alert').filter({ hasText: 'you have chosen no cluster' }).waitFor()
      expect(new URL(page.url()).origin, 'still at the console').to.equal(running.url)
      await choice.getByLabel('east').check()
      expect(await accessibilityFaults(page), 'choice').to.deep.equal([])
      await viewed.shoot('oidc-choose-clusters')
      await page.getByRole('button', { name: 'Sign in with your provider' }).click()
      await giveName(page)
      const [chosen, other] = ['east', 'west'].map((name) =>
        page.getByRole('row', { name: new RegExp(`^${name}`) }),
      )
      await chosen?.getByText('Connected', { exact: true }).waitFor()
      await other?.getByText('it was sent no token of yours').waitFor()
      expect(server.requests.length).to.be.greaterThan(0)
      expect(west.requests, 'asked of west').to.deep.equal([])
      expect(viewed.faults).to.deep.equal([])
    } finally {
      await west.stop()
    }
  })

  it('says when the provider let nobody in', async () => {
    const page = await open('')
    await page.getByRole('link', { name: 'Sign in with your provider' }).click()
    await page.getByRole('link', { name: /Abort|Cancel/ }).click()
    await page.getByRole('alert').filter({ hasText: 'did not let you in (access_denied' }).waitFor()
    await viewed.shoot('oidc-denied')
  })

  it('lets nobody in by an answer that was not asked for', async () => {
    const page = await open('')
    await page.getByRole('link', { name: 'Sign in with your provider' }).waitFor()
    await page.goto(`${running.url}/auth/callback?code=stolen&state=guessed`)
    await page.getByRole('alert').filter({ hasText: 'was not begun in this browser' }).waitFor()
    expect(provider.asked.get('/token')).to.equal(undefined)
  })

  it('says that the session is over with the token, and keeps the place', async () => {
    const page = await open('#/set/east/mesh', { idTokenSeconds: 5, refreshes: false })
    await signIn(page)
    await page.getByRole('heading', { name: /^mesh in east/ }).waitFor()
    await page.getByRole('alert').filter({ hasText: 'the session is over' }).waitFor()
    await viewed.shoot('oidc-expired')
    const link = page.getByRole('link', { name: 'Sign in with your provider' })
    expect(await link.getAttribute('href')).to.equal('/auth/login?at=%23%2Fset%2Feast%2Fmesh')
    await link.click()
    // The provider still knows who it is.
    await page.getByRole('heading', { name: /^mesh in east/ }).waitFor()
  })
})
