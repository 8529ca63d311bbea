import type { Viewed } from './browser.ts'

/** How long a page took, from the navigation on. */
export interface Paint {
  /** Until the first pod could be seen. */
  readonly firstRowMs: number
  /** Until all pods were known: found by the filter, in the counts. */
  readonly allKnownMs: number
  /** Rows of pods that the page holds then. */
  readonly rows: number
}

/** A promise of when things had been painted: two steps after they came in, as browsers do it. */
const WATCH = `
  window.painted = new Promise((resolve) => {
    const times = {}
    const note = (name, holds) => {
      if (name in times || !holds()) return
      times[name] = undefined
      requestAnimationFrame(() => setTimeout(() => {
        times[name] = performance.now()
        if (times.first !== undefined && times.all !== undefined) resolve(times)
      }))
    }
    new MutationObserver(() => {
      note('first', () => document.querySelector('[data-pod]') !== null)
      note('all', () => document.getElementById('pod-count')?.textContent === window.wanted)
    }).observe(document, { childList: true, subtree: true, characterData: true })
  })
`

/** Opens the page of a set with this many pods, as a bookmark does, and waits until it has them. */
export async function measurePaint(
  { page, context }: Viewed,
  url: string,
  pods: number,
): Promise<Paint> {
  await context.addInitScript(`window.wanted = '${pods.toLocaleString('en-US')} pods'\n${WATCH}`)
  await page.goto('about:blank')
  await page.goto(url)
  const { first, all } = await page.evaluate<{ first: number; all: number }>('window.painted')
  const rows = await page.locator('[data-pod]').count()
  return { firstRowMs: Math.round(first), allKnownMs: Math.round(all), rows }
}
