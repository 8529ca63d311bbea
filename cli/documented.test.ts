import { expect } from 'chai'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { readBlocks } from '../test/documentation/pages.ts'
import { commands } from './commands/index.ts'
import { parse } from './commandline/parse.ts'
import { runCli } from './testing/runCli.ts'

const ROOT = new URL('..', import.meta.url)

const textOf = (page: string): string => readFileSync(new URL(page, ROOT), 'utf8')

/** Whole manifests of our kinds in fenced blocks of a page; a file name may stand above. */
function manifestsIn(page: string): readonly string[] {
  return readBlocks(page)
    .filter(({ language }) => language === 'yaml')
    .map(({ lines }) => lines.join('\n'))
    .filter((block) => /^(#.*\n)?apiVersion: baton\.dev\//.test(block))
}

/** Lines of fenced blocks that call the plugin, split as a shell does it; what follows it left out. */
function commandsIn(page: string): readonly (readonly string[])[] {
  return [...textOf(page).matchAll(/^kubectl baton (.+?)(?:\s+(?:#|\|\|).*)?$/gm)].map(
    ([, line = '']) =>
      (line.match(/'[^']*'|\S+?='[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", '')),
  )
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

  for (const file of globSync('docs/examples/*.yaml', { cwd: ROOT.pathname })) {
    it(`are without fault: ${file}`, async () => {
      const { code, stdout } = await runCli(['lint', '-f', '-', '--strict'], {
        files: { '-': textOf(file) },
      })
      expect(code, stdout).to.equal(0)
    })
  }

  it('are found at all', () => {
    expect(pages.flatMap(manifestsIn)).to.have.length.at.least(4)
  })
})

describe('commands that people are shown', () => {
  for (const page of pages) {
    for (const words of commandsIn(page)) {
      it(`are understood: ${page}, ${words.join(' ')}`, () => {
        const parsed = parse(words, commands)
        expect(parsed.kind, JSON.stringify(parsed)).to.equal('run')
      })
    }
  }

  it('are found at all', () => {
    expect(pages.flatMap(commandsIn)).to.have.length.at.least(15)
  })
})

describe('links of pages that people read', () => {
  for (const page of [...pages, ...globSync('docs/*.md', { cwd: ROOT.pathname })]) {
    it(`lead to something: ${page}`, () => {
      const targets = [...textOf(page).matchAll(/\]\(([^)#\s]+)/g)].map(([, target = '']) => target)
      const inside = targets.filter((target) => !/^[a-z]+:/.test(target))
      const missing = inside.filter((target) => !existsSync(new URL(target, new URL(page, ROOT))))
      expect(missing).to.deep.equal([])
    })
  }
})

describe('the index of all pages', () => {
  it('leads to each of them', () => {
    const targets = new Set(
      [...textOf('docs/README.md').matchAll(/\]\(([^)#\s]+)/g)].map(([, target = '']) => target),
    )
    const all = globSync('{*,guides/*,reference/*}.md', { cwd: new URL('docs', ROOT).pathname })
    const missing = all.filter((page) => page !== 'README.md' && !targets.has(page))
    expect(missing).to.deep.equal([])
    expect(all).to.include('guides/security.md')
  })
})
