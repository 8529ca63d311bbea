import { podRevisions } from '../../api/podRecord.ts'
import { CliError } from '../cliError.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { readPod } from '../cluster/pods.ts'
import { listSubjects, readSubject } from '../cluster/subjects.ts'
import { SUBJECT } from '../commandline/subject.ts'
import type { Call, Command } from '../commandline/command.ts'
import { DOCUMENT_VERSION, documentOf, list } from '../output/shape.ts'
import { readRollout, ROLLOUT_ACCESS } from '../rollout/readRollout.ts'
import { whyPod, whySet } from '../why/why.ts'
import { whyShape } from '../why/whyShape.ts'
import type { Why } from '../why/whyShape.ts'
import { whyText } from '../why/whyText.ts'

const document = documentOf('Why', 'Why rollouts do not go on.', {
  sets: list('Each set asked about.', whyShape),
})

export const why: Command = {
  name: 'why',
  summary: 'Say which rule holds a rollout up, with its numbers and the line to change.',
  about: [
    "Looks at the set and its pods by the operator's own code and names the one rule that keeps pods from being upgraded. Nothing is changed.",
    'For a pod it says why nothing is done with that pod.',
  ],
  operands: [{ ...SUBJECT, name: 'SET|POD', summary: `${SUBJECT.summary}, or a pod as pod/NAME` }],
  options: {},
  examples: [
    { means: 'I changed the image and nothing happened', line: 'why mesh' },
    { means: 'One pod stays behind', line: 'why pod/web-7d4b -n shop' },
  ],
  access: ROLLOUT_ACCESS,
  document,
  run: async (call) => {
    const [name = ''] = call.operands
    const found = /^pods?\//.test(name) ? await ofPod(call, name) : [await ofSet(call, name)]
    return {
      exit: 'complete',
      document: { apiVersion: DOCUMENT_VERSION, kind: 'Why', sets: found },
      text: found.map(whyText).join('\n\n'),
    }
  },
}

async function ofSet({ cluster, io }: Call, name: string): Promise<Why> {
  const set = await readSubject(cluster(), name)
  return whySet(await readRollout(cluster(), set, { now: io.now(), agents: 'busy' }))
}

/** The same for each set that the pod has. */
async function ofPod({ cluster, io }: Call, name: string): Promise<readonly Why[]> {
  const pod = await readPod(cluster(), name)
  const key = `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`
  const names = Object.keys(podRevisions(pod.metadata.annotations))
  if (names.length === 0) throw notInjected(key)
  const sets = await setsNamed(cluster(), names)
  const found = await Promise.all(
    sets.map(async (set) =>
      whyPod(await readRollout(cluster(), set, { now: io.now(), agents: 'busy' }), key),
    ),
  )
  const managed = found.filter((one) => one !== undefined)
  if (managed.length === 0) throw notManaged(key, names)
  return managed
}

async function setsNamed(cluster: Cluster, names: readonly string[]) {
  return (await listSubjects(cluster)).filter(({ metadata }) => names.includes(metadata.name))
}

function notManaged(pod: string, sets: readonly string[]): CliError {
  return new CliError({
    exit: 'error',
    reason: 'NotManaged',
    message: `${pod} has sidecars of ${sets.join(', ')}, but no such SidecarSet selects it any more, or it is about to end`,
    remedy: 'compare its labels with the selectors, or replace the pod',
  })
}

function notInjected(pod: string): CliError {
  return new CliError({
    exit: 'error',
    reason: 'NotInjected',
    message: `${pod} has no sidecars of Baton`,
    remedy: `kubectl baton why-injected ${pod} says why`,
  })
}
