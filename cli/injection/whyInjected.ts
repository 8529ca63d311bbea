import { podRevisions } from '../../api/podRecord.ts'
import type { SidecarSet } from '../../api/v1beta1/sidecarset.ts'
import type { Pod } from '../../webhook/inject/podTypes.ts'
import type { SkipReason } from '../../webhook/inject/skipReasons.ts'
import { list, object, oneOf, optional, text } from '../output/shape.ts'
import type { ShapeOf } from '../output/shape.ts'
import { injectPod } from './injectManifest.ts'
import { judgeSelector } from './selectorSentence.ts'
import type { Setting } from './setting.ts'
import { uninject } from './uninject.ts'

const ruleShape = object('One rule, in the order in which they are looked at.', {
  rule: text('Its name, or the reason code of a skip.'),
  passed: oneOf('NotReached: a rule before it has decided.', 'Yes', 'No', 'NotReached'),
  sentence: text('What was compared; empty when it was not reached.'),
})

const setShape = object('What one SidecarSet means for the pod.', {
  set: text('Name of the SidecarSet.'),
  verdict: oneOf(
    'Injected: it has the sidecars. Would: a pod like that gets them when it is created now.',
    'Injected',
    'Would',
    'WouldNot',
  ),
  rule: optional(text('The rule that decides, when it is not injected.')),
  sentence: text('Why, in one sentence.'),
  revision: optional(text('Hash of the revision that the pod has or would get.')),
  rules: list('All of them.', ruleShape),
})

export const podInjectionShape = object('What injection does to one pod.', {
  pod: text('Name of the pod, or of the object that makes it.'),
  namespace: text('Where it is or would be.'),
  sets: list('Each SidecarSet there is, by name.', setShape),
  warnings: list('What its author should know of it.', text('A sentence.')),
})

export type PodInjection = ShapeOf<typeof podInjectionShape>
type SetInjection = PodInjection['sets'][number]
type Rule = SetInjection['rules'][number]

export interface WhyInput {
  /** What the user calls it. */
  readonly title: string
  readonly pod: Pod
  readonly setting: Omit<Setting, 'cluster'>
  /** Why the API server does not send the set's pods to the webhook; undefined when it does. */
  readonly webhookObstacle: (set: SidecarSet) => string | undefined
  readonly nowMs: number
}

/** Says for each set whether the pod gets it and which rule decides. Pure. */
export function whyInjected(input: WhyInput): PodInjection {
  const { pod, setting, title, nowMs } = input
  const author = uninject(pod, setting.sets)
  const { report } = injectPod(author, setting, nowMs)
  const sets = setting.sets.toSorted((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1))
  return {
    pod: title,
    namespace: pod.metadata?.namespace ?? setting.defaultNamespace,
    sets: sets.map((set) => judge(set, input, author, report.skipped)),
    warnings: report.warnings,
  }
}

type Skips = readonly {
  readonly set: string
  readonly reason: SkipReason
  readonly sentence: string
}[]

function judge(set: SidecarSet, input: WhyInput, author: Pod, skips: Skips): SetInjection {
  const name = nameOf(set)
  const rules = reached(rulesOf(set, input, author, skips))
  const blocking = rules.find(({ passed }) => passed === 'No')
  const recorded = podRevisions(input.pod.metadata?.annotations)[name]
  if (recorded !== undefined) {
    const sentence = `the pod has revision ${recorded.hash} since ${recorded.updateTimestamp}`
    return { set: name, verdict: 'Injected', sentence, revision: recorded.hash, rules }
  }
  if (blocking === undefined) {
    return { set: name, verdict: 'Would', sentence: wouldSentence(set, input.pod), rules }
  }
  const { rule, sentence } = blocking
  return { set: name, verdict: 'WouldNot', rule, sentence, rules }
}

/** A pod that exists is never injected later: injection happens at its creation. */
function wouldSentence({ metadata }: SidecarSet, pod: Pod): string {
  const created = pod.metadata?.creationTimestamp
  if (created === undefined) return 'all rules let it pass'
  const since = metadata.creationTimestamp
  const order =
    since !== undefined && Date.parse(created) < Date.parse(since)
      ? `the pod was created at ${created}, before the set (${since})`
      : 'the pod was created without it, as when injection was paused or its labels were others then'
  return `${order}; delete the pod, and the one that replaces it is injected`
}

type Judged = Omit<Rule, 'passed'> & { readonly ok: boolean }

function rulesOf(
  set: SidecarSet,
  { setting, webhookObstacle }: WhyInput,
  author: Pod,
  skips: Skips,
): readonly Judged[] {
  const namespace = setting.namespaceOf(author.metadata?.namespace ?? setting.defaultNamespace)
  const { selector, namespaceSelector } = set.spec
  const pod = judgeSelector(selector, author.metadata?.labels, 'the pod')
  const space =
    namespaceSelector === undefined
      ? { passed: true, sentence: 'the set takes every namespace' }
      : judgeSelector(namespaceSelector, namespace.labels, `namespace ${namespace.name}`)
  const obstacle = webhookObstacle(set)
  const skip = skips.find((one) => one.set === nameOf(set))
  return [
    { rule: 'selector', ok: pod.passed, sentence: pod.sentence },
    { rule: 'namespaceSelector', ok: space.passed, sentence: space.sentence },
    {
      rule: 'webhook',
      ok: obstacle === undefined,
      sentence: obstacle ?? 'the API server sends such pods to the webhook',
    },
    {
      rule: skip?.reason ?? 'injectable',
      ok: skip === undefined,
      sentence: skip?.sentence ?? 'nothing in the pod or in the set speaks against it',
    },
  ]
}

function reached(judged: readonly Judged[]): readonly Rule[] {
  const stop = judged.findIndex(({ ok }) => !ok)
  return judged.map(({ rule, ok, sentence }, index) =>
    stop >= 0 && index > stop
      ? { rule, passed: 'NotReached', sentence: '' }
      : { rule, passed: ok ? 'Yes' : 'No', sentence },
  )
}

function nameOf({ metadata }: SidecarSet): string {
  return metadata.name ?? ''
}
