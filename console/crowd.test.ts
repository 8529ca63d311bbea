import { expect } from 'chai'
import { launchBrowser, openPage } from './testing/browser.ts'
import { startTestConsole } from './testing/consoleWorld.ts'
import { startCrowd } from './testing/manyPods.ts'
import { measurePaint } from './testing/paint.ts'

const PODS = 10_000

describe('ten thousand pods in a browser', function () {
  this.timeout(120_000)

  it('are all known, while the page holds those that can be seen', async () => {
    const server = await startCrowd(PODS)
    const running = await startTestConsole([{ name: 'east', url: server.url }])
    const browser = await launchBrowser()
    try {
      const viewed = await openPage(browser)
      const { page } = viewed
      await page.goto(running.signInUrl)
      await page.getByText('Connected', { exact: true }).waitFor()
      const paint = await measurePaint(viewed, `${running.url}/#/set/east/mesh`, PODS)
      process.stdout.write(
        `      first row after ${paint.firstRowMs} ms, all known after ${paint.allKnownMs} ms\n`,
      )
      expect(paint.rows).to.be.within(10, 60)
      // The first is there long before the last: pages are told as they come.
      expect(paint.firstRowMs).to.be.below(paint.allKnownMs)

      const table = page.getByRole('table', { name: 'Pods' })
      expect(await table.getAttribute('aria-rowcount')).to.equal(String(PODS + 1))
      await table.focus()
      await page.keyboard.press('End')
      await page.locator('[data-pod="shop-9/web-009989"]').waitFor()
      expect(await page.locator('[data-pod]').count()).to.be.at.most(60)

      await page.getByLabel('Filter pods').fill('web-004711')
      await page.locator('[data-pod="shop-11/web-004711"]').waitFor()
      expect(await page.locator('[data-pod]').count()).to.equal(1)
      expect(viewed.faults).to.deep.equal([])
    } finally {
      await browser.close()
      await running.close()
      await server.stop()
    }
  })
})
