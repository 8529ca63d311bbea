import { expect } from 'chai'
import { isTyped } from './blocks.ts'
import { readBlocks } from './pages.ts'
import { NEEDS, runbookCommands, runbookPage, shapeOf, TYPED_BY } from './runbooks.ts'

describe('the commands of the runbooks', () => {
  const commands = runbookCommands()

  it('are all typed: by the runbooks themselves, or with the same words by a guide', () => {
    const untyped = commands.filter(({ verb }) => !(verb in NEEDS) && !(verb in TYPED_BY))
    expect(untyped).to.deep.equal([])
    const verbs = new Set(commands.map(({ verb }) => verb))
    expect([...verbs].sort()).to.deep.equal(
      [...Object.keys(NEEDS), ...Object.keys(TYPED_BY)].sort(),
    )
  })

  it('are left to a guide only when it types them', () => {
    for (const { verb, text, page, line } of commands) {
      const guide = TYPED_BY[verb]
      if (guide === undefined) continue
      const typed = readBlocks(guide).filter(
        (block) => isTyped(block) && block.notRun === undefined,
      )
      const shapes = typed.flatMap(({ lines }) => lines.map(shapeOf))
      expect(shapes, `${page}:${line}`).to.include(shapeOf(text))
    }
  })

  it('leave no name in capitals for the shell to stumble over', () => {
    const typed =
      runbookPage()
        .at(-1)
        ?.lines.filter((line) => line.startsWith('kubectl baton')) ?? []
    expect(typed).to.have.length.at.least(20)
    expect(
      typed.filter((line) => /\b[A-Z]{3,}\b/.test(line.replace(/'[^']*'/g, ''))),
    ).to.deep.equal([])
  })

  it('are typed once when they differ in the reason alone', () => {
    const aborts = commands.filter(({ verb }) => verb === 'abort')
    expect(aborts.length).to.be.greaterThan(1)
    const typed =
      runbookPage()
        .at(-1)
        ?.lines.filter((line) => line.includes(' abort ')) ?? []
    expect(typed.filter((line) => line.startsWith('kubectl'))).to.have.lengthOf(1)
  })
})
