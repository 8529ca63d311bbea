import { GROUP } from '../group.ts'
import { jsonObject } from '../podMetadata.ts'
import type { PatchPodMetadata } from '../v1beta1/sidecarset.ts'
import type { Violation } from './violation.ts'

const POLICIES = ['Retain', 'Overwrite', 'MergePatchJson']
/** RFC 1123 subdomain, a slash, and a name as of labels. */
const KEY =
  /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/

/** What is wrong with patches of annotations, as far as the set alone can tell. */
export function patchPodMetadataViolations(
  patches: readonly PatchPodMetadata[],
): readonly Violation[] {
  const seen = new Map<string, string>()
  return patches.flatMap((patch, index) => {
    const path = `spec.patchPodMetadata[${index}]`
    return [...policyViolations(path, patch), ...annotationViolations(path, patch, seen)]
  })
}

function policyViolations(path: string, patch: PatchPodMetadata): readonly Violation[] {
  const policy: string | undefined = patch.patchPolicy
  if (policy === undefined || POLICIES.includes(policy)) return []
  const remedy = `use one of ${POLICIES.join(', ')}`
  return [
    { field: `${path}.patchPolicy`, value: policy, problem: 'there is no such policy', remedy },
  ]
}

function annotationViolations(
  path: string,
  { annotations = {}, patchPolicy }: PatchPodMetadata,
  seen: Map<string, string>,
): readonly Violation[] {
  const entries = Object.entries(annotations)
  if (entries.length === 0) {
    const problem = 'nothing is patched'
    return [{ field: `${path}.annotations`, value: annotations, problem, remedy: 'name a key' }]
  }
  return entries.flatMap(([key, value]) => {
    const field = `${path}.annotations[${key}]`
    const first = seen.get(key)
    seen.set(key, path)
    const problem = keyProblem(key, first)
    if (problem !== undefined) return [{ field, value, ...problem }]
    if (patchPolicy !== 'MergePatchJson' || jsonObject(value) !== undefined) return []
    return [
      {
        field,
        value,
        problem: 'only a JSON object can be merged',
        remedy: 'write one, such as {"a": 1}, or use the policy Overwrite',
      },
    ]
  })
}

function keyProblem(
  key: string,
  first: string | undefined,
): Pick<Violation, 'problem' | 'remedy'> | undefined {
  if (!KEY.test(key)) {
    return {
      problem: 'this is no key of an annotation',
      remedy: 'use one such as example.com/name',
    }
  }
  if (/^(?:[^/]*\.)?baton\.dev\//.test(key)) {
    const problem = `${GROUP} writes its own annotations, and agents obey them`
    return { problem, remedy: 'use a key of another domain' }
  }
  if (first === undefined) return undefined
  return { problem: `${first} patches this key already`, remedy: 'leave out one of them' }
}
