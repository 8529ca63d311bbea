import { expect } from 'chai'
import { annotations } from '../../api/group.ts'
import { revisionHash, revisionTemplate } from '../../api/revision.ts'
import { formatViolation } from '../../api/validation/violation.ts'
import type { SidecarSet, SidecarSetStatus } from '../../api/v1beta1/sidecarset.ts'
import { sidecarSet } from '../inject/testing/build.ts'
import { commandViolations, signedCommand } from './rolloutCommand.ts'

const revision = revisionHash(revisionTemplate(sidecarSet().spec))
const time = '2025-01-01T00:00:00Z'
const rollout = { revision, number: 2, startedAt: time, step: 2, reachedAt: time }
const resume = { verb: 'resume', revision, step: 2 }

function asking(command: object | string | undefined, status: SidecarSetStatus = { rollout }) {
  const set = sidecarSet()
  const text = typeof command === 'object' ? JSON.stringify(command) : command
  const given = text === undefined ? {} : { [annotations.rolloutCommand]: text }
  return { ...set, metadata: { ...set.metadata, annotations: given }, status }
}
const commandOf = (set: SidecarSet): unknown =>
  JSON.parse(set.metadata.annotations?.[annotations.rolloutCommand] ?? '')

describe('a command in an annotation of a set', () => {
  it('gets the name of its user, whatever name stood there', () => {
    const signed = signedCommand(
      asking({ ...resume, by: 'somebody else' }),
      asking(undefined),
      'ada',
    )
    expect(commandOf(signed)).to.deep.equal({ ...resume, by: 'ada' })
  })

  it('keeps the name when somebody else changes something else', () => {
    const set = asking({ ...resume, by: 'ada' })
    expect(signedCommand(set, set, 'bob')).to.equal(set)
  })

  it('passes when it means what is there', () => {
    expect(commandViolations(asking(resume), asking(undefined))).to.deep.equal([])
    const failed = { failedRevision: revision }
    const retry = asking({ verb: 'retry', revision }, failed)
    expect(commandViolations(retry, asking(undefined))).to.deep.equal([])
  })

  const refused: Readonly<Record<string, readonly [object | string, string]>> = {
    'the step is over': [{ ...resume, step: 1 }, 'it names step 1, but the rollout is in step 2'],
    'the revision is another one': [{ ...resume, revision: 'old' }, 'it names revision old'],
    'nothing has failed': [{ verb: 'retry', revision }, 'has not failed'],
    'it cannot be read': ['go on', 'expected JSON, found'],
    'the verb is unknown': [{ ...resume, verb: 'go' }, 'one of resume, promote, abort, retry'],
  }
  for (const [name, [command, expected]] of Object.entries(refused)) {
    it(`is refused when ${name}`, () => {
      const violations = commandViolations(asking(command), asking(undefined))
      expect(violations.map(formatViolation).join()).to.include(expected)
      expect(violations[0]?.field).to.equal('metadata.annotations[baton.dev/rollout-command]')
    })
  }

  it('is not looked at again when something else changes', () => {
    const stale = asking({ ...resume, step: 1 })
    expect(commandViolations(stale, stale)).to.deep.equal([])
  })
})
