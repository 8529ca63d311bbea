import { SYSTEM_NAMESPACE } from '../../api/group.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { SidecarSet } from '../../api/v1beta1/sidecarset.ts'
import { injectionObstacle } from '../../operator/sidecarset/status/injectionObstacle.ts'
import { INJECTION_CONFIGURATION } from '../../operator/webhookconfiguration/manifests.ts'
import { MUTATING_WEBHOOK_CONFIGURATIONS } from '../../runtime/client/kinds.ts'
import { isApiError } from '../../runtime/transport/apiError.ts'
import { usageError } from '../cliError.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { readPod } from '../cluster/pods.ts'
import type { Call, Command } from '../commandline/command.ts'
import { readSetting, SETTING_OPTIONS } from '../injection/setting.ts'
import type { Setting } from '../injection/setting.ts'
import { podInjectionShape, whyInjected as judge } from '../injection/whyInjected.ts'
import type { PodInjection } from '../injection/whyInjected.ts'
import { FILENAME, manifestsOf } from '../manifests/filesOf.ts'
import { titleOf } from '../manifests/manifest.ts'
import { podOf } from '../manifests/podTemplate.ts'
import { DOCUMENT_VERSION, documentOf, list } from '../output/shape.ts'
import type { Pod } from '../../webhook/inject/podTypes.ts'

const document = documentOf('WhyInjected', 'Why pods get sidecars, or do not.', {
  pods: list('Each pod asked about.', podInjectionShape),
})

export const whyInjected: Command = {
  name: 'why-injected',
  summary: 'Say why a pod gets sidecars or not, rule by rule.',
  about: [
    'Carries out admission without its effects, by the code of the webhook: for a pod that exists, or for what a manifest would make.',
    'The rules are those that decide: the selectors of the set and of namespaces, whether the API server sends the pod to the webhook at all, opting out, and what in the pod or in the set speaks against it.',
  ],
  operands: [
    {
      name: 'POD',
      summary: 'a pod: NAME or NAMESPACE/NAME',
      optional: true,
      completes: 'pods',
    },
  ],
  options: { filename: FILENAME, ...SETTING_OPTIONS },
  examples: [
    { means: 'A pod that should have a sidecar', line: 'why-injected web-7d4b -n shop' },
    { means: 'A manifest, before it is applied', line: 'why-injected -f deployment.yaml' },
    {
      means: 'Without a cluster',
      line: 'why-injected -f deployment.yaml --sets mesh.yaml',
    },
  ],
  access: [
    'get pods (for POD)',
    'without --sets: list sidecarsets',
    'without --sets: list namespaces, get mutatingwebhookconfigurations (optional)',
  ],
  document,
  run: async (call) => {
    const manifests = await manifestsOf(call, 'filename')
    const [name] = call.operands
    if ((name === undefined) === (manifests.length === 0)) {
      throw usageError('why-injected needs a POD or manifests by -f, and not both')
    }
    const setting = await readSetting(call, manifests)
    const webhookObstacle =
      setting.cluster === undefined ? () => undefined : await obstaclesIn(setting.cluster)
    const asked =
      name === undefined ? inManifests(manifests) : [await inCluster(call, setting, name)]
    if (asked.length === 0) throw usageError('no object of the manifests makes pods')
    const pods = asked.map(({ title, pod }) =>
      judge({ title, pod, setting, webhookObstacle, nowMs: call.io.now() }),
    )
    return {
      exit: 'complete',
      document: { apiVersion: DOCUMENT_VERSION, kind: 'WhyInjected', pods },
      text: pods.map(podText).join('\n\n'),
    }
  },
}

interface Asked {
  readonly title: string
  readonly pod: Pod
}

function inManifests(manifests: Awaited<ReturnType<typeof manifestsOf>>): readonly Asked[] {
  return manifests.flatMap((manifest) => {
    const pod = podOf(manifest)
    return pod === undefined ? [] : [{ title: titleOf(manifest), pod }]
  })
}

async function inCluster(call: Call, { cluster }: Setting, name: string): Promise<Asked> {
  const pod = await readPod(cluster ?? call.cluster(), name)
  return { title: `pod/${pod.metadata.name}`, pod: pod as Pod }
}

async function obstaclesIn({ client }: Cluster): Promise<(set: SidecarSet) => string | undefined> {
  try {
    const configuration = await client
      .resource(MUTATING_WEBHOOK_CONFIGURATIONS)
      .find({ name: INJECTION_CONFIGURATION })
    return (set) => injectionObstacle(set as StoredSidecarSet, configuration, SYSTEM_NAMESPACE)
  } catch (error) {
    // Whoever may not look at the configuration is told what can be told without it.
    if (isApiError(error, 'Forbidden')) return () => undefined
    throw error
  }
}

const MARKS = { Yes: '✓', No: '✗', NotReached: ' ' } as const
const VERDICTS = {
  Injected: 'injected',
  Would: 'would be injected',
  WouldNot: 'not injected',
} as const

function podText({ pod, namespace, sets, warnings }: PodInjection): string {
  const lines = sets.flatMap(({ set, verdict, rule, sentence, rules }) => [
    `  ${set}: ${VERDICTS[verdict]}${rule === undefined ? '' : ` (${rule})`}: ${sentence}`,
    ...rules
      .filter(({ passed }) => passed !== 'NotReached')
      .map((one) => `    ${MARKS[one.passed]} ${one.rule}: ${one.sentence}`),
  ])
  const title = `${pod} in namespace ${namespace}`
  const body = lines.length === 0 ? ['  no SidecarSet exists'] : lines
  return [title, ...body, ...warnings.map((one) => `  warning: ${one}`)].join('\n')
}
