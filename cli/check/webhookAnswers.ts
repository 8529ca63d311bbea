import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { ResourceClient } from '../../runtime/client/resource.ts'
import { isApiError } from '../../runtime/transport/apiError.ts'
import { failed, ok } from './result.ts'
import type { Seen } from './result.ts'

/**
 * A set that schema and rules of the definition let pass and the webhook refuses: it mounts a volume
 * that nobody declares.
 */
const REFUSED = {
  metadata: { name: 'baton-check' },
  spec: {
    selector: { matchLabels: { 'baton.dev/check': 'true' } },
    containers: [
      { name: 'check', image: 'check:1', volumeMounts: [{ name: 'nowhere', mountPath: '/check' }] },
    ],
  },
} as const

/**
 * Does the webhook really answer? A dry run keeps nothing, and goes through admission all the same;
 * a set that must be refused tells an answer from an open door.
 */
export async function checkWebhookAnswers(
  sets: Pick<ResourceClient<StoredSidecarSet>, 'create'>,
): Promise<Seen> {
  try {
    await sets.create(REFUSED, { dryRun: true })
  } catch (error) {
    if (!isApiError(error)) throw error
    if (/denied the request/.test(error.message)) return ok('the webhook refuses what it must')
    if (/failed calling webhook/.test(error.message)) {
      return failed(`the API server cannot call the webhook: ${error.message}`)
    }
    throw error
  }
  return failed('a SidecarSet that must be refused was taken: the webhook is not asked')
}
