import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { SIDECAR_SETS } from '../api/v1beta1/kinds.ts'
import { withReason } from '../cli/testing/cluster.ts'
import { hotProxy } from '../operator/testing/build.ts'
import { until } from '../runtime/testing/until.ts'
import type { ConsoleOptions, RunningConsole } from './server.ts'
import { accessibilityFaults } from './testing/axe.ts'
import type { ViewOptions, Viewed } from './testing/browser.ts'
import { launchBrowser, openPage } from './testing/browser.ts'
import type { ConsoleWorld } from './testing/consoleWorld.ts'
import { startConsoleWorld, startTestConsole } from './testing/consoleWorld.ts'

const OLD = 'registry.example/envoy:1.38.3'
const NEW = 'registry.example/envoy:1.40.0'
const PATIENCE = { deadlineMs: 60_000 }

describe('the console in a browser', function () {
  this.timeout(120_000)
  let browser: Browser
  let world: ConsoleWorld
  let running: RunningConsole | undefined
  let viewed: Viewed | undefined

  before(async () => {
    browser = await launchBrowser()
  })
  after(async () => {
    await browser.close()
  })
  // One for each test: none finds what another has left.
  beforeEach(async () => {
    world = await startConsoleWorld({ unrestricted: true })
    world.addPods(6, [hotProxy(OLD)])
    world.serveAgents(Array.from({ length: 6 }, (_, index) => `web-${index}`))
    put(OLD)
    world.startOperator()
    await until(() => world.set().status?.currentRevision !== undefined, PATIENCE)
  })
  afterEach(async () => {
    const faults = viewed?.faults
    await viewed?.context.close()
    await running?.close()
    viewed = undefined
    running = undefined
    await world.stop()
    expect(faults, 'errors of the page').to.deep.equal([])
  })

  function put(image: string): void {
    const steps = [{ replicas: 2, pause: {} }, { replicas: '100%' }] as const
    world.putSet({
      containers: [hotProxy(image)],
      updateStrategy: { maxUnavailable: 2, canary: { steps } },
    })
  }
  const open = async (
    options: Partial<ConsoleOptions> = {},
    view: ViewOptions = {},
  ): Promise<Viewed & { readonly at: string }> => {
    const east = { name: 'east', url: world.server.url }
    running = await startTestConsole([east], options)
    const one = await openPage(browser, view)
    viewed = one
    await one.page.goto(running.signInUrl)
    return { ...one, at: running.url }
  }
  const connected = (page: Page): Promise<void> =>
    page.getByText('Connected', { exact: true }).first().waitFor()
  const openSet = async (page: Page): Promise<void> => {
    await page.getByRole('link', { name: 'mesh' }).click()
    await page.getByRole('heading', { name: /^mesh in east/ }).waitFor()
  }
  const signInWith = async (page: Page, token: string): Promise<void> => {
    await page.getByLabel('Bearer token').fill(token)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }
  const patches = (): number =>
    world.server.requests.filter(
      ({ method, headers }) =>
        method === 'PATCH' && String(headers['user-agent']).startsWith('baton-console'),
    ).length

  it('shows a rollout as it proceeds, and promotes it with its scope confirmed', async () => {
    const { page, shoot } = await open()
    expect(await page.evaluate('location.hash')).to.equal('#/')
    await connected(page)
    await shoot('fleet')
    await openSet(page)
    put(NEW)
    await page
      .getByRole('listitem')
      .filter({ hasText: 'pause until resumed' })
      .and(page.locator('[aria-current=step]'))
      .waitFor()
    await page.getByRole('button', { name: 'Resume' }).waitFor()
    await page.getByText('Held up by CanaryStep').waitFor()
    await page.getByRole('row', { name: /^connectionsCut 0 <= .* Running$/ }).waitFor()
    expect(await page.locator('[data-pod]').filter({ hasText: 'Updated' }).count()).to.equal(2)
    await shoot('set-paused')
    await page.getByRole('button', { name: 'Promote' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText(/bring revision \w+ to all of 6 pods in 1 namespace/).waitFor()
    await dialog.getByLabel('Why').fill('metrics are fine')
    await shoot('promote')
    await dialog.getByRole('button', { name: 'Promote' }).click()
    await page.getByText('Complete', { exact: true }).waitFor()
    await page.getByText('6 / 6').waitFor()
    await page.getByText(/asked for promote.*metrics are fine/).waitFor()
    await shoot('set-complete')
  })

  it('pauses and resumes', async () => {
    const { page } = await open()
    await openSet(page)
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click()
    await until(() => world.set().spec.updateStrategy?.paused === true, PATIENCE)
    await page.getByRole('button', { name: 'Resume' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click()
    await until(() => world.set().spec.updateStrategy?.paused === false, PATIENCE)
  })

  it('refuses a click on what is not there any more, and says what has moved', async () => {
    const { page, shoot } = await open()
    await openSet(page)
    await page.getByRole('button', { name: 'Pause' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('start none of').waitFor()
    const before = patches()
    put(NEW)
    await dialog.getByRole('button', { name: 'Pause' }).click()
    await dialog.getByText(/it has moved meanwhile: you saw revision \w+, it is \w+/).waitFor()
    expect(await dialog.getByRole('button', { name: 'Pause' }).count()).to.equal(0)
    expect(patches()).to.equal(before)
    await shoot('stale')
    await page.keyboard.press('Escape')
  })

  it('switches the interception of an app, pod by pod', async () => {
    const shop = await startConsoleWorld({ unrestricted: true })
    try {
      shop.addSwitchablePods(3)
      shop.serveAgents(['web-0', 'web-1', 'web-2'])
      shop.putInterception({ enabled: false })
      shop.startOperator()
      running = await startTestConsole([{ name: 'east', url: shop.server.url }])
      const one = await openPage(browser)
      viewed = one
      await one.page.goto(running.signInUrl)
      await one.page.getByRole('switch', { name: /Intercept web/ }).click()
      const dialog = one.page.getByRole('dialog')
      await dialog.getByText('switch the interception of web on: 3 pods in 1 namespace').waitFor()
      await dialog.getByRole('button', { name: 'Switch on' }).click()
      await one.page.getByRole('link', { name: 'web', exact: true }).click()
      await one.page.getByRole('heading', { name: ': 3 of 3 intercepted' }).waitFor()
      expect(await accessibilityFaults(one.page), 'app').to.deep.equal([])
      await one.shoot('app')
    } finally {
      await running?.close()
      await shop.stop()
    }
  })

  it('lets no wrong token in, and no blanks, and says why', async () => {
    world.users.set('right', { username: 'ada' })
    const { page, shoot } = await open({ signIn: 'token' })
    await signInWith(page, '   ')
    await page.getByRole('alert').filter({ hasText: 'nothing but blanks' }).waitFor()
    await signInWith(page, 'wrong')
    await page.getByRole('alert').filter({ hasText: 'no cluster knows this token' }).waitFor()
    await shoot('wrong-token')
    await signInWith(page, 'right')
    await page.getByRole('cell', { name: 'ada' }).waitFor()
  })

  it('sends a token to the clusters that its owner has chosen, and to no other', async () => {
    world.users.set('of-east', { username: 'ada' })
    const other = await startConsoleWorld({ unrestricted: true })
    try {
      other.users.set('of-west', { username: 'ada-of-west' })
      running = await startTestConsole(
        [
          { name: 'east', url: world.server.url },
          { name: 'west', url: other.server.url },
        ],
        { signIn: 'token' },
      )
      const one = await openPage(browser)
      viewed = one
      const { page, shoot } = one
      await page.goto(running.signInUrl)
      const choice = page.getByRole('group', { name: 'Clusters that it is for' })
      await choice.waitFor()
      const ticked = async (): Promise<readonly boolean[]> => [
        await choice.getByLabel('east').isChecked(),
        await choice.getByLabel('west').isChecked(),
      ]
      expect(await ticked()).to.deep.equal([false, false])
      await signInWith(page, 'of-east')
      await page.getByRole('alert').filter({ hasText: 'you have chosen no cluster' }).waitFor()
      await choice.getByLabel('east').check()
      expect(await accessibilityFaults(page), 'choice').to.deep.equal([])
      await shoot('choose-clusters')
      await page.getByRole('button', { name: 'Sign in' }).click()
      const [east, west] = ['east', 'west'].map((name) =>
        page.getByRole('row', { name: new RegExp(`^${name}`) }),
      )
      await east?.getByRole('cell', { name: 'ada', exact: true }).waitFor()
      expect(other.server.requests, 'asked of west').to.deep.equal([])

      await west?.getByRole('button', { name: 'Give a token' }).click()
      await choice.waitFor()
      expect(await ticked()).to.deep.equal([false, true])
      await signInWith(page, 'of-west')
      await west?.getByRole('cell', { name: 'ada-of-west' }).waitFor()
      await east?.getByRole('cell', { name: 'ada', exact: true }).waitFor()
      const bearersOf = ({ server }: ConsoleWorld, token: string): number =>
        server.requests.filter(({ headers }) => headers['authorization'] === `Bearer ${token}`)
          .length
      expect(bearersOf(world, 'of-west'), "west's token at east").to.equal(0)
      expect(bearersOf(other, 'of-east'), "east's token at west").to.equal(0)
      expect(bearersOf(other, 'of-west'), "west's token at west").to.be.greaterThan(0)
    } finally {
      await running?.close()
      await other.stop()
    }
  })

  it('hides what the user may not do', async () => {
    world.users.set('viewer', {
      username: 'vera',
      allows: ({ verb }) => ['get', 'list', 'watch'].includes(verb),
    })
    const { page } = await open({ signIn: 'token' })
    await signInWith(page, 'viewer')
    await page.getByRole('cell', { name: 'vera' }).waitFor()
    expect(await page.getByRole('switch').count()).to.equal(0)
    await openSet(page)
    await page.locator('[data-pod]').first().waitFor()
    expect(
      await page.getByRole('group', { name: 'Act on mesh' }).getByRole('button').count(),
    ).to.equal(0)
  })

  it('says when the right was lost between the look and the click', async () => {
    let mayPatch = true
    world.users.set('editor', {
      username: 'ed',
      allows: ({ verb }) => verb !== 'patch' || mayPatch,
    })
    const { page } = await open({ signIn: 'token' })
    await signInWith(page, 'editor')
    await openSet(page)
    await page.getByRole('button', { name: 'Pause' }).click()
    mayPatch = false
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click()
    await page.getByRole('dialog').getByText('User "ed" cannot patch').waitFor()
  })

  it('says that the session is over, and why', async () => {
    const { page, shoot } = await open({ sessionMs: 2_500 })
    await connected(page)
    await page.getByRole('alert').filter({ hasText: 'the session is over' }).waitFor()
    await shoot('expired')
    expect(await page.getByRole('table').count()).to.equal(0)
  })

  it('says that the console was started anew: its sessions ended with it', async () => {
    const { page, at } = await open()
    await connected(page)
    await running?.close()
    await page.getByText('Link lost, trying again').waitFor()
    const port = Number(new URL(at).port)
    running = await startTestConsole([{ name: 'east', url: world.server.url }], { port })
    await page.getByRole('alert').filter({ hasText: 'the console was started anew' }).waitFor()
  })

  it('goes on when a cluster dies, and shows what it saw last as old', async () => {
    const other = await startConsoleWorld({ unrestricted: true })
    other.server.put(
      SIDECAR_SETS,
      withReason(other.hasSet() ? other.set() : world.set(), 'RolloutCompleted', 'all done'),
    )
    running = await startTestConsole([
      { name: 'east', url: world.server.url },
      { name: 'west', url: other.server.url },
    ])
    const one = await openPage(browser)
    viewed = one
    await one.page.goto(running.signInUrl)
    const row = one.page.getByRole('row', { name: /^west/ })
    await one.page.getByRole('row', { name: /^mesh west/ }).waitFor()
    await other.stop()
    await row.getByText('Away').waitFor()
    await row.getByText('gave no answer').waitFor()
    await one.page
      .getByRole('row', { name: /^east/ })
      .getByText('Connected', { exact: true })
      .waitFor()
    expect(await one.page.locator('tr.dim').count()).to.equal(1)
    await one.shoot('dead-cluster')
  })

  it('is used by the keyboard alone', async () => {
    const { page } = await open()
    await page.getByRole('link', { name: 'mesh' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Pause' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByText('start none of').waitFor()
    expect(await page.evaluate('document.activeElement.textContent')).to.equal('Pause')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    expect(await page.evaluate('document.activeElement.dataset.verb')).to.equal('pause')
  })

  it('runs no script and parses no markup that comes with the data', async () => {
    const { page } = await open()
    await connected(page)
    const blocked = await page.evaluate(`(() => {
      try { document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.owned = 1">'); return false }
      catch { return true }
    })()`)
    expect(blocked).to.equal(true)
    const faults = viewed?.faults.length ?? 0
    await page.evaluate(`(() => {
      const script = document.createElement('script')
      try { script.textContent = 'window.owned = 1' } catch { return }
      document.body.append(script)
    })()`)
    expect(await page.evaluate('window.owned')).to.equal(undefined)
    // What was tried is told on the browser's console: that is as it should be here.
    viewed =
      viewed === undefined
        ? undefined
        : {
            ...viewed,
            faults: viewed.faults.slice(0, faults).filter((text) => !text.includes('TrustedHTML')),
          }
  })

  for (const dark of [false, true]) {
    it(`has no fault that axe finds, ${dark ? 'dark' : 'light'}`, async () => {
      put(NEW)
      const { page, shoot } = await open({}, { dark })
      await connected(page)
      expect(await accessibilityFaults(page), 'fleet').to.deep.equal([])
      await openSet(page)
      await page.getByText('Held up by CanaryStep').waitFor()
      await page.locator('[data-pod]').filter({ hasText: 'Updated' }).first().waitFor()
      expect(await accessibilityFaults(page), 'set').to.deep.equal([])
      await shoot(`set-${dark ? 'dark' : 'light'}`)
      await page.getByRole('button', { name: 'Roll back' }).first().click()
      await page.getByRole('dialog').getByText('This will').waitFor()
      expect(await accessibilityFaults(page), 'dialog').to.deep.equal([])
    })
  }

  it('fits a phone: nothing goes beyond the edge', async () => {
    const { page, shoot } = await open({}, { width: 375, height: 812 })
    const overflow = (): Promise<unknown> =>
      page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
    await connected(page)
    expect(await overflow(), 'fleet').to.equal(0)
    await shoot('phone-fleet')
    await openSet(page)
    await page.locator('[data-pod]').first().waitFor()
    expect(await overflow(), 'set').to.equal(0)
    await shoot('phone-set')
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByRole('dialog').getByText('start none of').waitFor()
    expect(await overflow(), 'dialog').to.equal(0)
  })
})
