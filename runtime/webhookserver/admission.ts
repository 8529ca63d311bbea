import type { JsonPatchOperation } from '../client/options.ts'

/** `request` of an AdmissionReview (admission.k8s.io/v1); the objects are raw JSON, unchecked. */
export interface AdmissionRequest {
  readonly uid: string
  readonly operation: string
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string }
  readonly resource: { readonly group: string; readonly version: string; readonly resource: string }
  readonly subResource?: string
  readonly name?: string
  /** '' for cluster-scoped objects. */
  readonly namespace: string
  readonly dryRun: boolean
  readonly userInfo: { readonly username?: string; readonly groups?: readonly string[] }
  readonly object?: unknown
  readonly oldObject?: unknown
}

export interface FieldCause {
  /** E.g. `spec.containers[0].image`. */
  readonly field: string
  readonly message: string
}

export type AdmissionAnswer =
  | {
      readonly allowed: true
      readonly patch: readonly JsonPatchOperation[]
      readonly warnings: readonly string[]
      readonly auditAnnotations: Readonly<Record<string, string>>
    }
  | {
      readonly allowed: false
      readonly code: number
      readonly reason: string
      readonly message: string
      readonly causes: readonly FieldCause[]
      readonly warnings: readonly string[]
    }

/** Must be quick and, for dry runs, without effects. The signal aborts when the caller has given up. */
export type AdmissionHandler = (
  request: AdmissionRequest,
  signal: AbortSignal,
) => AdmissionAnswer | Promise<AdmissionAnswer>

export interface AllowOptions {
  readonly patch?: readonly JsonPatchOperation[]
  /** Shown to the user by kubectl; at most 256 characters each are certain to be. */
  readonly warnings?: readonly string[]
  /** For the audit log. */
  readonly auditAnnotations?: Readonly<Record<string, string>>
}

/** Lets the request pass, changed by the patch if there is one. */
export function allow(options: AllowOptions = {}): AdmissionAnswer {
  const { patch = [], warnings = [], auditAnnotations = {} } = options
  return { allowed: true, patch, warnings, auditAnnotations }
}

export interface DenyOptions {
  /** A 4xx: it is the user who must change something. Defaults to 422. */
  readonly code?: number
  /** A StatusReason. Defaults to `Invalid` for 422 and `Forbidden` else. */
  readonly reason?: string
  readonly causes?: readonly FieldCause[]
  readonly warnings?: readonly string[]
}

/**
 * Refuses the request.
 * @param message a sentence: what is wrong and what to do
 * @throws RangeError for a code that is not 4xx
 */
export function deny(message: string, options: DenyOptions = {}): AdmissionAnswer {
  const { code = 422, causes = [], warnings = [] } = options
  if (code < 400 || code > 499) throw new RangeError(`a refusal is a 4xx, not ${code}`)
  const reason = options.reason ?? (code === 422 ? 'Invalid' : 'Forbidden')
  return { allowed: false, code, reason, message, causes, warnings }
}
