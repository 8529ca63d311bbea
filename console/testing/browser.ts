import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'

/** What Debian's package brings, and its name in other distributions. */
const PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Where screenshots are left for people. */
const SCREENSHOTS = resolve(import.meta.dirname, '../../dist/screenshots')

/** Anything that takes longer on a busy machine is a fault. */
const ACTION_MS = 30_000

export async function launchBrowser(): Promise<Browser> {
  const executablePath = PROGRAMS.find((program) => existsSync(program))
  if (executablePath === undefined) {
    throw new Error(
      'there is no chromium: npm test -- console installs it, or apt-get install chromium',
    )
  }
  // Root, as in a container, may not use its sandbox; the pages are ours.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
}

export interface Viewed {
  readonly page: Page
  readonly context: BrowserContext
  /** What went wrong in the page itself: it must stay empty. */
  readonly faults: readonly string[]
  /** Leaves a picture in dist/screenshots. */
  readonly shoot: (name: string) => Promise<void>
}

export interface ViewOptions {
  readonly width?: number
  readonly height?: number
  readonly dark?: boolean
}

export async function openPage(browser: Browser, options: ViewOptions = {}): Promise<Viewed> {
  const { width = 1440, height = 900, dark = false } = options
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  })
  context.setDefaultTimeout(ACTION_MS)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    // Refusals are told by the page; the browser notes each as a failed load.
    const isRefusal = message.text().startsWith('Failed to load resource')
    if (message.type() === 'error' && !isRefusal) faults.push(message.text())
  })
  return {
    page,
    context,
    faults,
    shoot: async (name) => {
      await mkdir(SCREENSHOTS, { recursive: true })
      await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) })
    },
  }
}
