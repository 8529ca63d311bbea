import { applyPatch } from 'rfc6902'
import type { InjectionReport } from '../../webhook/inject/inject.ts'
import { inject } from '../../webhook/inject/inject.ts'
import type { Pod } from '../../webhook/inject/podTypes.ts'
import { selectsPod } from '../../webhook/inject/selection.ts'
import type { Manifest } from '../manifests/manifest.ts'
import { podOf, withPod } from '../manifests/podTemplate.ts'
import type { Setting } from './setting.ts'
import { injectable } from './setting.ts'

/** What became of one object. */
export interface InjectedManifest {
  readonly manifest: Manifest
  /** Undefined for an object that makes no pods. */
  readonly report: InjectionReport | undefined
}

/** Does to an object, by the code of the webhook, what the webhook does to its pods. */
export function injectManifest(
  manifest: Manifest,
  setting: Setting,
  nowMs: number,
): InjectedManifest {
  const pod = podOf(manifest)
  if (pod === undefined) return { manifest, report: undefined }
  const { patched, report } = injectPod(pod, setting, nowMs)
  return { manifest: patched === pod ? manifest : withPod(manifest, patched), report }
}

export function injectPod(
  pod: Pod,
  { sets, namespaceOf, agentImage, defaultNamespace }: Omit<Setting, 'cluster'>,
  nowMs: number,
): { readonly patched: Pod; readonly report: InjectionReport } {
  const namespace = namespaceOf(pod.metadata?.namespace ?? defaultNamespace)
  const selecting = sets.filter((set) => selectsPod(set, pod, namespace)).map(injectable)
  const { patch, report } = inject(pod, selecting, { agentImage, nowMs, namespace })
  if (patch.length === 0) return { patched: pod, report }
  const patched = structuredClone(pod)
  const failed = applyPatch(patched, [...patch]).find((one) => one !== null)
  if (failed !== undefined) throw failed
  return { patched, report }
}
