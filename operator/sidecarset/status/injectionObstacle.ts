import { isDeepStrictEqual } from 'node:util'
import type { StoredSidecarSet } from '../../../api/v1beta1/kinds.ts'
import type { MutatingWebhookConfiguration } from '../../../runtime/client/kinds.ts'
import {
  INJECTION_CONFIGURATION,
  injectionEntryName,
  injectionScope,
} from '../../webhookconfiguration/manifests.ts'

/** Undefined when the API server sends this set's pods to injection; else a sentence. */
export function injectionObstacle(
  set: StoredSidecarSet,
  configuration: MutatingWebhookConfiguration | undefined,
  namespace: string,
): string | undefined {
  const name = injectionEntryName(set.metadata.name)
  const entry = configuration?.webhooks?.find((one) => one.name === name)
  if (entry === undefined) {
    return `the entry ${name} of the webhook configuration ${INJECTION_CONFIGURATION} is not written yet`
  }
  const { objectSelector, namespaceSelector } = injectionScope(set, namespace)
  const current =
    isDeepStrictEqual(entry.objectSelector, objectSelector) &&
    isDeepStrictEqual(entry.namespaceSelector, namespaceSelector)
  return current ? undefined : `the entry ${name} has the selectors of an older spec`
}
