import { expect } from 'chai'
import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { alertGroups, alerts } from './alerts/index.ts'
import { alertsPage } from './alertsPage.ts'
import {
  ALERTS_PAGE,
  CASES_FILE,
  GENERATED_FOLDER,
  RULES_FILE,
  generatedFiles,
} from './generate.ts'

/** Of the Debian package prometheus. */
function promtool(...args: readonly string[]): string {
  const options = { cwd: GENERATED_FOLDER, encoding: 'utf8', timeout: 120_000 } as const
  const { status, stdout, stderr, error } = spawnSync('promtool', args, options)
  if (error !== undefined)
    throw new Error('promtool cannot be run; npm run setup installs it', { cause: error })
  expect(status, stdout + stderr).to.equal(0)
  return stdout
}

describe('the alerts', () => {
  it('are generated as they are here: run node observability/generate.ts', () => {
    const paths = readdirSync(GENERATED_FOLDER, { recursive: true, encoding: 'utf8' })
    const files = paths.filter((path) => statSync(join(GENERATED_FOLDER, path)).isFile())
    const found = files.map((path) => [path, readFileSync(join(GENERATED_FOLDER, path), 'utf8')])
    expect(Object.fromEntries(found)).to.deep.equal(generatedFiles())
  })

  it('are told on the page that is here: run node observability/generate.ts', () => {
    expect(readFileSync(ALERTS_PAGE, 'utf8')).to.equal(alertsPage(alertGroups))
  })

  it('each say where its page is', () => {
    const text = readFileSync(join(GENERATED_FOLDER, RULES_FILE), 'utf8')
    const urls = [...text.matchAll(/runbook_url: (\S+)/g)].map(([, url = '']) => url)
    expect(urls).to.have.lengthOf(alerts.length)
    const top = new URL('../', import.meta.url)
    for (const url of urls) expect(statSync(new URL(url, top)).isFile(), url).to.equal(true)
  })

  it('have each name once, and so do their groups', () => {
    const names = alerts.map(({ name }) => name)
    expect(new Set(names).size).to.equal(names.length)
    expect(new Set(alertGroups.map(({ name }) => name)).size).to.equal(alertGroups.length)
  })

  for (const { name, summary, description } of alerts)
    it(`${name} has a name in PascalCase and says in sentences what is so`, () => {
      expect(name).to.match(/^Baton([A-Z][a-z]+)+$/)
      for (const text of [summary, description]) expect(text).to.match(/^[A-Z{][^\n]*\.$/)
    })

  it('pass promtool’s check', () => {
    expect(promtool('check', 'rules', '--lint-fatal', RULES_FILE)).to.include(
      `${alerts.length} rules found`,
    )
  })

  it('each fire in one case, with these labels and texts, and are silent in another', function () {
    this.timeout(120_000)
    expect(promtool('test', 'rules', CASES_FILE)).to.include('SUCCESS')
  })
})
