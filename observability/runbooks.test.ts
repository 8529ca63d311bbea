import { expect } from 'chai'
import { readFileSync, readdirSync } from 'node:fs'
import { parse } from '../cli/commandline/parse.ts'
import { commands } from '../cli/commands/index.ts'
import { alerts } from './alerts/index.ts'
import { RUNBOOKS, runbookOf } from './rules.ts'

const folder = new URL(`../${RUNBOOKS}/`, import.meta.url)
const SECTIONS = [
  'What it means',
  'What clients notice',
  'Look first',
  'Mend it',
  'Silence it',
] as const

describe('the runbooks', () => {
  it('are one for each alert, and no other', () => {
    expect(readdirSync(folder).toSorted()).to.deep.equal(
      alerts.map(({ name }) => runbookOf(name)).toSorted(),
    )
  })

  for (const { name } of alerts)
    describe(`of ${name}`, () => {
      const text = readFileSync(new URL(runbookOf(name), folder), 'utf8')

      it('has its name, and says in order what is to be known', () => {
        expect(text.split('\n')[0]).to.equal(`# ${name}`)
        const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)
        expect(headings).to.deep.equal(SECTIONS)
      })

      it('begins with a command, and has none that kubectl baton does not know', () => {
        const look = text.slice(text.indexOf('## Look first'), text.indexOf('## Mend it'))
        expect(commandsIn(look)).not.to.have.lengthOf(0)
        for (const words of commandsIn(text)) {
          expect(parse(words, commands).kind, words.join(' ')).to.equal('run')
        }
      })

      it('leads to pages that are there', () => {
        for (const [, target = ''] of text.matchAll(/\]\(([^)#]+)/g)) {
          expect(() => readFileSync(new URL(target, folder)), target).not.to.throw()
        }
      })
    })
})

/** The words after `kubectl baton` of each line in blocks of code, as a shell would split them. */
function commandsIn(text: string): readonly (readonly string[])[] {
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block)
  return blocks
    .flatMap((block) => block.trimEnd().split('\n'))
    .map((line) => {
      expect(line).to.match(/^kubectl baton /)
      const words = line.slice('kubectl baton '.length).match(/'[^']*'|\S+?='[^']*'|\S+/g) ?? []
      return words.map((word) => word.replaceAll("'", ''))
    })
}
