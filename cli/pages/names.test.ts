import { expect } from 'chai'
import { globSync, readFileSync } from 'node:fs'
import { annotationsPage } from './annotationsPage.ts'
import { eventReasons } from '../../api/eventReasons.ts'
import { conditionReasons } from '../../api/conditionReasons.ts'
import { podConditionReasons } from '../../api/podConditionReasons.ts'

const ROOT = new URL('../..', import.meta.url).pathname
const PROGRAMS = ['api', 'operator', 'webhook', 'agent', 'cli']
const sources = PROGRAMS.flatMap((folder) =>
  globSync(`${folder}/**/*.ts`, { cwd: ROOT }).filter(
    (file) => !/(\.test\.ts|\/testing\/|\/simulation\/)/.test(file),
  ),
).map((file) => ({ file, text: readFileSync(`${ROOT}${file}`, 'utf8') }))

/** `baton.dev/x`, written out or with the constant. */
const NAME = /(?:'baton\.dev|\$\{GROUP\})\/([A-Za-z-]+)['`]/g
/** Of the one object that a check lets the API server refuse. */
const OF_A_DRY_RUN = 'check'

describe('the words of Baton', () => {
  const tables = [
    'api/eventReasons.ts',
    'api/conditionReasons.ts',
    'api/podConditionReasons.ts',
    'cli/pages/',
  ]
  const programs = sources.filter(({ file }) => !tables.some((table) => file.startsWith(table)))

  it('that stand on objects are all in the reference', () => {
    const page = annotationsPage().join('\n')
    const names = programs.flatMap(({ text }) =>
      [...text.matchAll(NAME)].map(([, name = '']) => name),
    )
    expect(names).to.include('rollout-command').and.to.include('gateway-applied')
    const missing = names.filter(
      (name) => name !== OF_A_DRY_RUN && !page.includes(`\`baton.dev/${name}\``),
    )
    expect(missing).to.deep.equal([])
  })

  const told = programs.map(({ text }) => text).join('\n')
  const reasons = new Set([
    ...Object.keys(eventReasons),
    ...Object.values(conditionReasons).flatMap((of) => Object.keys(of)),
    ...Object.values(podConditionReasons).flatMap((of) => Object.keys(of)),
  ])
  for (const reason of reasons)
    it(`that the reference has are told by somebody: ${reason}`, () => {
      expect(told.includes(`'${reason}'`)).to.equal(true)
    })
})
