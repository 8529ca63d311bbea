/** What the server tells the page. Pure: both sides import it. */
import type { Act } from '../cli/actions/acts.ts'
import type { InterceptionRow } from '../cli/interception/interceptionShape.ts'
import type { ContainerRow, SetStatusRow } from '../cli/status/statusShape.ts'

/** Why something was refused: a constant for the page to branch on, a sentence for people. */
export interface Refusal {
  readonly code: string
  readonly message: string
  readonly remedy?: string
}

export const signIns = ['kubeconfig', 'token', 'oidc'] as const
export type SignIn = (typeof signIns)[number]

/** How one signs in here: told to who is not signed in. */
export interface Entrance {
  readonly signIn: SignIn
  /** Names of the clusters that a token can be for; empty where nobody gives one. */
  readonly clusters: readonly string[]
  /** Those of them that are chosen unless somebody says otherwise. */
  readonly ticked: readonly string[]
}

/** A sign-in at a provider. */
export interface LoginBegun {
  /** Where the browser goes now. */
  readonly url: string
}

export interface SessionRow extends Entrance {
  readonly readOnly: boolean
  /** Sent back with each change. */
  readonly csrf: string
  /** RFC 3339. */
  readonly expiresAt: string
  readonly version: string
}

/** `connected`, or why nothing is seen there. */
export type ClusterState =
  'connecting' | 'connected' | 'away' | 'signedOut' | 'forbidden' | 'notInstalled'

export const NOTHING_ALLOWED = {
  patchSets: false,
  listPods: false,
  askAgents: false,
  listRevisions: false,
  listEvents: false,
  listGateways: false,
  patchGateways: false,
  listInterceptions: false,
  patchInterceptions: false,
} as const

/** What the user may do there, as the API server says. */
export type Permissions = Readonly<Record<keyof typeof NOTHING_ALLOWED, boolean>>

export interface ClusterRow {
  /** Name of the context. */
  readonly cluster: string
  readonly server: string
  readonly state: ClusterState
  /** A sentence; empty while it is connected. */
  readonly reason: string
  /** Since when the state holds, RFC 3339. */
  readonly since: string
  /** As whom we are known there; empty when not known. */
  readonly user: string
  /** Of Kubernetes; empty when not known. */
  readonly version: string
  /** Of the last answer; absent before the first. */
  readonly latencyMs?: number
  readonly can: Permissions
}

export interface StepRow {
  readonly replicas: string
  /** `for 60 s`, `until resumed`; absent: no pause. */
  readonly pause?: string
  readonly analysis: boolean
}

export interface CommandRow {
  readonly verb: string
  readonly by: string
  readonly at: string
  readonly outcome: string
  readonly message: string
}

export interface SetRow extends SetStatusRow {
  readonly cluster: string
  /** How people call it: `mesh`, or `shop/edge` of a gateway. */
  readonly title: string
  readonly isGateway: boolean
  readonly images: readonly string[]
  readonly steps: readonly StepRow[]
  /** spec.updateStrategy.paused */
  readonly paused: boolean
  /** What acts refer to. */
  readonly seen: Seen
  /** What makes sense now and the user may do. */
  readonly offers: readonly Act[]
  readonly lastCommand?: CommandRow
}

export interface AppRow extends InterceptionRow {
  readonly cluster: string
  /** What it is narrowed to; absent: the whole app. */
  readonly machines?: string
  readonly generation: number
  readonly maySwitch: boolean
}

export interface PodRow {
  /** namespace/name */
  readonly key: string
  readonly workload: string
  readonly node: string
  readonly ready: boolean
  readonly revision: string
  readonly stage: 'Resting' | 'Upgrading' | 'Failed'
  readonly result?: string
  readonly containers: readonly ContainerRow[]
}

/** One moment of a set. */
export interface SeriesPoint {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Connections that old processes still have. */
  readonly left: number
  readonly drained: number
  readonly cut: number
}

/** Events of the stream, by name. */
export interface StreamEvents {
  readonly cluster: ClusterRow
  readonly sets: readonly SetRow[]
  readonly setGone: { readonly cluster: string; readonly set: string }
  readonly apps: readonly AppRow[]
  readonly appGone: { readonly cluster: string; readonly namespace: string; readonly app: string }
  readonly pods: {
    readonly upsert: readonly PodRow[]
    readonly gone: readonly string[]
    /** All pods of the set have been told once. */
    readonly complete?: true
  }
  readonly series: readonly SeriesPoint[]
  /** The app that is looked at, with its pods. */
  readonly app: AppRow
  /** What could not be read, in sentences. */
  readonly notes: readonly string[]
  /** The session is over; nothing comes any more. */
  readonly ended: Refusal
}
export type StreamEvent = keyof StreamEvents

/** What the page saw when the user decided: what does not fit any more is refused. */
export interface Seen {
  readonly generation: number
  readonly revision: string
  /** 0: none. */
  readonly step: number
}

export interface ActPreview {
  /** A clause with its scope: `bring revision 5f to all of 12 pods in 3 namespaces`. */
  readonly what: string
  readonly seen: Seen
  readonly notes: readonly string[]
}

export interface Done {
  readonly sentence: string
  readonly changed: boolean
}

export interface RevisionRow {
  readonly number: number
  readonly revision: string
  readonly roles: readonly string[]
  readonly images: readonly string[]
  readonly created?: string
}

export interface TimelineEntry {
  /** RFC 3339. */
  readonly at: string
  readonly who: string
  /** Constant in UpperCamelCase, or a verb. */
  readonly what: string
  readonly sentence: string
  readonly tone: 'plain' | 'warning'
}

export interface HistoryDocument {
  readonly revisions: readonly RevisionRow[]
  readonly timeline: readonly TimelineEntry[]
  readonly notes: readonly string[]
}
