import { expect } from 'chai'
import type { RolloutProgress } from '../../../api/v1beta1/sidecarset.ts'
import { rolloutCommandId } from '../../../api/rolloutCommand.ts'
import { obey } from './obey.ts'
import type { CommandInput } from './obey.ts'

const now = Date.parse('2025-01-01T01:00:00Z')
const earlier = '2025-01-01T00:59:00Z'
const begun: RolloutProgress = { revision: 'new', number: 2, startedAt: earlier }
const paused: RolloutProgress = { ...begun, step: 2, stepStartedAt: earlier, reachedAt: earlier }
const failure = { reason: 'UpgradeFailed', message: '1 pod failed', at: earlier }

function asked(command: object | string, over: Partial<CommandInput> = {}) {
  const text = typeof command === 'string' ? command : JSON.stringify(command)
  const given = { last: undefined, before: undefined, isGoing: true, isAnalysisPaused: false, now }
  return obey({ text, progress: paused, ...given, ...over })
}

describe('what somebody asks of a rollout', () => {
  const done: Record<string, readonly [object, Partial<CommandInput>, Partial<RolloutProgress>]> = {
    'ends the pause of the step that it names': [
      { verb: 'resume', revision: 'new', step: 2 },
      {},
      { ...paused, resumedAt: '2025-01-01T01:00:00Z' },
    ],
    'overrules an analysis that is not sure': [
      { verb: 'resume', revision: 'new' },
      { progress: begun, isAnalysisPaused: true },
      { ...begun, resumedAt: '2025-01-01T01:00:00Z', overruledAt: '2025-01-01T01:00:00Z' },
    ],
    'leaves out the steps that are left': [
      { verb: 'promote', revision: 'new', step: 2 },
      {},
      { ...begun, skipped: 'Promoted' },
    ],
    'gives the revision up, and says who and why': [
      { verb: 'abort', revision: 'new', by: 'ada', reason: 'errors in shop.' },
      {},
      {
        ...paused,
        failure: {
          reason: 'Aborted',
          message: 'abort of revision new by ada: errors in shop',
          at: '2025-01-01T01:00:00Z',
        },
      },
    ],
    'tries again what had failed under another number': [
      { verb: 'retry', revision: 'new' },
      { progress: { ...begun, number: 3, step: 1 }, before: { ...paused, failure } },
      { ...begun, number: 3, step: 1 },
    ],
  }
  for (const [name, [command, over, expected]] of Object.entries(done)) {
    it(name, () => {
      const { progress, record } = asked(command, over)
      expect(record?.message).to.match(/^\w+ of revision new/)
      expect(record).to.include({ outcome: 'Accepted', at: '2025-01-01T01:00:00Z' })
      expect(progress).to.deep.equal(expected)
    })
  }

  const refused: Record<string, readonly [object | string, Partial<CommandInput>, string]> = {
    'the step that was on before': [
      { verb: 'resume', revision: 'new', step: 1 },
      {},
      'it names step 1, but the rollout is in step 2',
    ],
    'no step while one is on': [
      { verb: 'promote', revision: 'new' },
      {},
      'it names no step, but the rollout is in step 2',
    ],
    'the revision before': [
      { verb: 'promote', revision: 'old', step: 2 },
      {},
      "it names revision old, but the spec's revision is new",
    ],
    'a step whose pods are not there yet': [
      { verb: 'resume', revision: 'new', step: 2 },
      { progress: { ...begun, step: 2 } },
      'step 2 is not paused',
    ],
    'a rollout that is complete': [
      { verb: 'abort', revision: 'new' },
      { progress: begun, isGoing: false },
      'no rollout of revision new is going on',
    ],
    'a revision that failed meanwhile': [
      { verb: 'resume', revision: 'new', step: 2 },
      { progress: { ...paused, failure } },
      'revision new has failed; only retry can be asked for',
    ],
    'to try again what has not failed': [
      { verb: 'retry', revision: 'new' },
      {},
      'revision new has not failed',
    ],
    'something else': [{ verb: 'undo', revision: 'new' }, {}, 'verb: expected one of resume'],
    'something that is no JSON': ['resume', {}, 'expected JSON, found'],
  }
  for (const [name, [command, over, sentence]] of Object.entries(refused)) {
    it(`is refused when it is about ${name}`, () => {
      const { progress, record } = asked(command, over)
      expect(record?.outcome).to.equal('Refused')
      expect(record?.message).to.include(sentence)
      expect(progress).to.deep.equal(over.progress ?? paused)
    })
  }

  it('is obeyed once', () => {
    const text = JSON.stringify({ verb: 'resume', revision: 'new', step: 2 })
    const last = {
      id: rolloutCommandId(text),
      at: earlier,
      outcome: 'Accepted',
      message: '',
    } as const
    expect(asked(text, { last })).to.deep.equal({ progress: paused, record: undefined })
  })
})
