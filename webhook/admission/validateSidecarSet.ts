import { isDeepStrictEqual } from 'node:util'
import { CONFIGURATION } from '../../api/group.ts'
import type { SidecarSet } from '../../api/v1beta1/sidecarset.ts'
import {
  EMPTY_WHITELIST,
  parseWhitelist,
  whitelistViolations,
} from '../../api/validation/annotationWhitelist.ts'
import { conflictViolations } from '../../api/validation/conflicts.ts'
import { validateSidecarSet as violationsOf } from '../../api/validation/validateSidecarSet.ts'
import type { Violation } from '../../api/validation/violation.ts'
import { formatViolation } from '../../api/validation/violation.ts'
import type { ConfigMap } from '../../runtime/client/kinds.ts'
import type { ResourceClient } from '../../runtime/client/resource.ts'
import { isApiError } from '../../runtime/transport/apiError.ts'
import type { AdmissionHandler } from '../../runtime/webhookserver/admission.ts'
import { allow } from '../../runtime/webhookserver/admission.ts'
import { refuse } from './refuse.ts'
import { sidecarSetOf } from './requestObject.ts'
import { unknownFields } from './unknownFields.ts'
import type { RevisionOptions } from './revisionForNewPods.ts'
import { commandViolations } from './rolloutCommand.ts'
import { findRevision } from './revisionForNewPods.ts'

export interface ValidateOptions extends Pick<RevisionOptions, 'revisions' | 'namespace'> {
  /** All sets of the cluster. */
  readonly sets: () => readonly SidecarSet[]
  readonly configMaps: Pick<ResourceClient<ConfigMap>, 'find'>
}

/** Refuses a SidecarSet that cannot work, with a sentence for each thing that is wrong. */
export function createValidateSidecarSet(options: ValidateOptions): AdmissionHandler {
  return async ({ operation, object, oldObject }, signal) => {
    const set = sidecarSetOf(object)
    const old = operation === 'CREATE' ? undefined : sidecarSetOf(oldObject)
    const misunderstood = commandViolations(set, old)
    if (misunderstood.length > 0) return refuse(misunderstood)
    // Rules may have become stricter since: labels and finalizers must be writable all the same.
    if (old !== undefined && isDeepStrictEqual(old.spec, set.spec)) return allow()
    const violations = violationsOf(set, old === undefined ? {} : { old })
    if (violations.length > 0) return refuse(violations)
    const others = [
      ...(await forbiddenAnnotations(set, old, options, signal)),
      ...newConflicts(set, old, options.sets()),
      ...(await unknownRevision(set, old, options, signal)),
    ]
    return refuse(others, unknownFields(set.spec))
  }
}

/** Which annotations may be patched is asked for when one is: few sets do, and it rarely changes. */
async function forbiddenAnnotations(
  set: SidecarSet,
  old: SidecarSet | undefined,
  { configMaps, namespace }: ValidateOptions,
  signal: AbortSignal,
): Promise<readonly Violation[]> {
  const patches = set.spec.patchPodMetadata ?? []
  if (patches.length === 0 || isDeepStrictEqual(patches, old?.spec.patchPodMetadata)) return []
  const ref = { namespace, name: CONFIGURATION.configMap }
  const configuration = await configMaps.find(ref, { signal })
  const text = configuration?.data?.[CONFIGURATION.annotationWhitelist]
  return whitelistViolations(set, text === undefined ? EMPTY_WHITELIST : parseWhitelist(text))
}

/** A conflict that was there before must not keep people from changing an image. */
function newConflicts(
  set: SidecarSet,
  old: SidecarSet | undefined,
  others: readonly SidecarSet[],
): readonly Violation[] {
  const before = old === undefined ? [] : conflictViolations(old, others).map(formatViolation)
  return conflictViolations(set, others).filter((one) => !before.includes(formatViolation(one)))
}

/**
 * A pinned revision must be there. What was pinned before is not looked up again: it may have been
 * trimmed since, and that must not keep people from changing something else.
 */
async function unknownRevision(
  set: SidecarSet,
  old: SidecarSet | undefined,
  options: ValidateOptions,
  signal: AbortSignal,
): Promise<readonly Violation[]> {
  const pinned = set.spec.injectionStrategy?.revision
  if (pinned === undefined) return []
  if (isDeepStrictEqual(pinned, old?.spec.injectionStrategy?.revision)) return []
  const { name = '' } = set.metadata
  try {
    const revision = await findRevision(name, pinned, options, signal)
    if (revision.metadata.name.startsWith(`${name}-`)) return []
  } catch (error) {
    if (!(error instanceof RangeError) && !isApiError(error, 'NotFound')) throw error
  }
  return [
    {
      field: 'spec.injectionStrategy.revision',
      value: pinned,
      problem: `the set has no such revision in ${options.namespace}`,
      remedy: `name one of kubectl get controllerrevisions -n ${options.namespace} -l baton.dev/sidecarset-name=${name}`,
    },
  ]
}
