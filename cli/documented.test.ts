import { expect } from 'chai'
import { globSync, readFileSync } from 'node:fs'
import { runCli } from './testing/runCli.ts'

const ROOT = new URL('..', import.meta.url)

/** Whole manifests of our kinds in fenced blocks of a page. */
function manifestsIn(page: string): readonly string[] {
  const text = readFileSync(new URL(page, ROOT), 'utf8')
  return [...text.matchAll(/^```yaml\n([^]*?)^```/gm)]
    .map(([, block = '']) => block)
    .filter((block) => block.startsWith('apiVersion: baton.dev/'))
}

const pages = ['README.md', ...globSync('docs/guides/*.md', { cwd: ROOT.pathname })]

describe('manifests that people are shown', () => {
  for (const page of pages) {
    for (const [index, manifest] of manifestsIn(page).entries()) {
      const kind = /^kind: (\w+)/m.exec(manifest)?.[1] ?? ''
      it(`are without fault: ${page}, number ${index + 1}, ${kind}`, async () => {
        const { code, stdout } = await runCli(['lint', '-f', '-', '--strict'], {
          files: { '-': manifest },
        })
        expect(code, stdout).to.equal(0)
      })
    }
  }

  it('are found at all', () => {
    expect(pages.flatMap(manifestsIn)).to.have.length.at.least(4)
  })
})
