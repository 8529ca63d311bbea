import { podRevisions } from '../../api/podRecord.ts'
import { CliError } from '../cliError.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { readPod } from '../cluster/pods.ts'
import { listSets, readSet } from '../cluster/sets.ts'
import type { Call, Command } from '../commandline/command.ts'
import { DOCUMENT_VERSION, documentOf, list } from '../output/shape.ts'
import { readRollout, ROLLOUT_ACCESS } from '../rollout/readRollout.ts'
import { whyShape, whySet } from '../why/why.ts'
import type { Why } from '../why/why.ts'
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
  operands: [
    { name: 'SET|POD', summary: 'a SidecarSet, or a pod as pod/NAME', completes: 'sidecarsets' },
  ],
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
  const set = await readSet(cluster(), name.replace(/^sidecarsets?\//, ''))
  return whySet(await readRollout(cluster(), set, { now: io.now(), agents: 'busy' }))
}

/** The same for each set that the pod has, with the pod's own reason alone. */
async function ofPod({ cluster, io }: Call, name: string): Promise<readonly Why[]> {
  const pod = await readPod(cluster(), name)
  const key = `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`
  const names = Object.keys(podRevisions(pod.metadata.annotations))
  if (names.length === 0) throw notInjected(key)
  const sets = await setsNamed(cluster(), names)
  return Promise.all(
    sets.map(async (set) => {
      const rollout = await readRollout(cluster(), set, { now: io.now(), agents: 'busy' })
      const all = whySet(rollout)
      const own = all.pods.filter((one) => one.pod === key)
      const [mine] = own
      if (mine === undefined) {
        const sentence = `${key} has revision ${rollout.latest.hash}, the wanted one`
        return { ...all, blocked: false, rule: 'UpToDate', sentence, pods: [] }
      }
      return {
        ...all,
        sentence: `${key}: ${mine.sentence}; of the set: ${all.sentence}`,
        pods: own,
      }
    }),
  )
}

async function setsNamed(cluster: Cluster, names: readonly string[]) {
  return (await listSets(cluster)).filter(({ metadata }) => names.includes(metadata.name))
}

function notInjected(pod: string): CliError {
  return new CliError({
    exit: 'error',
    reason: 'NotInjected',
    message: `${pod} has no sidecars of Baton`,
    remedy: `kubectl baton why-injected ${pod} says why`,
  })
}
