import { readFileSync } from 'node:fs'
import { OPERATOR, WEBHOOK_CONFIGURATIONS } from '../../api/installation.ts'
import {
  MUTATING_WEBHOOK_CONFIGURATIONS,
  VALIDATING_WEBHOOK_CONFIGURATIONS,
} from '../../runtime/client/kinds.ts'
import type { FakeApiServer } from '../../runtime/testing/apiserver.ts'
import { authorizerOf } from '../../runtime/testing/authorizer.ts'
import type { Authorizer } from '../../runtime/testing/authorizer.ts'

/** What the manifest allows the operator: a test in which it asks for more fails. */
export function operatorRoles(): Authorizer {
  const manifest = new URL('../../manifests/install.yaml', import.meta.url)
  return authorizerOf(readFileSync(manifest, 'utf8'), OPERATOR)
}

/** Puts what the manifest brings and the operator fills in. */
export function putInstallation(server: FakeApiServer): void {
  const { MutatingWebhookConfiguration, ValidatingWebhookConfiguration } = WEBHOOK_CONFIGURATIONS
  server.put(MUTATING_WEBHOOK_CONFIGURATIONS, {
    metadata: { name: MutatingWebhookConfiguration, uid: 'uid-of-the-installation' },
  })
  server.put(VALIDATING_WEBHOOK_CONFIGURATIONS, {
    metadata: { name: ValidatingWebhookConfiguration },
  })
}
