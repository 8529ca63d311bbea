import { applyDefaults } from '../../api/defaults/applyDefaults.ts'
import { revisionHash, revisionHashWithoutImage, revisionTemplate } from '../../api/revision.ts'
import type { SidecarSet, SidecarSetSpec } from '../../api/v1beta1/sidecarset.ts'
import { findRevision, previousRevision } from '../actions/findRevision.ts'
import { revisionsOf } from '../actions/readRevisions.ts'
import { usageError } from '../cliError.ts'
import { listSets } from '../cluster/sets.ts'
import { readSubject } from '../cluster/subjects.ts'
import { SUBJECT } from '../commandline/subject.ts'
import type { Call, Command } from '../commandline/command.ts'
import { differences, differenceShape } from '../diff/differences.ts'
import { sidecarSetsOf } from '../injection/setting.ts'
import { FILENAME, manifestsOf } from '../manifests/filesOf.ts'
import { DOCUMENT_VERSION, documentOf, list, object, oneOf, text } from '../output/shape.ts'
import type { ShapeOf } from '../output/shape.ts'

const comparisonShape = object('Two states of one SidecarSet.', {
  set: text('Its name.'),
  from: text('Revision that it is compared from; empty when the set does not exist.'),
  to: text('Revision that it is compared with.'),
  means: oneOf('What becomes of pods that exist.', 'Nothing', 'UpgradeInPlace', 'ReplacedPodsOnly'),
  differences: list(
    'Of the part that is injected, and with -f of the whole spec.',
    differenceShape,
  ),
})

type Comparison = ShapeOf<typeof comparisonShape>

const document = documentOf(
  'Diff',
  'What differs between revisions, or between files and cluster.',
  {
    sets: list('Each set compared.', comparisonShape),
  },
)

export const diff: Command = {
  name: 'diff',
  summary: 'Show what differs between two revisions, or between manifests and the cluster.',
  about: [
    'Without revisions: between the one before (as rollback takes it) and that of the spec. With -f: between the sets that exist and those of the files, and what applying them means for pods that exist.',
    'It ends with 0 when there is no difference, with 1 when there is one, and above 1 when it cannot tell.',
  ],
  operands: [
    { ...SUBJECT, optional: true },
    { name: 'FROM', summary: 'a revision: hash or number', optional: true },
    { name: 'TO', summary: 'another; defaults to that of the spec', optional: true },
  ],
  options: { filename: FILENAME },
  examples: [
    { means: 'What did the last change change?', line: 'diff mesh' },
    { means: 'What would this file do?', line: 'diff -f mesh.yaml' },
  ],
  access: ['get sidecarsets', 'without -f: list controllerrevisions in baton-system'],
  document,
  run: async (call) => {
    const [name] = call.operands
    const isFiles = call.flags.has('filename')
    if ((name !== undefined) === isFiles) {
      throw usageError('diff needs a SET or manifests by -f, and not both')
    }
    const sets = name === undefined ? await ofFiles(call) : [await ofRevisions(call, name)]
    const isSame = sets.every((one) => one.differences.length === 0)
    return {
      exit: isSame ? 'complete' : 'failed',
      document: { apiVersion: DOCUMENT_VERSION, kind: 'Diff', sets },
      text: sets.map(diffText).join('\n\n'),
    }
  },
}

async function ofRevisions(call: Call, name: string): Promise<Comparison> {
  const [, fromWord, toWord] = call.operands
  const set = await readSubject(call.cluster(), name)
  const revisions = await revisionsOf(call.cluster(), set)
  const from =
    fromWord === undefined ? previousRevision(revisions) : findRevision(revisions, fromWord)
  const to = toWord === undefined ? revisions.latest : findRevision(revisions, toWord)
  return {
    set: name,
    from: from.hash,
    to: to.hash,
    means: meaning(from.template, to.template),
    differences: differences(from.template, to.template),
  }
}

async function ofFiles(call: Call): Promise<readonly Comparison[]> {
  const sets = sidecarSetsOf(await manifestsOf(call, 'filename'))
  if (sets.length === 0) throw usageError('no SidecarSet is among the manifests')
  const existing = await listSetsByName(call)
  return sets.map((set): Comparison => {
    const name = set.metadata.name ?? ''
    const after = applyDefaults(set.spec)
    const present = existing.get(name)
    const to = hashOf(after)
    if (present === undefined) {
      const all = differences(undefined, after, 'spec')
      return { set: name, from: '', to, means: 'Nothing', differences: all }
    }
    const before = applyDefaults(present.spec)
    return {
      set: name,
      from: hashOf(before),
      to,
      means: meaning(revisionTemplate(before), revisionTemplate(after)),
      differences: differences(before, after, 'spec'),
    }
  })
}

async function listSetsByName({ cluster }: Call): Promise<ReadonlyMap<string, SidecarSet>> {
  const sets = await listSets(cluster())
  return new Map(sets.map((set) => [set.metadata.name, set]))
}

function hashOf(spec: SidecarSetSpec): string {
  return revisionHash(revisionTemplate(spec))
}

type Template = ReturnType<typeof revisionTemplate>

function meaning(from: Template, to: Template): Comparison['means'] {
  if (revisionHash(from) === revisionHash(to)) return 'Nothing'
  const inPlace = revisionHashWithoutImage(from) === revisionHashWithoutImage(to)
  return inPlace ? 'UpgradeInPlace' : 'ReplacedPodsOnly'
}

const MEANINGS: Readonly<Record<Comparison['means'], string>> = {
  Nothing: 'no pod that exists is upgraded',
  UpgradeInPlace: 'pods are upgraded in place',
  ReplacedPodsOnly: 'pods that exist cannot be upgraded in place: only new ones get it',
}

function diffText({ set, from, to, means, differences: found }: Comparison): string {
  const title = `${set}: revision ${from === '' ? '(none)' : from} → ${to}: ${MEANINGS[means]}`
  if (found.length === 0) return `${set}: no difference`
  const lines = found.map(({ path, change, before = '', after = '' }) => {
    if (change === 'Added') return `  + ${path}: ${after}`
    return change === 'Removed' ? `  - ${path}: ${before}` : `  ~ ${path}: ${before} → ${after}`
  })
  return [title, ...lines].join('\n')
}
