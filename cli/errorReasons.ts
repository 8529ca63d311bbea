import type { ApiErrorCode } from '../runtime/transport/apiError.ts'

/** Reasons of failures that the command itself finds. */
const own = {
  Usage: 'The command line, or a file given to it, is wrong.',
  NotConfirmed: 'The user did not confirm, or could not be asked: repeat it with `--yes`.',
  NotInstalled: 'The API server does not serve our kinds.',
  NoCluster: 'No kubeconfig, or no such context in it.',
  NoRevision: 'There is no such revision, or none to go back to.',
  NotPossible: 'It makes no sense as the rollout stands: the sentence says why.',
  NotManaged: 'The pod has no sidecars of a set that exists.',
  NotInjected: 'The pod has no sidecars.',
  CannotListen: 'The console cannot listen at its address.',
  NoCa: 'The console runs in a cluster, and the CA of its API server is not where it should be.',
  NoCertificate: 'The certificate or key that the console should serve with cannot be used.',
  Stale: 'What was on the screen has moved meanwhile: look again.',
  Interrupted: 'The user stopped it.',
  Unexpected: 'A fault of the command itself.',
} as const

/** Reasons of failures that the API server tells, or that lie on the way to it. */
const ofApiServer = {
  BadRequest: 'It does not understand the request.',
  Unauthorized: 'It does not know the user.',
  Forbidden: 'The user may not do that.',
  NotFound: 'There is no such object.',
  AlreadyExists: 'There is one of that name already.',
  Conflict: 'Somebody else changed it at the same moment.',
  Gone: 'A list has grown too old to be gone on with.',
  Invalid: 'It, or the webhook, refuses the object: the sentence names field, value and remedy.',
  TooLarge: 'The request is too large.',
  TooManyRequests: 'It is asked too much: later.',
  Timeout: 'No answer in time.',
  ServerError: 'It has failed inside.',
  Unavailable: 'It is not there for now.',
  Aborted: 'The request was given up.',
  ConnectionFailed: 'It cannot be reached.',
  BadAnswer: 'What answered is no API server.',
  Unknown: 'Any other answer.',
} as const satisfies Record<ApiErrorCode, string>

/** Reasons for which a wait ends: of `ended` in documents. */
export const waitReasons = {
  Complete: 'All pods have the revision, or are as the switch says.',
  StepReached: 'The step that was waited for is reached.',
  Paused: 'The rollout waits for people.',
  Partitioned: 'All pods have it but those that the partition keeps.',
  Failed: 'The revision, or a toggle, has failed.',
  RolledBack: 'The revision has failed, and all pods are back.',
  Superseded: 'Another revision, or the other position of the switch, took its place.',
  Deleted: 'The object was deleted.',
  Timeout: '`--timeout` is over.',
} as const

export type WaitReason = keyof typeof waitReasons

/** Every reason of a document of the kind `Failure`: a constant for scripts. */
export const errorReasons = { ...own, ...ofApiServer }

export type ErrorReason = keyof typeof errorReasons | WaitReason
