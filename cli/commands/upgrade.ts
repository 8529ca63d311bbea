import { describeSubject } from '../../api/gateway/subject.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { JsonPatchOperation } from '../../runtime/client/options.ts'
import { changeDocument, changeOutcome } from '../actions/changeDocument.ts'
import { CHANGE_OPTIONS, WAIT_OPTIONS } from '../actions/options.ts'
import { patchSet } from '../actions/patchSet.ts'
import { scopeOf, scopeText } from '../actions/scope.ts'
import { usageError } from '../cliError.ts'
import { readSubject } from '../cluster/subjects.ts'
import { SUBJECT } from '../commandline/subject.ts'
import type { Command } from '../commandline/command.ts'
import { nearest } from '../commandline/nearest.ts'

export const upgrade: Command = {
  name: 'upgrade',
  summary: 'Give containers of a set another image, and wait for the rollout.',
  about: [
    'Changes the image in the SidecarSet; the operator then upgrades the pods by the strategy of the set.',
    'With --wait it ends as status --for=complete does: the exit code tells complete, failed, paused, superseded and timeout apart. Asked for an image that is there already it changes nothing, and waits all the same.',
  ],
  operands: [
    SUBJECT,
    { name: 'CONTAINER=IMAGE…', summary: 'a container of the set and its new image', many: true },
  ],
  options: { ...WAIT_OPTIONS, ...CHANGE_OPTIONS },
  examples: [
    { means: 'Upgrade and wait', line: 'upgrade mesh proxy=envoy:1.40.0 --wait --timeout 15m' },
    { means: 'Would it be accepted?', line: 'upgrade mesh proxy=envoy:1.40.0 --dry-run=server' },
  ],
  access: ['get and patch sidecarsets, or ingressgateways', 'list pods (optional)'],
  document: changeDocument('Upgrade'),
  run: async (call) => {
    const [name = '', ...wishes] = call.operands
    const images = wishes.map(parseWish)
    const set = await readSubject(call.cluster(), name)
    const operations = images.flatMap((wish) => operationsFor(set, wish))
    const scope = await scopeOf(call.cluster(), set)
    const what = images.map(({ container, image }) => `${container}=${image}`).join(', ')
    const change = await patchSet(call, {
      set,
      operations,
      scope,
      sentence: `upgrade of ${scopeText(scope)} to ${what}`,
      unchanged: `has ${what} already`,
    })
    return changeOutcome('Upgrade', change)
  },
}

interface Wish {
  readonly container: string
  readonly image: string
}

function parseWish(text: string): Wish {
  const [, container, image] = /^([^=]+)=(.+)$/.exec(text) ?? []
  if (container !== undefined && image !== undefined) return { container, image }
  throw usageError(`"${text}" is no CONTAINER=IMAGE`, 'write such as proxy=envoy:1.40.0')
}

function operationsFor(
  { spec, metadata }: StoredSidecarSet,
  wish: Wish,
): readonly JsonPatchOperation[] {
  const { container, image } = wish
  for (const list of ['containers', 'initContainers'] as const) {
    const index = (spec[list] ?? []).findIndex(({ name }) => name === container)
    if (index < 0) continue
    if (spec[list]?.[index]?.image === image) return []
    return [{ op: 'replace', path: `/spec/${list}/${index}/image`, value: image }]
  }
  const names = [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map((one) => one.name)
  const near = nearest(container, names)
  throw usageError(
    `${describeSubject(metadata.name)} has no container "${container}"`,
    near === undefined ? `name one of ${names.join(', ')}` : `did you mean "${near}"?`,
  )
}
