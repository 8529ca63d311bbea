import { expect } from 'chai'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { blocksOf, outputsOf } from './blocks.ts'
import type { PageRun } from './runPage.ts'
import { runPage } from './runPage.ts'

describe('a page that is typed', () => {
  let root = ''
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'baton-root-'))
    writeFileSync(join(root, 'of-the-checkout'), 'here\n')
  })
  afterEach(() => {
    rmSync(root, { recursive: true })
  })

  const typed = (lines: readonly string[], deadlineMs = 10_000): Promise<PageRun> =>
    runPage({
      page: 'a.md',
      blocks: blocksOf('a.md', lines.join('\n')),
      root,
      environment: { GREETING: 'hello' },
      deadlineMs,
    })

  it('sees the checkout, the files that it says, and what earlier blocks have left', async () => {
    const { code, output } = await typed([
      ...['```yaml', '# told.yaml', 'told: true', '```'],
      ...['```sh', 'cat of-the-checkout told.yaml', 'name=world', '```'],
      ...['```sh', 'echo "$GREETING, $name"', '```'],
    ])
    expect([...outputsOf(output).values()]).to.deep.equal([
      'here\n# told.yaml\ntold: true\n',
      'hello, world\n',
    ])
    expect(code).to.equal(0)
  })

  for (const [what, command] of [
    ['a command', 'false'],
    ['the first command of a pipe', 'false | cat'],
    ['a command in a group', '(exit 1)'],
  ] as const)
    it(`ends at ${what} that fails, and names its line`, async () => {
      const lines = ['# A', '', '```sh', 'echo before', command, 'echo after', '```']
      const { code, output } = await typed(lines)
      expect(code).to.equal(1)
      expect(output).to.contain('before').and.to.contain('a.md:5: ended with 1')
      expect(output).not.to.contain('after')
    })

  it('fails at a variable that nothing has set', async () => {
    const { code, output } = await typed(['```sh', 'echo "$NOBODY_SETS_THIS"', '```'])
    expect(code).not.to.equal(0)
    expect(output).to.match(/line 2: NOBODY_SETS_THIS/)
  })

  it('is killed at its deadline with all that it has started', async () => {
    const { code, output } = await typed(['```sh', 'sleep 1000 & sleep 1000', '```'], 500)
    expect(code).to.equal(-1)
    expect(output).to.contain('not over after 0.5 s')
  })
})
