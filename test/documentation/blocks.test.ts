import { expect } from 'chai'
import { blocksOf, filesOf, firstMissing, isTyped, outputsOf, scriptOf, shownOf } from './blocks.ts'

const page = (...lines: readonly string[]) => blocksOf('a.md', lines.join('\n'))

describe('the blocks of a page', () => {
  it('are found with their language and the line that they begin at', () => {
    expect(page('# A', '', '```sh', 'one', 'two', '```', '```', 'three', '```')).to.deep.equal([
      { page: 'a.md', line: 4, language: 'sh', lines: ['one', 'two'] },
      { page: 'a.md', line: 8, language: '', lines: ['three'] },
    ])
  })

  it('in a list lose its indentation, and no more', () => {
    const [block] = page('- so:', '  ```yaml', '  a:', '    b: 1', '  ```')
    expect(block?.lines).to.deep.equal(['a:', '  b: 1'])
  })

  it('are refused when they have no end', () => {
    expect(() => page('', '```sh', 'one')).to.throw('a.md:2: this block has no end')
  })

  it('are typed at the lines at which they stand in the page', () => {
    const script = scriptOf(page('text', '```sh', 'first', '```', '', '```sh', 'second', '```'))
    const [, , third, fourth, , , seventh] = script.split('\n')
    expect([third, fourth, seventh]).to.deep.equal(['first', "printf '\u001e%s\\n' 3", 'second'])
  })

  it('that show a session are typed without what is answered', () => {
    const session = page('```console', '$ kubectl get pods', 'NAME', 'a', '```')
    expect(session.map(isTyped)).to.deep.equal([true])
    expect(scriptOf(session).split('\n').slice(0, 4)).to.deep.equal([
      '',
      'kubectl get pods',
      '',
      '',
    ])
  })

  it('of other languages are not typed', () => {
    const blocks = page('```yaml', 'a: 1', '```', '```', 'b', '```', '```console', 'NAME', '```')
    expect(blocks.some(isTyped)).to.equal(false)
    expect(scriptOf(blocks).trim()).to.equal('')
  })

  it('are left out for the reason above them, and for nothing else', () => {
    const blocks = page(
      ...['<!-- not run: it never ends -->', '', '```sh', 'forever', '```'],
      ...['```sh', 'once', '```'],
    )
    expect(blocks.map(({ notRun }) => notRun)).to.deep.equal(['it never ends', undefined])
    expect(scriptOf(blocks).trim())
      .to.match(/^once\n/)
      .and.not.to.match(/forever/)
  })

  it('show what is printed: right below, or in a session', () => {
    const blocks = page(
      ...['```sh', 'one', '```', '', '```text', 'shown', '```'],
      ...['```console', '$ two', 'seen', '```', 'words', '```text', 'no output', '```'],
    )
    expect(shownOf(blocks)).to.deep.equal([
      { typed: 2, line: 6, lines: ['shown'] },
      { typed: 9, line: 9, lines: ['seen'] },
    ])
  })

  it('have each its own output', () => {
    const output = 'a\nb\n\u001e2\n\u001e5\nc\n\u001e9\nunfinished'
    expect([...outputsOf(output)]).to.deep.equal([
      [2, 'a\nb\n'],
      [5, ''],
      [9, 'c\n'],
    ])
  })

  const outputs: Readonly<Record<string, readonly [string, string | undefined]>> = {
    'lines in order, with others between': ['NAME   READY\nother\nmesh   2 (all)', undefined],
    'another order': ['mesh 2 (all)\nNAME READY', 'mesh 2 (…)'],
    'another text': ['NAME READY\nmesh 3 (all)', 'mesh 2 (…)'],
    'more in a line': ['NAME READY AGE\nmesh 2 (all)', 'NAME READY'],
  }
  for (const [what, [output, missing]] of Object.entries(outputs))
    it(`are compared with what was printed: ${what}`, () => {
      const shown = { typed: 1, line: 1, lines: ['NAME READY', 'mesh 2 (…)'] }
      expect(firstMissing(output, shown)).to.equal(missing)
    })

  it('are files when their first line says a name', () => {
    const blocks = page(
      '```yaml',
      '# mesh.yaml',
      'kind: A',
      '```',
      '```yaml',
      '# not a name',
      '```',
    )
    expect([...filesOf(blocks)]).to.deep.equal([['mesh.yaml', '# mesh.yaml\nkind: A\n']])
  })

  it('are refused when two are one file', () => {
    const twice = page('```yaml', '# a.yaml', '```', '```yaml', '# a.yaml', '```')
    expect(() => filesOf(twice)).to.throw('a.md:5: a.yaml is a block above already')
  })
})
