import type { Client } from '../../runtime/client/client.ts'
import {
  MUTATING_WEBHOOK_CONFIGURATIONS,
  VALIDATING_WEBHOOK_CONFIGURATIONS,
} from '../../runtime/client/kinds.ts'
import type { Reconcile } from '../../runtime/controller/controller.ts'
import type { Logger } from '../../runtime/logging/logger.ts'
import type { FailurePolicy } from '../config.ts'
import type { Caches } from '../sidecarset/caches.ts'
import { injectionConfiguration, validationConfiguration } from './manifests.ts'

/** There is one pair of configurations, so one key. */
export const WEBHOOK_CONFIGURATION_KEY = 'webhooks'

export interface WebhookReconcilerOptions {
  readonly client: Client
  readonly caches: Pick<Caches, 'sets'>
  /** PEM; undefined until the authority is there. */
  readonly caBundle: () => string | undefined
  readonly namespace: string
  /** See WebhookOptions. */
  readonly failurePolicy: FailurePolicy
  readonly logger: Logger
}

/** Somebody may have changed or deleted the configurations. */
const CHECK_AGAIN_MS = 5 * 60 * 1000

/**
 * Keeps the webhook configurations as the SidecarSets and the authority want them. Applied whole
 * each time: an apply that changes nothing writes nothing.
 */
export function createWebhookReconciler(options: WebhookReconcilerOptions): Reconcile {
  const { client, caches, namespace, failurePolicy, logger } = options
  const mutating = client.resource(MUTATING_WEBHOOK_CONFIGURATIONS)
  const validating = client.resource(VALIDATING_WEBHOOK_CONFIGURATIONS)
  return async (_key, signal) => {
    const caBundle = options.caBundle()
    if (caBundle === undefined) {
      logger.info('webhook configurations wait for the authority')
      return { requeueAfterMs: 1_000 }
    }
    const sets = caches.sets.list()
    const common = { namespace, caBundle, failurePolicy }
    // In this order: a CA that is in the second is in both; see isPublished.
    await validating.apply(validationConfiguration(common), { signal })
    await mutating.apply(injectionConfiguration(sets, common), { signal })
    return { requeueAfterMs: CHECK_AGAIN_MS }
  }
}
