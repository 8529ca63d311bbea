import { expect } from 'chai'
import { globSync, readFileSync } from 'node:fs'
import { SYSTEM_NAMESPACE } from '../api/group.ts'
import * as ownKinds from '../api/v1beta1/kinds.ts'
import type { ResourceKind } from '../runtime/client/kinds.ts'
import * as kinds from '../runtime/client/kinds.ts'
import type { RecordedRequest } from '../runtime/testing/apiserver.ts'
import type { Ask } from '../runtime/testing/asks.ts'
import { asksOf, describeAsk } from '../runtime/testing/asks.ts'
import type { Access, AccessRule } from './accessRules.ts'
import { authorityAccess, operatorAccess, webhookAccess } from './accessRules.ts'
import { WEBHOOK_CONFIGURATIONS } from '../api/installation.ts'
import type { Grant } from './testing/grants.ts'
import { allows, describeGrant, grantsOf } from './testing/grants.ts'
import { recordOperator } from './testing/recordOperator.ts'
import { recordWebhook } from './testing/recordWebhook.ts'

interface Component {
  readonly access: Access
  readonly record: () => Promise<readonly RecordedRequest[]>
  /** Sources with all that the component asks for. */
  readonly sources: readonly string[]
  /** Needed, though no request shows it. */
  readonly unseen: readonly string[]
}

const shared = ['runtime/certificates/*.ts', 'runtime/events/*.ts']
const components: Readonly<Record<string, Component>> = {
  operator: {
    access: withAuthority(operatorAccess, authorityAccess.operator),
    record: recordOperator,
    sources: ['operator/**/*.ts', 'runtime/leader/*.ts', ...shared],
    unseen: [
      // The admission plugin OwnerReferencesPermissionEnforcement asks it of whoever makes an object
      // that blocks the deletion of its owner, as prefetch pods and revisions do.
      'cluster: update baton.dev/sidecarsets/finalizers *',
      'cluster: update baton.dev/ingressgateways/finalizers *',
    ],
  },
  webhook: {
    access: withAuthority(webhookAccess, authorityAccess.webhook),
    record: recordWebhook,
    sources: ['webhook/**/*.ts', ...shared],
    unseen: [],
  },
}

/** Objects that the manifest brings. */
const existing = [
  `mutatingwebhookconfigurations/${WEBHOOK_CONFIGURATIONS.MutatingWebhookConfiguration}`,
  `validatingwebhookconfigurations/${WEBHOOK_CONFIGURATIONS.ValidatingWebhookConfiguration}`,
].map((path) => `/apis/admissionregistration.k8s.io/v1/${path}`)

for (const [name, { access, record, sources, unseen }] of Object.entries(components))
  describe(`the roles of the ${name}`, function () {
    this.timeout(120_000)
    let asks: readonly Ask[] = []
    before(async () => {
      asks = asksOf(await record(), existing)
    })
    const grants = grantsOf(access)
    const unused = (rules: readonly Grant[]): readonly string[] =>
      rules
        .filter((grant) => !asks.some((ask) => isReasonFor(grant, ask)))
        .map(describeGrant)
        .filter((grant) => !unseen.includes(grant))

    it('allow everything that it asks for', () => {
      const refused = asks.filter(
        (ask) => !grants.some((grant) => allows(grant, ask, SYSTEM_NAMESPACE)),
      )
      expect([...new Set(refused.map(describeAsk))]).to.deep.equal([])
    })

    it('allow nothing that it does not ask for', () => {
      expect(unused(grants)).to.deep.equal([])
    })

    it('would show a grant too many', () => {
      const extra: Grant = {
        ...{ scope: 'cluster', group: '', resource: 'secrets', verb: 'list', name: undefined },
      }
      expect(unused([...grants, extra])).to.deep.equal([describeGrant(extra)])
    })

    it('are recorded from every kind that its sources name', () => {
      const named = new Set(kindsIn(sources).map(({ group, plural }) => `${group}/${plural}`))
      const seen = new Set(asks.map(({ group, resource }) => `${group}/${withoutSub(resource)}`))
      expect([...seen].sort()).to.deep.equal([...named].sort())
    })

    it('are recorded from every subresource that its sources name', () => {
      const seen = new Set(asks.flatMap(({ resource }) => resource.split('/')[1] ?? []))
      const named = new Set(
        textsOf(sources).flatMap((text) =>
          [...text.matchAll(/subresource: '(\w+)'/g)].map(([, found]) => found),
        ),
      )
      expect(seen).to.deep.equal(named)
    })
  })

/** A grant for the whole cluster is only needed for what lies outside the own namespace. */
function isReasonFor(grant: Grant, ask: Ask): boolean {
  const isOwn = grant.scope === 'cluster' && ask.namespace === SYSTEM_NAMESPACE
  return allows(grant, ask, SYSTEM_NAMESPACE) && !isOwn
}

function withAuthority(access: Access, rules: readonly AccessRule[]): Access {
  return { ...access, namespace: [...access.namespace, ...rules] }
}

function withoutSub(resource: string): string {
  return resource.split('/')[0] ?? ''
}

function kindsIn(sources: readonly string[]): readonly ResourceKind[] {
  const all: Readonly<Record<string, unknown>> = { ...kinds, ...ownKinds }
  return textsOf(sources).flatMap((text) =>
    [...text.matchAll(/\.resource\((\w+)\)/g)].map(([, constant = '']) => {
      const kind = all[constant]
      if (typeof kind !== 'object') throw new Error(`${constant} is no kind that this test knows`)
      return kind as ResourceKind
    }),
  )
}

function textsOf(sources: readonly string[]): readonly string[] {
  return globSync([...sources], { cwd: new URL('..', import.meta.url).pathname })
    .filter((file) => !/\.test\.ts$|\/testing\//.test(file))
    .map((file) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'))
}
