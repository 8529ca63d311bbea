import { expect } from 'chai'
import { conditionReasons } from '../../api/conditionReasons.ts'
import { togglePhases } from '../../api/interception/status.ts'
import type { Block } from './blocks.ts'
import { readBlocks } from './pages.ts'

const PAGE = 'docs/architecture.md'

/** The states of the diagram that has an arrow. */
function statesWith(arrow: string): readonly string[] {
  const diagrams = readBlocks(PAGE).filter(({ language }) => language === 'mermaid')
  const diagram = diagrams.find(({ lines }) => lines.some((line) => line.includes(arrow)))
  return [...new Set((diagram?.lines ?? []).flatMap(endsOf))].sort()
}

function endsOf(line: string): readonly string[] {
  const [, from = '', to = ''] = /^\s*(\S+) --> (\S+)/.exec(line) ?? []
  return [from, to].filter((name) => /^\w+$/.test(name))
}

describe('the pictures of the architecture', () => {
  it('have every phase of a toggle', () => {
    const phases = togglePhases.filter((phase) => phase !== 'Idle')
    expect(statesWith('OfflineHook --> RulesOn')).to.deep.equal([...phases, 'Off', 'On'].sort())
  })

  it('have everything that a rollout may be waiting for', () => {
    const reasons = Object.entries(conditionReasons.Progressing)
      .filter(([, means]) => !means.startsWith('TrafficInterception'))
      .map(([reason]) => reason)
    expect(statesWith('RolloutInProgress --> RolloutCompleted')).to.deep.equal(reasons.sort())
  })

  it('are in blocks that are drawn', () => {
    const kinds = readBlocks(PAGE)
      .filter(({ language }) => language === 'mermaid')
      .map(({ lines: [first = ''] }: Block) => first.split(/[ -]/)[0])
    expect(kinds).to.include.members(['flowchart', 'sequenceDiagram', 'stateDiagram'])
  })
})
