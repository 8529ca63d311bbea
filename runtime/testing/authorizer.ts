import { parseAllDocuments } from 'yaml'
import type { RecordedRequest } from './apiserver.ts'
import type { Ask } from './asks.ts'
import { asksOfOne, describeAsk } from './asks.ts'
import { StatusError } from './statusError.ts'

/** What one client may do. Others, such as the test itself, are not asked for. */
export interface Authorizer {
  /** The client is known by its user agent: tests have no tokens of service accounts. */
  readonly userAgent: string
  allows(ask: Ask): boolean
}

/** @throws StatusError 403 when the request comes from the client and asks for too much */
export function authorize(
  authorizer: Authorizer | undefined,
  request: RecordedRequest,
  exists: (path: string) => boolean,
): void {
  if (authorizer === undefined || request.headers['user-agent'] !== authorizer.userAgent) return
  const refused = asksOfOne(request, exists).find((ask) => !authorizer.allows(ask))
  if (refused === undefined) return
  throw new StatusError(403, 'Forbidden', `${authorizer.userAgent} may not ${describeAsk(refused)}`)
}

interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly verbs: readonly string[]
}

interface RbacObject {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly rules?: readonly Rule[]
  readonly roleRef?: { readonly kind: string; readonly name: string }
  readonly subjects?: readonly { readonly name: string }[]
}

/**
 * RBAC as the Roles and bindings of a manifest give it to a service account, which has the name of
 * the user agent.
 */
export function authorizerOf(manifest: string, account: string): Authorizer {
  const objects = parseAllDocuments(manifest).map((one) => one.toJS() as RbacObject)
  const bound = objects
    .filter(({ subjects = [] }) => subjects.some(({ name }) => name === account))
    .map(({ kind, metadata, roleRef }) => ({
      namespace: kind === 'RoleBinding' ? metadata.namespace : undefined,
      rules: objects
        .filter((one) => one.kind === roleRef?.kind && one.metadata.name === roleRef.name)
        .flatMap(({ rules = [] }) => rules),
    }))
  if (bound.length === 0) throw new Error(`the manifest binds no role to ${account}`)
  return {
    userAgent: account,
    allows: (ask) =>
      bound.some(
        ({ namespace, rules }) =>
          (namespace === undefined || namespace === ask.namespace) &&
          rules.some((rule) => covers(rule, ask)),
      ),
  }
}

function covers(rule: Rule, { group, resource, verb, name }: Ask): boolean {
  return (
    rule.apiGroups.includes(group) &&
    rule.resources.includes(resource) &&
    rule.verbs.includes(verb) &&
    (rule.resourceNames === undefined || rule.resourceNames.includes(name))
  )
}
