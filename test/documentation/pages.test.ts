import { expect } from 'chai'
import { isTyped } from './blocks.ts'
import { readBlocks, typedPages } from './pages.ts'

/** Commands that no test types, each for its reason: the fewer the better. */
const NOT_RUN: Readonly<Record<string, readonly string[]>> = {
  'README.md': [
    'npm run demo',
    'npm run demo -- --keep     # leaves the cluster for you, and says what to try next',
    'npm test                          # everything: checks, units, processes, the cluster, Baton on it under load',
  ],
  'docs/guides/console.md': [
    'kubectl baton console',
    'kubectl baton console --listen 0.0.0.0 --sign-in=token --external-url https://console.example.com',
    'kubectl baton console --sign-in=oidc --oidc-issuer https://id.example.com --oidc-client-id baton --external-url https://console.example.com --listen 0.0.0.0',
    'kubectl -n baton-system port-forward service/baton-console 8011',
  ],
  'docs/guides/first-sidecar.md': ['npm run cluster -- down --name playground'],
}
const LANGUAGES = ['sh', 'bash', 'console', 'yaml', 'json', 'text', 'mermaid', 'nginx', 'haproxy']

describe('the commands of README and guides', () => {
  const pages = typedPages()

  for (const page of pages) {
    it(`are all typed but those that say why not: ${page}`, () => {
      const typed = readBlocks(page).filter(isTyped)
      const left = typed.filter(({ notRun }) => notRun !== undefined)
      expect(left.map(({ lines: [first] }) => first)).to.deep.equal(NOT_RUN[page] ?? [])
    })

    it(`stand in blocks that say what they are: ${page}`, () => {
      const others = readBlocks(page).filter(({ language }) => !LANGUAGES.includes(language))
      expect(others.map(({ line }) => line)).to.deep.equal([])
    })
  }

  it('are found at all', () => {
    expect(pages.flatMap(readBlocks).filter(isTyped)).to.have.length.at.least(25)
  })
})
