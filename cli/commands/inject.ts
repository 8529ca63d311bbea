import { usageError } from '../cliError.ts'
import type { Command } from '../commandline/command.ts'
import { injectManifest } from '../injection/injectManifest.ts'
import { reportLines } from '../injection/reportLines.ts'
import { readSetting, SETTING_OPTIONS } from '../injection/setting.ts'
import { FILENAME, manifestsOf } from '../manifests/filesOf.ts'
import { titleOf } from '../manifests/manifest.ts'
import { manifestListDocument, manifestOutcome } from '../output/manifestList.ts'

export const inject: Command = {
  name: 'inject',
  summary: 'Add sidecars to manifests, as the webhook adds them to pods.',
  about: [
    'A filter: it reads manifests and prints them again, with the sidecars of the SidecarSets that select their pods. What became of each object is told on the standard error.',
    'It runs the code of the webhook. With SidecarSets among the manifests or in --sets it needs no cluster; otherwise it takes those of the cluster.',
    'What is injected already stays as it is, and objects that make no pods are passed on.',
  ],
  operands: [],
  options: { filename: FILENAME, ...SETTING_OPTIONS },
  examples: [
    {
      means: 'See what a Deployment would get from a set, without a cluster',
      line: 'inject -f deployment.yaml --sets mesh.yaml',
    },
    {
      means: 'Inject before the objects are created',
      line: 'inject -f - < shop.yaml | kubectl apply -f -',
    },
  ],
  access: [
    'without --sets: list sidecarsets',
    'without --sets: list namespaces, list deployments in baton-system (optional)',
  ],
  document: manifestListDocument,
  run: async (call) => {
    const manifests = await manifestsOf(call, 'filename')
    if (manifests.length === 0) {
      throw usageError('there is no manifest to inject into', 'name files by -f, or -f - to pipe')
    }
    const setting = await readSetting(call, manifests)
    const injected = manifests.map((one) => injectManifest(one, setting, call.io.now()))
    for (const [index, { report }] of injected.entries()) {
      const original = manifests[index]
      const title = original === undefined ? '' : titleOf(original)
      for (const line of reportLines(title, report)) call.io.warn(`${line}\n`)
    }
    return manifestOutcome(injected.map(({ manifest }) => manifest))
  },
}
