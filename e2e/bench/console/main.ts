import { parseArgs } from 'node:util'
import { formatTable } from '../../../cli/table.ts'
import { launchBrowser, openPage } from '../../../console/testing/browser.ts'
import { startTestConsole } from '../../../console/testing/consoleWorld.ts'
import { startCrowd } from '../../../console/testing/manyPods.ts'
import type { Paint } from '../../../console/testing/paint.ts'
import { measurePaint } from '../../../console/testing/paint.ts'
import type { Spread } from '../statistics.ts'
import { spread } from '../statistics.ts'

const HELP = `npm run bench:console -- [--pods N] [--runs N] [--json]

The page of a set with many pods is opened in Chromium: how long until the first pod can be seen, and
until all are known. The API server is the one of the tests, in another process of this machine's own
load: what it takes is part of the figures.

  --pods N   pods of the set (10000)
  --runs N   how often (5)

Examples
  npm run bench:console
  npm run --silent bench:console -- --pods 20000 --json > console.json
`

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    pods: { type: 'string', default: '10000' },
    runs: { type: 'string', default: '5' },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help === true) {
  process.stdout.write(HELP)
  process.exit(0)
}

const pods = countOf('pods', values.pods)
const runs = countOf('runs', values.runs)
const server = await startCrowd(pods)
const browser = await launchBrowser()
const running = await startTestConsole([{ name: 'east', url: server.url }], { probeMs: 5_000 })
try {
  const paints: Paint[] = []
  for (let run = 0; run < runs; run++) {
    const viewed = await openPage(browser)
    await viewed.page.goto(running.signInUrl)
    await viewed.page.getByText('Connected', { exact: true }).waitFor()
    paints.push(await measurePaint(viewed, `${running.url}/#/set/east/mesh`, pods))
    await viewed.context.close()
  }
  const rows = [
    { name: 'first pod seen', kind: 'baton', pods, runs, ms: msOf(paints, 'firstRowMs') },
    { name: 'all pods known', kind: 'baton', pods, runs, ms: msOf(paints, 'allKnownMs') },
  ]
  const drawn = Math.max(...paints.map((paint) => paint.rows))
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ name: 'console', rows, drawn }, null, 2)}\n`
      : `${table(rows)}\n\n${drawn} of ${pods} rows are in the page\n`,
  )
} finally {
  await running.close()
  await browser.close()
  await server.stop()
}

function msOf(paints: readonly Paint[], name: 'firstRowMs' | 'allKnownMs'): Spread {
  return spread(paints.map((paint) => paint[name]))
}

function table(rows: readonly { readonly name: string; readonly ms: Spread }[]): string {
  return formatTable(
    ['UNTIL', 'MEDIAN MS', 'MIN', 'MAX'],
    rows.map(({ name, ms }) => [name, String(ms.median), String(ms.min), String(ms.max)]),
  )
}

function countOf(name: string, text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count > 0) return count
  process.stderr.write(`--${name} is '${text}'; give a whole number above 0\n`)
  process.exit(2)
}
