import type { AdmissionAnswer, AdmissionRequest } from './admission.ts'

const apiVersion = 'admission.k8s.io/v1'

/** The uid of a request that cannot be read otherwise, or ''. */
export function uidOf(body: unknown): string {
  return isRecord(body) ? textOf(recordOf(body, 'request'), 'uid') : ''
}

/** An AdmissionReview that answers. */
export interface ReviewAnswer {
  readonly apiVersion: string
  readonly kind: 'AdmissionReview'
  readonly response: object
}

/** Reads the request out of a body; a string is the sentence about why it is none. */
export function parseReview(body: unknown): AdmissionRequest | string {
  if (!isRecord(body) || body['kind'] !== 'AdmissionReview') {
    return 'the body is no AdmissionReview'
  }
  if (body['apiVersion'] !== apiVersion) {
    return `only ${apiVersion} is understood: set admissionReviewVersions to ["v1"]`
  }
  const request = body['request']
  if (!isRecord(request)) return 'the AdmissionReview has no request'
  const uid = textOf(request, 'uid')
  const operation = textOf(request, 'operation')
  if (uid === '' || operation === '')
    return 'the request of the AdmissionReview has no uid or operation'
  const kind = recordOf(request, 'kind')
  const resource = recordOf(request, 'resource')
  const user = recordOf(request, 'userInfo')
  const { object, oldObject } = request
  return {
    uid,
    operation,
    kind: {
      group: textOf(kind, 'group'),
      version: textOf(kind, 'version'),
      kind: textOf(kind, 'kind'),
    },
    resource: {
      group: textOf(resource, 'group'),
      version: textOf(resource, 'version'),
      resource: textOf(resource, 'resource'),
    },
    namespace: textOf(request, 'namespace'),
    dryRun: request['dryRun'] === true,
    userInfo: {
      username: textOf(user, 'username'),
      groups: Array.isArray(user['groups'])
        ? user['groups'].filter((g) => typeof g === 'string')
        : [],
    },
    ...(textOf(request, 'name') === '' ? {} : { name: textOf(request, 'name') }),
    ...(textOf(request, 'subResource') === ''
      ? {}
      : { subResource: textOf(request, 'subResource') }),
    // The other one of a creation or deletion comes as null.
    ...(object === undefined || object === null ? {} : { object }),
    ...(oldObject === undefined || oldObject === null ? {} : { oldObject }),
  }
}

/** The review that carries a handler's answer. */
export function answerReview(uid: string, answer: AdmissionAnswer): ReviewAnswer {
  const warnings = answer.warnings.length === 0 ? {} : { warnings: answer.warnings }
  if (!answer.allowed) {
    const { code, reason, message, causes } = answer
    const details = causes.length === 0 ? {} : { details: { causes: causes.map(causeOf) } }
    return review({
      uid,
      allowed: false,
      status: statusOf(code, reason, message, details),
      ...warnings,
    })
  }
  const { patch, auditAnnotations } = answer
  const patched =
    patch.length === 0
      ? {}
      : {
          patchType: 'JSONPatch',
          patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
        }
  const audit = Object.keys(auditAnnotations).length === 0 ? {} : { auditAnnotations }
  return review({ uid, allowed: true, ...patched, ...warnings, ...audit })
}

/** The review for what went wrong on the way. `uid` is '' when it could not be read. */
export function failedReview(uid: string, code: number, message: string): ReviewAnswer {
  const reason = code < 500 ? 'BadRequest' : 'InternalError'
  return review({ uid, allowed: false, status: statusOf(code, reason, message, {}) })
}

function review(response: object): ReviewAnswer {
  return { apiVersion, kind: 'AdmissionReview', response }
}

function statusOf(code: number, reason: string, message: string, details: object): object {
  return { status: 'Failure', code, reason, message, ...details }
}

function causeOf({ field, message }: { field: string; message: string }): object {
  return { reason: 'FieldValueInvalid', field, message }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function recordOf(
  parent: Readonly<Record<string, unknown>>,
  name: string,
): Readonly<Record<string, unknown>> {
  const value = parent[name]
  return isRecord(value) ? value : {}
}

function textOf(parent: Readonly<Record<string, unknown>>, name: string): string {
  const value = parent[name]
  return typeof value === 'string' ? value : ''
}
