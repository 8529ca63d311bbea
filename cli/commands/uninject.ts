import { usageError } from '../cliError.ts'
import type { Command } from '../commandline/command.ts'
import { sidecarSetsOf } from '../injection/setting.ts'
import { uninject as without } from '../injection/uninject.ts'
import { FILENAME, manifestsOf } from '../manifests/filesOf.ts'
import { titleOf } from '../manifests/manifest.ts'
import { podOf, withPod } from '../manifests/podTemplate.ts'
import { manifestListDocument, manifestOutcome } from '../output/manifestList.ts'

export const uninject: Command = {
  name: 'uninject',
  summary: 'Take sidecars out of manifests again.',
  about: [
    'A filter: it reads manifests, of files or of pods that exist, and prints them without what was injected.',
    'A pod does not tell which pull secrets, volumes and init containers it got: they are taken out too if the SidecarSet is given by --sets or stands among the manifests. It needs no cluster.',
  ],
  operands: [],
  options: {
    filename: FILENAME,
    sets: {
      type: 'string',
      value: 'FILE',
      multiple: true,
      summary: 'SidecarSets that were injected.',
    },
  },
  examples: [
    { means: 'Take the sidecars out', line: 'uninject -f injected.yaml --sets mesh.yaml' },
    {
      means: 'What the author of a running pod wrote',
      line: 'uninject -f - < pod.yaml',
    },
  ],
  access: [],
  document: manifestListDocument,
  run: async (call) => {
    const manifests = await manifestsOf(call, 'filename')
    if (manifests.length === 0) {
      throw usageError('there is no manifest to take sidecars out of', 'name files by -f')
    }
    const sets = sidecarSetsOf([...manifests, ...(await manifestsOf(call, 'sets'))])
    const items = manifests.map((manifest) => {
      const pod = podOf(manifest)
      if (pod === undefined) return manifest
      const rest = without(pod, sets)
      const done = rest === pod ? 'nothing was injected' : 'sidecars taken out'
      call.io.warn(`${titleOf(manifest)}: ${done}\n`)
      return rest === pod ? manifest : withPod(manifest, rest)
    })
    return manifestOutcome(items)
  },
}
