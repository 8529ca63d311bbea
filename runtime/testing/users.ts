import type { RecordedRequest } from './apiserver.ts'
import type { Ask } from './asks.ts'
import { asksOfOne, describeAsk } from './asks.ts'
import { StatusError } from './statusError.ts'

/** Somebody who comes with a bearer token. */
export interface FakeUser {
  readonly username: string
  readonly groups?: readonly string[]
  /** Defaults to everything. */
  readonly allows?: (ask: Ask) => boolean
}

/** By token; may change while the server runs: a token that is taken out has expired. */
export type FakeUsers = ReadonlyMap<string, FakeUser>

const REVIEWS = {
  self: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
  access: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
} as const

interface AccessReview {
  readonly spec?: {
    readonly resourceAttributes?: {
      readonly group?: string
      readonly resource?: string
      readonly subresource?: string
      readonly namespace?: string
      readonly name?: string
      readonly verb?: string
    }
  }
}

/**
 * Who sends a request, as the server authenticates it. The token of its own kubeconfig may do
 * everything. @throws StatusError 401 for a token that nobody has
 */
export function authenticate(
  users: FakeUsers | undefined,
  request: RecordedRequest,
  ownToken: string,
): FakeUser {
  const { authorization = '' } = request.headers
  const token = /^Bearer (.+)$/.exec(String(authorization))?.[1]
  const everything = { username: 'tester' }
  const user = users === undefined || token === ownToken ? everything : users.get(token ?? '')
  if (user === undefined) throw new StatusError(401, 'Unauthorized', 'Unauthorized')
  const impersonated = request.headers['impersonate-user']
  if (impersonated === undefined) return user
  const groups = String(request.headers['impersonate-group'] ?? '').split(', ')
  return { ...user, username: String(impersonated), groups }
}

/** @throws StatusError 403 when the user may not do what the request asks for */
export function permit(
  user: FakeUser,
  request: RecordedRequest,
  exists: (path: string) => boolean,
): void {
  if (user.allows === undefined) return
  const refused = asksOfOne(request, exists).find((ask) => !isReview(ask) && !user.allows?.(ask))
  if (refused === undefined) return
  throw new StatusError(403, 'Forbidden', `User "${user.username}" cannot ${describeAsk(refused)}`)
}

/** The answer to a review that everybody may ask for; undefined for all other requests. */
export function answerReview(user: FakeUser, { path, body }: RecordedRequest): object | undefined {
  if (path === REVIEWS.self) {
    const { username, groups = [] } = user
    return { kind: 'SelfSubjectReview', status: { userInfo: { username, groups } } }
  }
  if (path !== REVIEWS.access) return undefined
  const { resourceAttributes = {} } = (body as AccessReview).spec ?? {}
  const { group = '', resource = '', subresource, verb = '' } = resourceAttributes
  const ask: Ask = {
    group,
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
    namespace: resourceAttributes.namespace ?? '',
    name: resourceAttributes.name ?? '',
    verb,
  }
  const allowed = user.allows?.(ask) ?? true
  return { kind: 'SelfSubjectAccessReview', status: { allowed } }
}

function isReview({ group }: Ask): boolean {
  return group === 'authentication.k8s.io' || group === 'authorization.k8s.io'
}
